"""Twilio: its settings, how a text is sent, what it posts to us, and what its words mean."""

NAME = "twilio"
"""Stored with each text that Twilio carries."""
