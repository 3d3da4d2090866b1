"""Who may see a record and what they may do with it."""
