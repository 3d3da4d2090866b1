"""Pages of signals, and Today."""
