"""How people are getting on: what they report themselves, and what staff have verified."""
