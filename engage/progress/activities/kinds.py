"""The closed sets of this package by name. No tables, no rules."""

from enum import StrEnum


class ActivityKind(StrEnum):
    """What sort of thing it is. Treatment is a matter of health."""

    GROUP = "group"
    COURSE = "course"
    WORK = "work"
    TREATMENT = "treatment"


class ActivityEnding(StrEnum):
    """How it came to its end: seen through, left, or lost through no choice of theirs."""

    FINISHED = "finished"
    LEFT = "left"
    LOST = "lost"
