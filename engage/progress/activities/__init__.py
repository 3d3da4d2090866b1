"""Groups, courses, work and treatment: begun, finished, left."""
