"""Demonstration data: a small hub made through the use cases (seed), and a hub of 500 invented
people with a year of history (service), so that every page shows something. Never run in
production.
"""
