"""The closed sets of this package. No tables, no rules."""

from enum import StrEnum


class EnforcementKind(StrEnum):
    """What a worker decided after non-compliance: a warning, a referral to court (breach), a
    licence letter, a recall, or no action.
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
