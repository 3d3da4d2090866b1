"""Pages to read and answer texts, take a conversation over, and be on call."""
