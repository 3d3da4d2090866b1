"""What a question is answered with: the record, or the hub's own answers."""
