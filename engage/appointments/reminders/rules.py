"""Rule 3: which texts an appointment gets, when each is due, and when it expires.

Pure: no database, no clock, no settings. Days are counted on the wall clock of the hub's zone, so
the text one day before a ten o'clock appointment is due at ten o'clock on both sides of a clock
change. A time that does not exist (the hour that the clocks skip) becomes the hour after it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from engage.appointments.kinds import OutcomeCode, ReminderKind
from engage.core.local_time import hour_of_day, local_day
from engage.people.rules import Reason

BOOKING_HORIZON = timedelta(days=731)
"""How far ahead an appointment may be booked."""

FIRST_TEXTS = frozenset({ReminderKind.BOOKED, ReminderKind.CHANGED})
"""Sent at once, with everything the person needs to know about the appointment."""

SAME_DAY_MERGED = frozenset({ReminderKind.BOOKED, ReminderKind.THREE_DAYS, ReminderKind.ONE_DAY})
"""Kinds of which one text may cover several appointments on one day. A change or a cancellation is
always a text of its own.
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
"""A worker can know of these beforehand. Every other outcome is known only once the appointment has
started.
"""

BOOKED_LATE = Reason(
    "booked_late", "Booked or moved too late for this reminder; the first text covers it"
)
JUST_TOLD = Reason(
    "just_told", "Another text about this appointment is sent at about the same time"
)
NO_HOUR_LEFT = Reason("quiet_hours", "No texting hours left before it would be too late")
TOO_LATE = Reason("too_late", "Too late to send")
MOVED = Reason("moved", "The appointment was moved")
CANCELLED = Reason("cancelled", "The appointment was cancelled")
AMENDED = Reason("amended", "The details of the appointment were changed")
ABSENCE_ACCEPTED = Reason("absence_accepted", "An acceptable absence was recorded")
NOT_MARKED = Reason("not_marked", "The offender manager has turned off this reminder")
REWRITTEN = Reason("written_again", "Not sent in time; replaced by a new text")


DAYS_BEFORE = {ReminderKind.THREE_DAYS: 3, ReminderKind.ONE_DAY: 1}
"""How many calendar days before the appointment a reminder goes."""


@dataclass(frozen=True)
class ReminderRules:
    """The numbers of rule 3, each a setting of the hub.

    `*_until`: how long before the start each text expires. `late_booking`: for an appointment
    booked with less notice, the first text is the only one. `min_gap`: the shortest time between
    two texts about one appointment.
    """

    one_day_until: timedelta
    two_hours_until: timedelta
    booked_until: timedelta
    late_booking: timedelta
    min_gap: timedelta


@dataclass(frozen=True)
class PlannedReminder:
    """One text of the plan. `reason` is set when it is not to be sent."""

    kind: ReminderKind
    due_at: datetime
    expires_at: datetime
    reason: Reason | None = None


def plan(
    starts_at: datetime,
    *,
    now: datetime,
    zone: ZoneInfo,
    hours: tuple[int, int],
    first: ReminderKind | None,
    two_hours: bool,
    rules: ReminderRules,
) -> tuple[PlannedReminder, ...]:
    """The texts of an appointment at `starts_at`, planned at `now`. Texts that are not to be sent
    carry the reason.

    `first` is the text to send at once (booked or changed), None if the person knows the time
    already. `hours` are the local hours [from, until) in which the person may be texted. With less
    notice than `rules.late_booking` only the first text is sent.
    """
    reminders = _timed_reminders(starts_at, now, zone, hours, two_hours, rules)
    if first is None:
        return tuple(_skip_if_late(reminder, now) for reminder in reminders)
    first_text = _first_text(first, starts_at, now, zone, hours, rules)
    one_day_before = days_before(starts_at, DAYS_BEFORE[ReminderKind.ONE_DAY], zone)
    late = starts_at - now < rules.late_booking or one_day_before <= now
    return (
        first_text,
        *(_after_first(reminder, now, first_text.due_at, late, rules) for reminder in reminders),
    )


