"""GOV.UK Notify: how a text is sent, and what its callbacks say."""
