"""The one plan for a person: what they need, who does what by when, and what the offender manager
has approved.
"""
