"""Compliance with orders: failures counted, warnings and referrals decided by people, and the
evidence pack.
"""
