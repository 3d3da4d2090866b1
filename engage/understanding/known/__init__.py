"""What texts say in words that are known: patterns that need no classifier. Pure."""
