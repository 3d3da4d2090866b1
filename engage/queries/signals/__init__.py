"""Open signals, and what needs attention today."""
