"""Compliance that explains itself: absences counted, warnings and referrals decided by people, and
the pack that shows how it came about.
"""
