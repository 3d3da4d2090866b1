"""Rules 6, 7 and 8: which failures count, what may or must follow, and what never counts.

Facts in, a verdict with reasons out. No database, no clock, no settings. A verdict suggests; people
decide.
"""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from enum import StrEnum

from dateutil.relativedelta import relativedelta

from engage.appointments.kinds import OutcomeCode
from engage.compliance.kinds import EnforcementKind
from engage.core.local_time import local_day
from engage.core.working_days import working_day_after
from engage.legal.kinds import OrderKind

FAILURE_CODES = frozenset({OutcomeCode.UNACCEPTABLE_ABSENCE, OutcomeCode.ATTENDED_FAILED_TO_COMPLY})
"""Rule 6 [practice]. A provisional absence (`AFTA`) does not count until a worker has decided it
(rule 5).
"""
LADDER = frozenset({OrderKind.COMMUNITY_ORDER, OrderKind.SUSPENDED_SENTENCE_ORDER})
"""Orders on which a warning comes before a referral to court (rule 7) [law: Sentencing Act 2020,
Schedules 10 and 16].
"""
ALLOWED_DECISIONS = {
    True: frozenset({EnforcementKind.WARNING, EnforcementKind.REFERRAL, EnforcementKind.NONE}),
    False: frozenset(
        {EnforcementKind.LICENCE_LETTER, EnforcementKind.RECALL, EnforcementKind.NONE}
    ),
}
"""What can be decided on an order with a ladder (True), and on licence (False)."""
LETTERS = frozenset({EnforcementKind.WARNING, EnforcementKind.LICENCE_LETTER})


class Step(StrEnum):
    """What the rules suggest for one order."""

    NOTHING = "nothing"
    WARN_OR_REFER = "warn_or_refer"
    MUST_REFER = "must_refer"
    OM_DECIDES = "om_decides"
    NO_ORDER = "no_order"


@dataclass(frozen=True)
class Failure:
    """A failure that counts: the outcome of an enforceable appointment on a day of the hub's
    calendar.

    `decided_at` is when the outcome was recorded.
    """

    appointment_id: uuid.UUID
    outcome_id: uuid.UUID
    code: OutcomeCode
    on: date
    starts_at: datetime
    decided_at: datetime


@dataclass(frozen=True)
class ComplianceSettings:
    """The hub's settings of rules 6 and 7, its closed days and its time zone."""

    months: int
    consider: int
    sent_home: bool
    working_days: int
    closed: Collection[date]
    zone: tzinfo


@dataclass(frozen=True)
class EnforcementSuggestion:
    """What the rules suggest for one order, with every reason.

    `undecided` are the failures that nobody has decided yet, `counted` all in the window.
    """

    step: Step
    reasons: tuple[str, ...]
    counted: tuple[Failure, ...]
    undecided: tuple[Failure, ...]
    consider: bool
    due_on: date | None = None


def counts(code: OutcomeCode, *, enforceable: bool, sent_home: bool) -> bool:
    """Whether an outcome is a failure to comply (rule 6).

    `UAAB`, `AFTC`, and `ATSH` if the hub counts it, at enforceable appointments.
    """
    return enforceable and (
        code in FAILURE_CODES or (sent_home and code is OutcomeCode.SENT_HOME_BEHAVIOUR)
    )


def window_starts(on: date, months: int) -> date:
    """The first day of the rolling window that ends on `on`: 12 months back from 29 February 2028
    start on 1 March 2027.
    """
    return on - relativedelta(months=months) + timedelta(days=1)


def liability_ends(warned_on: date, months: int) -> date:
    """The last day on which a failure counts against a warning given on that day (rule 7) [law: 12
    months].
    """
    day = warned_on + relativedelta(months=months)
    return day if window_starts(day, months) <= warned_on else day - timedelta(days=1)


