"""GOV.UK Notify: its settings, how a text is sent, what it posts to us, and what its words mean."""

NAME = "notify"
"""Stored with each text that GOV.UK Notify carries."""
