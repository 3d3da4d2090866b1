"""The ground that every room of Engage stands on: database, clock, settings, errors, the log of
events.
"""
