"""Files of appointments: read, previewed, and taken in one row at a time."""
