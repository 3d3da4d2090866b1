"""Rules 6, 7 and 8 of RULES.md: which failures count, what may or must follow from them, and what
never counts.

Facts in, verdicts with reasons out: no database, no clock, no settings. A verdict suggests; people
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

COUNTED = frozenset({OutcomeCode.UNACCEPTABLE_ABSENCE, OutcomeCode.ATTENDED_FAILED_TO_COMPLY})
"""Rule 6 [practice]. A provisional absence (`AFTA`) is none of them until a worker has decided it
(rule 5).
"""
LADDER = frozenset({OrderKind.COMMUNITY_ORDER, OrderKind.SUSPENDED_SENTENCE_ORDER})
"""Orders on which a warning comes before a referral to court (rule 7) [law: Sentencing Act 2020,
schedules 10 and 16].
"""
FOLLOWS = {
    True: frozenset({EnforcementKind.WARNING, EnforcementKind.REFERRAL, EnforcementKind.NONE}),
    False: frozenset(
        {EnforcementKind.LICENCE_LETTER, EnforcementKind.RECALL, EnforcementKind.NONE}
    ),
}
"""What can be decided: on an order with a ladder (True), and on a licence."""
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
    """A failure that counts: the outcome of an enforceable appointment, on a day of the hub's
    calendar, decided on another.
    """

    appointment_id: uuid.UUID
    outcome_id: uuid.UUID
    code: OutcomeCode
    on: date
    starts_at: datetime
    decided_at: datetime


@dataclass(frozen=True)
class Numbers:
    """The hub's numbers of rules 6 and 7, its days off and its clock."""

    months: int
    consider: int
    sent_home: bool
    working_days: int
    closed: Collection[date]
    zone: tzinfo


@dataclass(frozen=True)
class EnforcementSuggestion:
    """What follows from the rules for one order, with every reason. `fresh` are the failures nobody
    has decided about, `counted` all of the window.
    """

    step: Step
    reasons: tuple[str, ...]
    counted: tuple[Failure, ...]
    fresh: tuple[Failure, ...]
    consider: bool
    due_on: date | None = None


def counts(code: OutcomeCode, *, enforceable: bool, sent_home: bool) -> bool:
    """Whether an outcome is a failure to comply (rule 6): `UAAB`, `AFTC`, and `ATSH` where the hub
    counts it, at enforceable appointments.
    """
    return enforceable and (
        code in COUNTED or (sent_home and code is OutcomeCode.SENT_HOME_BEHAVIOUR)
    )


def window_begins(on: date, months: int) -> date:
    """The first day of the rolling window that ends with `on`: 12 months back from 29 February 2028
    begin on 1 March 2027.
    """
    return on - relativedelta(months=months) + timedelta(days=1)


def liability_ends(warned_on: date, months: int) -> date:
    """The last day on which another failure meets a warning of that day (rule 7) [law: 12 months]."""
    day = warned_on + relativedelta(months=months)
    return day if window_begins(day, months) <= warned_on else day - timedelta(days=1)


def refer_by(decided_at: datetime, numbers: Numbers) -> date:
    """The working day by which a referral must be with the court, counted from the decision that
    the failure has no acceptable reason.
    """
    day = local_day(decided_at, numbers.zone)
    return working_day_after(day, numbers.working_days, numbers.closed)


def suggest(
    failures: Sequence[Failure],
    *,
    kind: OrderKind | None,
    warned_on: Collection[date],
    answered: Collection[uuid.UUID],
    on: date,
    numbers: Numbers,
) -> EnforcementSuggestion:
    """What rules 6 and 7 suggest on a day for one order (None: the person is statutory, and no
    order is recorded).

    `failures` happened while that order was in force; `warned_on` are the days on which its
    warnings, not withdrawn, were given to the person; `answered` are the outcomes that a decision
    rests on which stands. A failure that was decided about asks for nothing more, and one of the
    very day of a warning came before it, for all that anybody can tell.
    """
    begins = window_begins(on, numbers.months)
    counted = tuple(
        sorted((one for one in failures if begins <= one.on <= on), key=lambda one: one.starts_at)
    )
    fresh = tuple(one for one in counted if one.outcome_id not in answered)
    consider = bool(fresh) and len(counted) >= numbers.consider
    if not fresh:
        return EnforcementSuggestion(
            Step.NOTHING, (_none(counted, numbers),), counted, fresh, consider
        )
    reasons = [_so_many(counted, fresh, numbers)]
    if kind is None:
        reasons.append(
            "No order is recorded, so what must follow cannot be told. Record the order."
        )
        return EnforcementSuggestion(Step.NO_ORDER, tuple(reasons), counted, fresh, consider)
    if kind not in LADDER:
        reasons.append(
            "On licence there is no ladder: the offender manager decides on a letter or recall."
        )
        return EnforcementSuggestion(Step.OM_DECIDES, tuple(reasons), counted, fresh, consider)
    after = [
        (one, day)
        for one in fresh
        for day in warned_on
        if day < one.on <= liability_ends(day, numbers.months)
    ]
    if not after:
        reasons.append(
            f"No warning of the last {numbers.months} months was given before: warn, or refer to court."
        )
        return EnforcementSuggestion(Step.WARN_OR_REFER, tuple(reasons), counted, fresh, consider)
    first, day = min(after, key=lambda pair: pair[0].decided_at)
    due = refer_by(first.decided_at, numbers)
    reasons.append(
        f"They were warned on {_day(day)} and failed to comply again within {numbers.months} months: this must be referred to court."
    )
    reasons.append(
        f"The referral is due by {_day(due)}: {numbers.working_days} working days after it was "
        f"decided on {_day(local_day(first.decided_at, numbers.zone))}."
    )
    return EnforcementSuggestion(Step.MUST_REFER, tuple(reasons), counted, fresh, consider, due)


def nothing_arrived(arrived: Sequence[bool | None]) -> bool:
    """Rule 8: whether no text about an appointment is known to have reached the phone; each is
    True, False, or None for not known.

    This is never non-compliance by itself and never makes a failure less or more; it is to stand on
    the face of every pack.
    """
    return not any(one is True for one in arrived)


def _none(counted: Sequence[Failure], numbers: Numbers) -> str:
    if counted:
        return f"{_failures(len(counted))} in the last {numbers.months} months, and each has been decided about."
    return f"No failure to comply counts in the last {numbers.months} months."


def _so_many(counted: Sequence[Failure], fresh: Sequence[Failure], numbers: Numbers) -> str:
    words = f"{_failures(len(counted))} to comply in the last {numbers.months} months, {len(fresh)} not decided about."
    if len(counted) >= numbers.consider:
        return (
            f"{words} From {_failures(numbers.consider).lower()} on, consider a warning or breach."
        )
    return words


def _failures(many: int) -> str:
    return "1 failure" if many == 1 else f"{many} failures"


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
