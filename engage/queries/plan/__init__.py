"""The plan as staff see it."""
