"""Pages of the text engine, for administrators."""
