"""Milestones (rule 16): found once, told to the person's workers, and praised by one text that does
not say what for.
"""
