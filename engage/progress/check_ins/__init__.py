"""Check-ins: a short text that asks how things are, at the times that staff have set for a person
(rule 15).
"""
