"""Queued texts on their way to a provider: claimed, paced, sent, settled, reconciled."""
