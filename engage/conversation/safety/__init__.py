"""Danger and compromised phones: who is told, in which order, until somebody responds."""
