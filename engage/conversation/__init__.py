"""What a reply means, which appointment it is about, and what follows."""
