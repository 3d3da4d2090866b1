"""The closed sets of this package. No tables, no rules."""

from enum import StrEnum


class OrderKind(StrEnum):
    """The kinds of order that make a person statutory."""

    COMMUNITY_ORDER = "community_order"
    SUSPENDED_SENTENCE_ORDER = "suspended_sentence_order"
    LICENCE = "licence"


class OrderEnding(StrEnum):
    """How an order ended. `expired`: its last day passed with nothing else recorded."""

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
    """The stage of an offence. An arrest is not a conviction."""

    ARREST = "arrest"
    CHARGE = "charge"
    CONVICTION = "conviction"


class CustodyKind(StrEnum):
    """Why a person is in custody."""

    CUSTODY = "custody"
    REMAND = "remand"
