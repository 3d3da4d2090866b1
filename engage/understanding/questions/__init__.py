"""Questions that people ask, found by tables of patterns: one for each topic and language."""
