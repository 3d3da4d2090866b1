"""What somebody has reached (RULES.md 16): found once, told to whoever works with them, and praised by one text that never says for what."""

from engage.cohort.milestones.award import find, find_between

__all__ = ["find", "find_between"]
