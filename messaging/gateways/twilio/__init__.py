"""Twilio: how a text is sent, what its receipts say, and what its error codes mean."""