def _first_text(
    kind: ReminderKind,
    starts_at: datetime,
    now: datetime,
    zone: ZoneInfo,
    hours: tuple[int, int],
    rules: ReminderRules,
) -> PlannedReminder:
    due = within_hours(now, now=now, zone=zone, hours=hours)
    expires = starts_at if kind is ReminderKind.CHANGED else starts_at - rules.booked_until
    reason = TOO_LATE if now >= expires else NO_HOUR_LEFT if due >= expires else None
    return PlannedReminder(kind, due, expires, reason)


def _timed_reminders(
    starts_at: datetime,
    now: datetime,
    zone: ZoneInfo,
    hours: tuple[int, int],
    two_hours: bool,
    rules: ReminderRules,
) -> list[PlannedReminder]:
    def moved(due: datetime) -> datetime:
        return within_hours(due, now=now, zone=zone, hours=hours) if due > now else due

    three_days, one_day = (
        moved(days_before(starts_at, DAYS_BEFORE[kind], zone))
        for kind in (ReminderKind.THREE_DAYS, ReminderKind.ONE_DAY)
    )
    reminders = [
        PlannedReminder(ReminderKind.THREE_DAYS, three_days, one_day),
        PlannedReminder(ReminderKind.ONE_DAY, one_day, starts_at - rules.one_day_until),
    ]
    if two_hours:
        due = moved(starts_at - timedelta(hours=2))
        reminders.append(
            PlannedReminder(ReminderKind.TWO_HOURS, due, starts_at - rules.two_hours_until)
        )
    return reminders


def _after_first(
    reminder: PlannedReminder, now: datetime, first_at: datetime, late: bool, rules: ReminderRules
) -> PlannedReminder:
    if late:
        return replace(reminder, reason=BOOKED_LATE)
    checked = _skip_if_late(reminder, now)
    if checked.reason is None and reminder.due_at - first_at < rules.min_gap:
        return replace(reminder, reason=JUST_TOLD)
    return checked


def _skip_if_late(reminder: PlannedReminder, now: datetime) -> PlannedReminder:
    if reminder.due_at < now:
        return replace(reminder, reason=BOOKED_LATE)
    if reminder.due_at >= reminder.expires_at:
        return replace(reminder, reason=NO_HOUR_LEFT)
    return reminder


def days_before(moment: datetime, days: int, zone: ZoneInfo) -> datetime:
    """The same wall-clock time `days` calendar days earlier, in UTC."""
    local = moment.astimezone(zone)
    earlier = datetime.combine(local.date() - timedelta(days=days), local.time(), tzinfo=zone)
    return earlier.replace(fold=0).astimezone(UTC)


def within_hours(
    moment: datetime, *, now: datetime, zone: ZoneInfo, hours: tuple[int, int]
) -> datetime:
    """`moment` moved into the hours for texts.

    Outside them it becomes the last hour of the evening before, if that is still ahead, or else the
    next opening. If the hours leave no time at all, the moment stays: rule 1 then gives the reason
    when the text falls due.
    """
    opens, closes = hours
    local = moment.astimezone(zone)
    if opens >= closes or opens <= local.hour < closes:
        return moment
    evening = local.date() if local.hour >= closes else local.date() - timedelta(days=1)
    ends = hour_of_day(evening, closes, zone)
    if ends > now:
        return max(hour_of_day(evening, max(opens, closes - 1), zone), now)
    return hour_of_day(evening + timedelta(days=1), opens, zone)


def next_try(now: datetime, *, zone: ZoneInfo, hours: tuple[int, int], tomorrow: bool) -> datetime:
    """When to try again to send a text that may not be sent at `now`: the next opening. With
    `tomorrow`, not before the next day.
    """
    local = now.astimezone(zone)
    today = hour_of_day(local.date(), hours[0], zone)
    return (
        today
        if today > now and not tomorrow
        else hour_of_day(local.date() + timedelta(days=1), hours[0], zone)
    )


def wording_kind(
    kind: ReminderKind, starts_at: datetime, now: datetime, zone: ZoneInfo
) -> ReminderKind:
    """The kind of reminder whose words are true at `now`.

    "Today" and "tomorrow" follow the calendar, not the reminder's name: a text moved to an earlier
    evening or a later morning would otherwise name the wrong day.
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


def most_useful(kinds: Sequence[ReminderKind]) -> ReminderKind:
    """Which of several overdue texts about one appointment to send: a first text, which says
    everything, before the latest reminder.
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
