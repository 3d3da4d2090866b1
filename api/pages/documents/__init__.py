"""Pages that make and show packs."""
