"""The text engine as an administrator sees it."""
