"""Texts about an appointment: planned when it is booked, sent or skipped when they fall due (rules
3 and 5).
"""
