"""Learning from use: how often workers corrected what Engage had read, and whether that rises."""
