"""The closed sets of this package by name. No tables, no rules."""

from enum import StrEnum


class OrderKind(StrEnum):
    """What a statutory person is under."""

    COMMUNITY_ORDER = "community_order"
    SUSPENDED_SENTENCE_ORDER = "suspended_sentence_order"
    LICENCE = "licence"


class OrderEnding(StrEnum):
    """How an order came to its end. `expired`: its last day passed with nothing else recorded."""

    COMPLETED = "completed"
    EXPIRED = "expired"
    REVOKED = "revoked"
    RECALLED = "recalled"
    DIED = "died"


class RequirementKind(StrEnum):
    """What the court asked for: rehabilitation activity, drug rehabilitation, unpaid work, a
    curfew, or something else in words.
    """

    RAR = "rar"
    DRR = "drr"
    UNPAID_WORK = "unpaid_work"
    CURFEW = "curfew"
    OTHER = "other"


class OffenceKind(StrEnum):
    """How far a matter has come. An arrest is no conviction."""

    ARREST = "arrest"
    CHARGE = "charge"
    CONVICTION = "conviction"


class CustodyKind(StrEnum):
    """Why somebody is held."""

    CUSTODY = "custody"
    REMAND = "remand"
