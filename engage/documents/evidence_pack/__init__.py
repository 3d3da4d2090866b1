"""The evidence pack: a complete, dated record for a court."""
