"""Milestones (rule 16): recorded once, signalled to the person's workers, and praised by one text
that does not say what for.
"""
