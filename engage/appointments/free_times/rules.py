"""Which free times of a worker are offered for an appointment: facts in, choices out. No database,
no clock, no settings.

A time is offered only for an appointment of the same kind that it is long enough for, with notice,
not too far ahead, and never on a day on which the hub is closed unless somebody put it there on
purpose.
"""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from engage.appointments.kinds import AppointmentType
from engage.appointments.reminders.rules import local_day
from engage.people.rules import Reason

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
NEAR = timedelta(minutes=60)
"""A time is one that the person asked for when it is no further than this from what they said
[ours].
"""

FREE_KINDS = frozenset(
    {
        AppointmentType.OFFICE,
        AppointmentType.HOME_VISIT,
        AppointmentType.PHONE,
        AppointmentType.VIDEO,
        AppointmentType.DRUG_TEST,
    }
)
"""What one worker can be free for. A group, a course or a court has its own time."""

NOT_ALLOWED = Reason(
    "rebooking_not_allowed", "The offender manager has not allowed rebooking by text"
)
ENFORCEABLE = Reason("enforceable", "The hub leaves appointments that the order demands to people")
NOT_THIS_KIND = Reason("kind", "An appointment of this kind is not rebooked by text")


@dataclass(frozen=True)
class SlotRules:
    """The numbers of offering: how soon and how far ahead, for how long a time is held, how many go
    into one text.
    """

    notice: timedelta = timedelta(hours=2)
    ahead: timedelta = timedelta(days=14)
    hold: timedelta = timedelta(minutes=60)
    at_most: int = 3


RULES = SlotRules()


@dataclass(frozen=True)
class FreeSlot:
    """A time at which a worker is free."""

    id: uuid.UUID
    starts_at: datetime
    minutes: int
    type: AppointmentType
    despite_closed: bool = False


@dataclass(frozen=True)
class TimeWish:
    """What the person asked for: a day (`mon` to `sun`, `today`, `tomorrow`, counted from when they
    wrote), a time (`14:30`), or neither.

    `avoid` is a day that they cannot do.
    """

    day: str | None = None
    time: str | None = None
    avoid: date | None = None

    @property
    def open(self) -> bool:
        """Whether any day and time will do."""
        return self.day is None and self.time is None


def obstacles(
    *, allowed: bool, demanded: bool, hub_allows_demanded: bool, kind: AppointmentType
) -> Reason | None:
    """Why nothing may be offered for an appointment; `demanded`: enforceable, of somebody under an
    order.
    """
    if not allowed:
        return NOT_ALLOWED
    if demanded and not hub_allows_demanded:
        return ENFORCEABLE
    return None if kind in FREE_KINDS else NOT_THIS_KIND


def wish(
    day: str | None, time: str | None, *, starts_at: datetime, heard_at: datetime, zone: ZoneInfo
) -> TimeWish:
    """What a text asks for. The day of the appointment itself, without a time, is the day that they
    cannot do.
    """
    if day is None or not _is_day(local_day(starts_at, zone), day, heard_at, zone):
        return TimeWish(day, time)
    return TimeWish(day, time) if time is not None else TimeWish(avoid=local_day(starts_at, zone))


def offerable(
    free: Sequence[FreeSlot],
    *,
    kind: AppointmentType,
    minutes: int,
    now: datetime,
    zone: ZoneInfo,
    closed: Collection[date],
    rules: SlotRules = RULES,
) -> list[FreeSlot]:
    """Those that may be offered at `now` for an appointment of that kind and length, soonest first."""
    return sorted(
        (
            slot
            for slot in free
            if slot.type is kind
            and slot.minutes >= minutes
            and now + rules.notice <= slot.starts_at <= now + rules.ahead
            and (slot.despite_closed or local_day(slot.starts_at, zone) not in closed)
        ),
        key=lambda slot: (slot.starts_at, slot.id),
    )


def pick(
    slots: Sequence[FreeSlot],
    wanted: TimeWish,
    *,
    heard_at: datetime,
    zone: ZoneInfo,
    at_most: int = RULES.at_most,
) -> tuple[FreeSlot, ...]:
    """The few that are offered, soonest first: what fits the day and the time asked for, else the
    day, else the time, else the soonest.

    Where no day was asked for they are on different days as far as there are such.
    """
    ordered = sorted(slots, key=lambda slot: (slot.starts_at, slot.id))
    on_day = [
        one
        for one in ordered
        if wanted.day and _is_day(local_day(one.starts_at, zone), wanted.day, heard_at, zone)
    ]
    near = [
        one for one in ordered if wanted.time and _apart(one.starts_at, wanted.time, zone) <= NEAR
    ]
    both = [one for one in on_day if one in near]
    if both or on_day:
        closest = sorted(both or on_day, key=lambda one: _closeness(one, wanted, zone))
        return tuple(sorted(closest[:at_most], key=lambda one: one.starts_at))
    elsewhere = [one for one in ordered if local_day(one.starts_at, zone) != wanted.avoid]
    return _spread(near or elsewhere or ordered, zone, at_most)


def named(
    slots: Sequence[datetime],
    day: str | None,
    time: str | None,
    *,
    heard_at: datetime,
    zone: ZoneInfo,
) -> int | None:
    """Which of the offered times (from 1) a day and a time name; None unless exactly one."""
    if day is None and time is None:
        return None
    fitting = [
        place
        for place, starts_at in enumerate(slots, 1)
        if (day is None or _is_day(local_day(starts_at, zone), day, heard_at, zone))
        and (time is None or _apart(starts_at, time, zone) == timedelta(0))
    ]
    return fitting[0] if len(fitting) == 1 else None


def _spread(slots: Sequence[FreeSlot], zone: ZoneInfo, at_most: int) -> tuple[FreeSlot, ...]:
    """The first of each day, and where days are few the next ones of these."""
    firsts: dict[date, FreeSlot] = {}
    for one in slots:
        firsts.setdefault(local_day(one.starts_at, zone), one)
    others = [one for one in slots if one not in firsts.values()]
    chosen = [*firsts.values(), *others][:at_most]
    return tuple(sorted(chosen, key=lambda one: one.starts_at))


def _closeness(slot: FreeSlot, wanted: TimeWish, zone: ZoneInfo) -> tuple[timedelta, datetime]:
    return (
        _apart(slot.starts_at, wanted.time, zone) if wanted.time else timedelta(0),
        slot.starts_at,
    )


def _apart(starts_at: datetime, time: str, zone: ZoneInfo) -> timedelta:
    local = starts_at.astimezone(zone)
    hour, _, minute = time.partition(":")
    return abs(
        timedelta(hours=local.hour, minutes=local.minute)
        - timedelta(hours=int(hour), minutes=int(minute))
    )


def _is_day(day: date, named: str, heard_at: datetime, zone: ZoneInfo) -> bool:
    if named in ("today", "tomorrow"):
        return day == local_day(heard_at, zone) + timedelta(days=named == "tomorrow")
    return DAYS[day.weekday()] == named
