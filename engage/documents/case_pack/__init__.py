"""The case pack: one person on a page, for the meeting that discusses them."""
