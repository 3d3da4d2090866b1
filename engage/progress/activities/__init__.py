"""Groups, courses, work and treatment: started, finished, left."""
