"""Rule 3 of RULES.md: which texts an appointment gets, when each is due, and until when it is of
use.

Facts in, slots with reasons out: no database, no clock, no settings. Days are counted on the wall
clock of the hub's zone, so a text for ten o'clock the day before goes at ten o'clock on both sides
of a clock change; a "day before" that does not exist (the hour the clocks jump over) is the hour
after it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from engage.appointments.kinds import OutcomeCode, ReminderKind
from engage.people.rules import Reason

FIRST = frozenset({ReminderKind.BOOKED, ReminderKind.CHANGED})
"""The texts that go at once and tell everything there is to tell about an appointment."""

SAME_DAY_MERGED = frozenset({ReminderKind.BOOKED, ReminderKind.THREE_DAYS, ReminderKind.ONE_DAY})
"""Reminders of which one text may carry several for one day. A change or a calling off is always a
text of its own.
"""

ACCEPTABLE_ABSENCES = frozenset(
    {
        OutcomeCode.ABSENT_COURT,
        OutcomeCode.ABSENT_WORK,
        OutcomeCode.ABSENT_FAMILY,
        OutcomeCode.ABSENT_HOLIDAY,
        OutcomeCode.ABSENT_MEDICAL,
        OutcomeCode.ABSENT_RELIGIOUS,
        OutcomeCode.ABSENT_REMAND,
        OutcomeCode.WORKERS_JUDGEMENT,
        OutcomeCode.FAILURE_ACCEPTED,
    }
)
"""What a worker can know beforehand; every other outcome can only be known once the appointment has
begun.
"""

BOOKED_LATE = Reason(
    "booked_late", "Booked or moved too late for this text: the first text says it all"
)
JUST_TOLD = Reason("just_told", "Another text about this appointment goes at nearly the same time")
NO_HOUR_LEFT = Reason("quiet_hours", "No hour for texts is left before it would be too late")
TOO_LATE = Reason("too_late", "It could not be sent while it was still of use")
MOVED = Reason("moved", "The appointment was moved")
CANCELLED = Reason("cancelled", "The appointment was cancelled")
AMENDED = Reason("amended", "The details of the appointment were changed")
ABSENCE_ACCEPTED = Reason("absence_accepted", "An acceptable absence was recorded")
NOT_MARKED = Reason("not_marked", "The offender manager no longer asks for this text")
WRITTEN_AGAIN = Reason("written_again", "The text did not go in time and was written again")


@dataclass(frozen=True)
class ReminderRules:
    """The numbers of rule 3. `late`: booked less than this ahead, the first text is the only one;
    `apart`: two texts about one appointment are never closer than this; `ahead`: how far ahead an
    appointment may be booked.
    """

    one_day_until: timedelta = timedelta(hours=4)
    two_hours_until: timedelta = timedelta(minutes=30)
    booked_until: timedelta = timedelta(minutes=30)
    late: timedelta = timedelta(hours=24)
    apart: timedelta = timedelta(hours=2)
    ahead: timedelta = timedelta(days=731)


RULES = ReminderRules()


@dataclass(frozen=True)
class PlannedReminder:
    """One text of the plan: due at, useless from, and the reason when it is not to go at all."""

    kind: ReminderKind
    due_at: datetime
    expires_at: datetime
    reason: Reason | None = None


class NoSuchTime(ValueError):
    """The wall clock never shows this time: the clocks jump over it."""


@dataclass(frozen=True)
class LocalMoment:
    """A time on the wall clock as a moment in UTC. `ambiguous`: the clock shows it twice that day,
    and the first is meant.
    """

    at: datetime
    ambiguous: bool


def local_moment(day: date, at: time, zone: ZoneInfo) -> LocalMoment:
    """The moment at which the wall clock of `zone` shows `at` on `day`. Raises NoSuchTime when it
    never does.
    """
    first = datetime.combine(day, at, tzinfo=zone).replace(fold=0)
    second = first.replace(fold=1)
    moment = first.astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) != first.replace(tzinfo=None):
        raise NoSuchTime(f"{at:%H:%M} does not exist on {day:%d %B %Y}: the clocks go forward")
    return LocalMoment(moment, ambiguous=second.astimezone(UTC) != moment)


def local_day(moment: datetime, zone: ZoneInfo) -> date:
    """The calendar day of `moment` in `zone`."""
    return moment.astimezone(zone).date()


def plan(
    starts_at: datetime,
    *,
    now: datetime,
    zone: ZoneInfo,
    hours: tuple[int, int],
    first: ReminderKind | None,
    two_hours: bool,
    rules: ReminderRules = RULES,
) -> tuple[PlannedReminder, ...]:
    """The texts of an appointment at `starts_at`, planned at `now`; those that are not to go carry
    the reason.

    `first` is the text that goes at once (booked or changed), None when the person knows the time
    already. `hours` are the local hours [from, until) in which the person may be texted. Booked
    less than `rules.late` ahead: one text only, the first.
    """
    nominal = _reminders(starts_at, now, zone, hours, two_hours, rules)
    if first is None:
        return tuple(_in_time(slot, now) for slot in nominal)
    start = _first(first, starts_at, now, zone, hours, rules)
    late = starts_at - now < rules.late or days_before(starts_at, 1, zone) <= now
    told_at = start.due_at
    return (start, *(_after_first(slot, now, told_at, late, rules) for slot in nominal))


def _first(
    kind: ReminderKind,
    starts_at: datetime,
    now: datetime,
    zone: ZoneInfo,
    hours: tuple[int, int],
    rules: ReminderRules,
) -> PlannedReminder:
    due = within_hours(now, now=now, zone=zone, hours=hours)
    useless = starts_at if kind is ReminderKind.CHANGED else starts_at - rules.booked_until
    reason = TOO_LATE if now >= useless else NO_HOUR_LEFT if due >= useless else None
    return PlannedReminder(kind, due, useless, reason)


def _reminders(
    starts_at: datetime,
    now: datetime,
    zone: ZoneInfo,
    hours: tuple[int, int],
    two_hours: bool,
    rules: ReminderRules,
) -> list[PlannedReminder]:
    def moved(raw: datetime) -> datetime:
        return within_hours(raw, now=now, zone=zone, hours=hours) if raw > now else raw

    one_day = moved(days_before(starts_at, 1, zone))
    slots = [
        PlannedReminder(ReminderKind.THREE_DAYS, moved(days_before(starts_at, 3, zone)), one_day),
        PlannedReminder(ReminderKind.ONE_DAY, one_day, starts_at - rules.one_day_until),
    ]
    if two_hours:
        due = moved(starts_at - timedelta(hours=2))
        slots.append(
            PlannedReminder(ReminderKind.TWO_HOURS, due, starts_at - rules.two_hours_until)
        )
    return slots


def _after_first(
    slot: PlannedReminder, now: datetime, told_at: datetime, late: bool, rules: ReminderRules
) -> PlannedReminder:
    if late:
        return _because(slot, BOOKED_LATE)
    checked = _in_time(slot, now)
    if checked.reason is None and slot.due_at - told_at < rules.apart:
        return _because(slot, JUST_TOLD)
    return checked


def _in_time(slot: PlannedReminder, now: datetime) -> PlannedReminder:
    if slot.due_at < now:
        return _because(slot, BOOKED_LATE)
    return _because(slot, NO_HOUR_LEFT) if slot.due_at >= slot.expires_at else slot


def _because(slot: PlannedReminder, reason: Reason) -> PlannedReminder:
    return PlannedReminder(slot.kind, slot.due_at, slot.expires_at, reason)


def days_before(moment: datetime, days: int, zone: ZoneInfo) -> datetime:
    """The moment that many calendar days earlier at the same time on the wall clock, in UTC."""
    local = moment.astimezone(zone)
    earlier = datetime.combine(local.date() - timedelta(days=days), local.time(), tzinfo=zone)
    return earlier.replace(fold=0).astimezone(UTC)


def within_hours(
    moment: datetime, *, now: datetime, zone: ZoneInfo, hours: tuple[int, int]
) -> datetime:
    """`moment` when it is inside the hours for texts; else the last hour of the evening before, if
    that is still ahead; else the opening.

    Hours that leave no time at all leave the moment alone: rule 1 then says so when it falls due.
    """
    opens, closes = hours
    local = moment.astimezone(zone)
    if opens >= closes or opens <= local.hour < closes:
        return moment
    evening = local.date() if local.hour >= closes else local.date() - timedelta(days=1)
    ends = _at(evening, closes, zone)
    if ends > now:
        return max(_at(evening, max(opens, closes - 1), zone), now)
    return _at(evening + timedelta(days=1), opens, zone)


def next_try(now: datetime, *, zone: ZoneInfo, hours: tuple[int, int], tomorrow: bool) -> datetime:
    """When to look again at a text that may not go at `now`: at the next opening, with `tomorrow`
    not before the next day's.
    """
    local = now.astimezone(zone)
    today = _at(local.date(), hours[0], zone)
    return (
        today
        if today > now and not tomorrow
        else _at(local.date() + timedelta(days=1), hours[0], zone)
    )


def wording_kind(
    kind: ReminderKind, starts_at: datetime, now: datetime, zone: ZoneInfo
) -> ReminderKind:
    """Which reminder's words are true at `now`: "today" and "tomorrow" follow the calendar, not the
    name of the reminder.

    A text moved to an earlier evening, or held back to a later morning, would else name the wrong
    day.
    """
    if kind not in (ReminderKind.THREE_DAYS, ReminderKind.ONE_DAY, ReminderKind.TWO_HOURS):
        return kind
    days = (local_day(starts_at, zone) - local_day(now, zone)).days
    return {0: ReminderKind.TWO_HOURS, 1: ReminderKind.ONE_DAY}.get(days, ReminderKind.THREE_DAYS)


def overlaps(
    starts_at: datetime, minutes: int, other_starts_at: datetime, other_minutes: int
) -> bool:
    """Whether two appointments share any time."""
    ends, other_ends = (
        starts_at + timedelta(minutes=minutes),
        other_starts_at + timedelta(minutes=other_minutes),
    )
    return starts_at < other_ends and other_starts_at < ends


def nearest(kinds: Sequence[ReminderKind]) -> ReminderKind:
    """Of several overdue texts about one appointment the one that goes: the first text says
    everything, else the latest reminder.
    """
    order = (
        ReminderKind.MISSED_AGAIN,
        ReminderKind.MISSED,
        ReminderKind.CALLED_OFF,
        ReminderKind.CHANGED,
        ReminderKind.BOOKED,
        ReminderKind.TWO_HOURS,
        ReminderKind.ONE_DAY,
        ReminderKind.THREE_DAYS,
    )
    return min(kinds, key=order.index)


def _at(day: date, hour: int, zone: ZoneInfo) -> datetime:
    if hour == 24:
        day, hour = day + timedelta(days=1), 0
    return datetime.combine(day, time(hour), tzinfo=zone).astimezone(UTC)
