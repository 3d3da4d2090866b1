"""Progress as staff see it: housing, activities, check-ins, drug tests, self-reports."""
