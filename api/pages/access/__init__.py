"""Pages about access: sharing agreements, emergency access, and who has seen a record."""
