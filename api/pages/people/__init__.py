"""Pages of the caseload and of one person."""
