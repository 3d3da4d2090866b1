"""Pages of a hub's settings."""
