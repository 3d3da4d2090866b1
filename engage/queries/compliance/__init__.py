"""Compliance as staff see it."""