def refer_by(decided_at: datetime, settings: ComplianceSettings) -> date:
    """The working day by which a referral must be with the court, counted from the decision that
    the failure has no acceptable reason.
    """
    day = local_day(decided_at, settings.zone)
    return working_day_after(day, settings.working_days, settings.closed)


def suggest(
    failures: Sequence[Failure],
    *,
    kind: OrderKind | None,
    warned_on: Collection[date],
    answered: Collection[uuid.UUID],
    on: date,
    settings: ComplianceSettings,
) -> EnforcementSuggestion:
    """What rules 6 and 7 suggest on a day for one order (None: the person is statutory, but no
    order is recorded).

    `failures` happened while the order was in force. `warned_on` are the days on which its
    warnings, not withdrawn, were given. `answered` are the outcomes that a decision in force rests
    on. A decided failure needs nothing more. A failure on the day of a warning counts as before it,
    because the order of the two is not known.
    """
    first_day = window_starts(on, settings.months)
    counted = tuple(
        sorted(
            (one for one in failures if first_day <= one.on <= on), key=lambda one: one.starts_at
        )
    )
    undecided = tuple(one for one in counted if one.outcome_id not in answered)
    consider = bool(undecided) and len(counted) >= settings.consider
    if not undecided:
        return EnforcementSuggestion(
            Step.NOTHING, (_nothing_reason(counted, settings),), counted, undecided, consider
        )
    reasons = [_count_reason(counted, undecided, settings)]
    if kind is None:
        reasons.append("No order is recorded, so what must follow is not known. Record the order.")
        return EnforcementSuggestion(Step.NO_ORDER, tuple(reasons), counted, undecided, consider)
    if kind not in LADDER:
        reasons.append(
            "On licence there is no ladder: the offender manager decides on a letter or recall."
        )
        return EnforcementSuggestion(Step.OM_DECIDES, tuple(reasons), counted, undecided, consider)
    after = [
        (one, day)
        for one in undecided
        for day in warned_on
        if day < one.on <= liability_ends(day, settings.months)
    ]
    if not after:
        reasons.append(
            f"No warning was given before in the last {settings.months} months: "
            "warn, or refer to court."
        )
        return EnforcementSuggestion(
            Step.WARN_OR_REFER, tuple(reasons), counted, undecided, consider
        )
    first, day = min(after, key=lambda pair: pair[0].decided_at)
    due = refer_by(first.decided_at, settings)
    reasons.append(
        f"They were warned on {_day(day)} and failed to comply again within "
        f"{settings.months} months: this must be referred to court."
    )
    reasons.append(
        f"The referral is due by {_day(due)}: {settings.working_days} working days after it was "
        f"decided on {_day(local_day(first.decided_at, settings.zone))}."
    )
    return EnforcementSuggestion(Step.MUST_REFER, tuple(reasons), counted, undecided, consider, due)


def no_text_arrived(arrived: Sequence[bool | None]) -> bool:
    """Rule 8: whether no text about an appointment is known to have arrived. Each value is True,
    False, or None for unknown.

    This is never non-compliance and makes a failure neither worse nor better. Every evidence pack
    shows it.
    """
    return not any(one is True for one in arrived)


def _nothing_reason(counted: Sequence[Failure], settings: ComplianceSettings) -> str:
    if counted:
        many = _failures(len(counted))
        return f"{many} in the last {settings.months} months, and each has a decision."
    return f"No failure to comply counts in the last {settings.months} months."


def _count_reason(
    counted: Sequence[Failure], undecided: Sequence[Failure], settings: ComplianceSettings
) -> str:
    words = (
        f"{_failures(len(counted))} to comply in the last {settings.months} months, "
        f"{len(undecided)} without a decision."
    )
    if len(counted) >= settings.consider:
        return (
            f"{words} From {_failures(settings.consider).lower()} on, consider a warning or breach."
        )
    return words


def _failures(many: int) -> str:
    return "1 failure" if many == 1 else f"{many} failures"


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
