"""Pages about compliance."""
