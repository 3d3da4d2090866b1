"""The closed sets of this package by name. No tables, no rules."""

from enum import StrEnum


class EnforcementKind(StrEnum):
    """What somebody decided after non-compliance: a warning letter, referral to court (breach), or
    on licence a letter or recall.
    """

    WARNING = "warning"
    REFERRAL = "referral"
    LICENCE_LETTER = "licence_letter"
    RECALL = "recall"
    NONE = "none"


class Delivery(StrEnum):
    """How a letter was given. Never by text."""

    BY_HAND = "by_hand"
    POST = "post"
