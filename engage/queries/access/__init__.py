"""Who has seen a record."""
