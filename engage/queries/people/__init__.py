"""People as staff see them: the caseload, and one person."""
