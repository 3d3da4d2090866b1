"""Pages to book, move and record appointments, offer free times, and import files."""
