"""The closed sets of this package. No tables, no rules."""

from enum import StrEnum


class Cohort(StrEnum):
    """Why a person is on the cohort.

    Fixed: neighbourhood crime with a high predictor. Flex: local choice. Free: a local priority
    group.
    """

    FIXED = "fixed"
    FLEX = "flex"
    FREE = "free"


class Strand(StrEnum):
    """How the person is managed."""

    CATCH_AND_CONTROL = "catch_and_control"
    REHABILITATE_AND_RESETTLE = "rehabilitate_and_resettle"
    PREVENT_AND_DETER = "prevent_and_deter"


class Rag(StrEnum):
    """Red, amber or green: suggested with reasons, decided at a review."""

    RED = "red"
    AMBER = "amber"
    GREEN = "green"


class ReferralState(StrEnum):
    """A referral waits for a meeting, then takes exactly one of the other states."""

    WAITING = "waiting"
    ADOPTED = "adopted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    DUPLICATE = "duplicate"


class Risk(StrEnum):
    """Risk of serious harm."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    VERY_HIGH = "very_high"


class AgendaReason(StrEnum):
    """Why a person is on the agenda."""

    REFERRAL = "referral"
    REVIEW_DUE = "review_due"
    GREEN_THREE_MONTHS = "green_three_months"
    LONG_CUSTODY = "long_custody"
    URGENT_SIGNAL = "urgent_signal"
    CUSTODY_CHANGED = "custody_changed"
    RELEASE_SOON = "release_soon"
    RE_REFERRAL = "re_referral"
    ASKED_FOR = "asked_for"


class DecisionKind(StrEnum):
    """What a meeting decides about one person."""

    ADOPT = "adopt"
    DECLINE = "decline"
    RETAIN = "retain"
    CHANGE_STRAND = "change_strand"
    DEREGISTER = "deregister"


class ExitReason(StrEnum):
    """Why an enrolment ended."""

    GREEN = "green"
    LONG_CUSTODY = "long_custody"
    MOVED_AWAY = "moved_away"
    DIED = "died"
    HUB_CLOSED = "hub_closed"
    OTHER = "other"


class MilestoneKind(StrEnum):
    """What earns praise (rule 16)."""

    OFFENCE_FREE = "offence_free"
    ATTENDED = "attended"
    NEGATIVE_TESTS = "negative_tests"
    HOUSED = "housed"
    COURSE_STARTED = "course_started"
    COURSE_FINISHED = "course_finished"
    GROUPS = "groups"
    ORDER_COMPLETED = "order_completed"
    STAYED_ON = "stayed_on"
