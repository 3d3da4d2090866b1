"""A large demonstration: a hub of 500 invented people with a year behind them, so that every page
shows something. Never run in production.
"""
