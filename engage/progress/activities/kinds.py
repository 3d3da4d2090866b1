"""The enums of activities. No tables, no rules."""

from enum import StrEnum


class ActivityKind(StrEnum):
    """The kind of an activity. Treatment is a health matter."""

    GROUP = "group"
    COURSE = "course"
    WORK = "work"
    TREATMENT = "treatment"


class ActivityEnding(StrEnum):
    """How an activity ended: finished, left, or lost through no choice of theirs."""

    FINISHED = "finished"
    LEFT = "left"
    LOST = "lost"
