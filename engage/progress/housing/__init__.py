"""Where a person lives, and since when."""
