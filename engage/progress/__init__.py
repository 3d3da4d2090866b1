"""How people are getting on, by their own word: what they tell, and what staff made sure of."""
