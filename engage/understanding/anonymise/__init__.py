"""Removes what identifies a person from a text, so that Engage can learn from it."""
