"""Merging two records that are one person's, and undoing it."""
