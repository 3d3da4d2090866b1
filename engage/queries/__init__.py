"""What pages and the API read, by area. Each query takes a constant number of statements and
changes nothing but the access log.
"""
