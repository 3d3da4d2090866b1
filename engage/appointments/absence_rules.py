"""Rules 4 and 5: which outcome may be proposed for an absence, until when it can be explained, and
when the person is asked about it.

Pure: no database, no clock, no settings. A proposal is not an outcome: people decide.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from engage.appointments.kinds import OutcomeCode, ReminderKind
from engage.appointments.reminders.rules import (
    JUST_TOLD,
    NO_HOUR_LEFT,
    TOO_LATE,
    PlannedReminder,
    within_hours,
)
from engage.core.local_time import local_day, start_of_day
from engage.people.rules import Reason

CHASERS = frozenset({ReminderKind.MISSED, ReminderKind.MISSED_AGAIN})
"""The texts that ask about an absence."""

ABSENT = frozenset({OutcomeCode.FAILED_TO_ATTEND, OutcomeCode.UNACCEPTABLE_ABSENCE})
"""Recorded as absent, without an accepted reason."""

PROPOSED_OUTCOMES: Mapping[str, OutcomeCode] = {
    "illness": OutcomeCode.ABSENT_MEDICAL,
    "work": OutcomeCode.ABSENT_WORK,
    "family": OutcomeCode.ABSENT_FAMILY,
    "childcare": OutcomeCode.ABSENT_FAMILY,
    "bereavement": OutcomeCode.ABSENT_FAMILY,
    "court": OutcomeCode.ABSENT_COURT,
    "custody": OutcomeCode.ABSENT_REMAND,
    "religion": OutcomeCode.ABSENT_RELIGIOUS,
    "holiday": OutcomeCode.ABSENT_HOLIDAY,
}
"""The national code for each cause. For any other cause (the bus, the phone, forgot) the code is a
worker's judgement.
"""

LAST_DAYS = 2
"""This many days before the window ends the person is asked once more, and the offender manager is
told that a decision is due [practice].
"""

REASON_GIVEN = Reason("said_why", "The person has given a reason")
OTHER_OUTCOME = Reason("decided", "Another outcome was recorded for the appointment")
_A_DAY = timedelta(days=1)


def proposed_outcome(cause: str | None) -> OutcomeCode | None:
    """The outcome to propose for a cause, for a worker to accept or not. None if only a worker can
    judge.
    """
    return PROPOSED_OUTCOMES.get(cause or "")


def last_day_to_explain(starts_at: datetime, zone: ZoneInfo, days: int) -> date:
    """The day by which an absence must be explained: `days` calendar days after the day of the
    appointment.
    """
    return local_day(starts_at, zone) + timedelta(days=days)


def window_ends(starts_at: datetime, zone: ZoneInfo, days: int) -> datetime:
    """The midnight at which the last day to explain is over."""
    return start_of_day(last_day_to_explain(starts_at, zone, days) + _A_DAY, zone)


def decision_due_from(starts_at: datetime, zone: ZoneInfo, days: int) -> datetime:
    """The start of the day, two before the last, from which the offender manager is told that a
    decision is due.
    """
    return start_of_day(_second_chaser_day(starts_at, zone, days), zone)


def plan_chasers(
    starts_at: datetime, *, now: datetime, zone: ZoneInfo, hours: tuple[int, int], days: int
) -> tuple[PlannedReminder, PlannedReminder]:
    """The two texts about an absence recorded at `now`: the first as soon as the hours allow, the
    second two days before the window ends.

    The second is due at the appointment's time of day, and is skipped within a day of the first.
    After the window nothing is asked.
    """
    ends = window_ends(starts_at, zone, days)
    first = within_hours(now, now=now, zone=zone, hours=hours)
    second = datetime.combine(
        _second_chaser_day(starts_at, zone, days), starts_at.astimezone(zone).time(), tzinfo=zone
    )
    if second > now:
        second = within_hours(second, now=now, zone=zone, hours=hours)
    return (
        PlannedReminder(ReminderKind.MISSED, first, ends, _why_not_first(first, now, ends)),
        PlannedReminder(
            ReminderKind.MISSED_AGAIN, second, ends, _why_not_second(second, first, ends)
        ),
    )


def is_late_too_often(times: int, *, limit: int) -> bool:
    """Whether the person was late so often in the period that other times or places are worth
    discussing.
    """
    return times >= limit


def _second_chaser_day(starts_at: datetime, zone: ZoneInfo, days: int) -> date:
    return last_day_to_explain(starts_at, zone, days) - timedelta(days=LAST_DAYS)


def _why_not_first(due: datetime, now: datetime, ends: datetime) -> Reason | None:
    if now >= ends:
        return TOO_LATE
    return NO_HOUR_LEFT if due >= ends else None


def _why_not_second(due: datetime, first: datetime, ends: datetime) -> Reason | None:
    if first >= ends:
        return TOO_LATE
    return JUST_TOLD if due - first < _A_DAY else None
