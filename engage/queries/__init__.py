"""What pages and the API read, by area. Each query needs a constant number of statements and
changes nothing.
"""
