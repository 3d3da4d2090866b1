"""The evidence pack: what happened, dated and whole, for a court."""
