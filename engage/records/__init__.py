"""Records as a whole: two found to be one person's, how long each is kept, and erasure. Above
everything it names.
"""
