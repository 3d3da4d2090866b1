"""The nightly sweep: signals that the calendar raises and resolves, and orders whose last day has
passed.
"""
