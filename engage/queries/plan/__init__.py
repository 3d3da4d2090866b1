"""Plans as staff see them."""
