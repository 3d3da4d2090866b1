"""Where somebody lives, and since when."""
