"""The `engage` command."""
