"""Rules 4 and 5 of RULES.md: what may be proposed for an absence, until when it can be explained,
and when it is asked about.

Facts in, verdicts out: no database, no clock, no settings. A proposal is no outcome: people decide.
"""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from engage.appointments.kinds import OutcomeCode, ReminderKind
from engage.appointments.reminders.rules import (
    JUST_TOLD,
    NO_HOUR_LEFT,
    TOO_LATE,
    PlannedReminder,
    local_day,
    within_hours,
)
from engage.people.rules import Reason

CHASES = frozenset({ReminderKind.MISSED, ReminderKind.MISSED_AGAIN})
ABSENT = frozenset({OutcomeCode.FAILED_TO_ATTEND, OutcomeCode.UNACCEPTABLE_ABSENCE})
"""Recorded as not having come, without an accepted reason."""
PROPOSED: Mapping[str, OutcomeCode] = {
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
"""The national code that a cause comes under. For every other cause (the bus, the phone, forgot)
the code is a worker's judgement.
"""
LAST_ASKED = 2
"""So many days before the window ends the person is asked once more, and their offender manager is
told [practice].
"""
SAID_WHY = Reason("said_why", "They have said why")
DECIDED = Reason("decided", "What came of the appointment has been recorded otherwise")
_A_DAY = timedelta(days=1)


def proposed(cause: str | None) -> OutcomeCode | None:
    """The outcome that such a cause comes under, for a worker to accept or not; None where only a
    worker can judge.
    """
    return PROPOSED.get(cause or "")


def last_day(starts_at: datetime, zone: ZoneInfo, days: int) -> date:
    """The day by which an absence must be explained: the day of the appointment and so many
    calendar days.
    """
    return local_day(starts_at, zone) + timedelta(days=days)


def window_ends(starts_at: datetime, zone: ZoneInfo, days: int) -> datetime:
    """The midnight at which that day is over."""
    return datetime.combine(last_day(starts_at, zone, days) + _A_DAY, time(0), tzinfo=zone)


def decision_near(starts_at: datetime, zone: ZoneInfo, days: int) -> datetime:
    """The beginning of the day, two before the last, on which the offender manager is told that a
    decision is due.
    """
    return datetime.combine(
        last_day(starts_at, zone, days) - timedelta(days=LAST_ASKED), time(0), tzinfo=zone
    )


def chases(
    starts_at: datetime, *, now: datetime, zone: ZoneInfo, hours: tuple[int, int], days: int
) -> tuple[PlannedReminder, PlannedReminder]:
    """The two texts about an absence recorded at `now`: at once within the hours, and two days
    before the window ends.

    The second goes at the time of day of the appointment, and not within a day of the first. After
    the window nothing is asked.
    """
    ends = window_ends(starts_at, zone, days)
    at_once = within_hours(now, now=now, zone=zone, hours=hours)
    clock = starts_at.astimezone(zone).time()
    again = datetime.combine(
        last_day(starts_at, zone, days) - timedelta(days=LAST_ASKED), clock, tzinfo=zone
    )
    if again > now:
        again = within_hours(again, now=now, zone=zone, hours=hours)
    return (
        PlannedReminder(ReminderKind.MISSED, at_once, ends, _against_first(at_once, now, ends)),
        PlannedReminder(
            ReminderKind.MISSED_AGAIN, again, ends, _against_second(again, at_once, ends)
        ),
    )


def _against_first(due: datetime, now: datetime, ends: datetime) -> Reason | None:
    if now >= ends:
        return TOO_LATE
    return NO_HOUR_LEFT if due >= ends else None


def _against_second(due: datetime, first: datetime, ends: datetime) -> Reason | None:
    if first >= ends:
        return TOO_LATE
    return JUST_TOLD if due - first < _A_DAY else None


def late_too_often(times: int, *, many: int) -> bool:
    """Whether being late for so many appointments of the period is worth talking about other times
    or places.
    """
    return times >= many
