"""Signals, and the Today page."""
