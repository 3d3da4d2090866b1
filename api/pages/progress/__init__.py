"""Pages of progress: housing, activities, check-ins, drug tests, self-reports."""
