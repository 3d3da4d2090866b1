"""What time makes of the case, once a night: signals that begin and end with the calendar, and
orders whose last day has passed.
"""
