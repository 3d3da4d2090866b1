"""Which of a worker's free times are offered for an appointment. Pure: no database, no clock, no
settings.

A time is offered only if it is of the appointment's type, long enough, with enough notice and not
too far ahead. On a day on which the hub is closed it is offered only if it was added there on
purpose.
"""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from engage.appointments.kinds import AppointmentType
from engage.core.local_time import local_day
from engage.people.rules import Reason

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
NEAR = timedelta(minutes=60)
"""A time at most this far from the time that the person asked for counts as that time [ours]."""

FREE_KINDS = frozenset(kind for kind in AppointmentType if kind.row.one_worker)
"""The types of appointment for which one worker can be free."""

NOT_ALLOWED = Reason(
    "rebooking_not_allowed", "The offender manager has not allowed rebooking by text"
)
ENFORCEABLE = Reason("enforceable", "In this hub enforceable appointments are rebooked by workers")
NOT_THIS_TYPE = Reason("kind", "Appointments of this type cannot be rebooked by text")


@dataclass(frozen=True)
class SlotRules:
    """The limits of an offer: the notice, how far ahead, how long the times are held, and how many
    one text offers.
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
    """The day and time that the person asked for, if any: a day is `mon` to `sun`, `today` or
    `tomorrow`, counted from when they wrote, a time `14:30`. `avoid` is a day that they cannot do.
    """

    day: str | None = None
    time: str | None = None
    avoid: date | None = None

    @property
    def any_time(self) -> bool:
        """Whether they asked for neither a day nor a time."""
        return self.day is None and self.time is None


def why_no_offer(
    *, allowed: bool, enforceable: bool, hub_allows_enforceable: bool, kind: AppointmentType
) -> Reason | None:
    """Why no time may be offered for an appointment. `enforceable`: of a person under an order."""
    if not allowed:
        return NOT_ALLOWED
    if enforceable and not hub_allows_enforceable:
        return ENFORCEABLE
    return None if kind in FREE_KINDS else NOT_THIS_TYPE


def wish_in_text(
    day: str | None,
    time: str | None,
    *,
    starts_at: datetime,
    received_at: datetime,
    zone: ZoneInfo,
) -> TimeWish:
    """The wish in a text that names a day and a time. The appointment's own day, without a time, is
    the day that they cannot do.
    """
    if day is None or not _is_day(local_day(starts_at, zone), day, received_at, zone):
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
    """The slots that may be offered at `now` for an appointment of this type and length, soonest
    first.
    """
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
    received_at: datetime,
    zone: ZoneInfo,
    at_most: int = RULES.at_most,
) -> tuple[FreeSlot, ...]:
    """The slots to offer, soonest first: those that fit the day and time asked for, else the day,
    else the time, else the soonest.

    If no day was asked for, they are on different days where possible.
    """
    ordered = sorted(slots, key=lambda slot: (slot.starts_at, slot.id))
    on_day = [
        one
        for one in ordered
        if wanted.day and _is_day(local_day(one.starts_at, zone), wanted.day, received_at, zone)
    ]
    near = [
        one
        for one in ordered
        if wanted.time and _distance(one.starts_at, wanted.time, zone) <= NEAR
    ]
    both = [one for one in on_day if one in near]
    if both or on_day:
        closest = sorted(both or on_day, key=lambda one: _closeness(one, wanted, zone))
        return tuple(sorted(closest[:at_most], key=lambda one: one.starts_at))
    other_days = [one for one in ordered if local_day(one.starts_at, zone) != wanted.avoid]
    return _spread(near or other_days or ordered, zone, at_most)


def number_named(
    offered: Sequence[datetime],
    day: str | None,
    time: str | None,
    *,
    received_at: datetime,
    zone: ZoneInfo,
) -> int | None:
    """The number (from 1) of the offered time that a day and a time name. None unless they name
    exactly one.
    """
    if day is None and time is None:
        return None
    fitting = [
        number
        for number, starts_at in enumerate(offered, 1)
        if (day is None or _is_day(local_day(starts_at, zone), day, received_at, zone))
        and (time is None or _distance(starts_at, time, zone) == timedelta(0))
    ]
    return fitting[0] if len(fitting) == 1 else None


def _spread(slots: Sequence[FreeSlot], zone: ZoneInfo, at_most: int) -> tuple[FreeSlot, ...]:
    """The first slot of each day; if there are too few days, more slots of these days."""
    firsts: dict[date, FreeSlot] = {}
    for one in slots:
        firsts.setdefault(local_day(one.starts_at, zone), one)
    others = [one for one in slots if one not in firsts.values()]
    chosen = [*firsts.values(), *others][:at_most]
    return tuple(sorted(chosen, key=lambda one: one.starts_at))


def _closeness(slot: FreeSlot, wanted: TimeWish, zone: ZoneInfo) -> tuple[timedelta, datetime]:
    return (
        _distance(slot.starts_at, wanted.time, zone) if wanted.time else timedelta(0),
        slot.starts_at,
    )


def _distance(starts_at: datetime, time: str, zone: ZoneInfo) -> timedelta:
    local = starts_at.astimezone(zone)
    hour, _, minute = time.partition(":")
    return abs(
        timedelta(hours=local.hour, minutes=local.minute)
        - timedelta(hours=int(hour), minutes=int(minute))
    )


def _is_day(day: date, named: str, received_at: datetime, zone: ZoneInfo) -> bool:
    if named in ("today", "tomorrow"):
        return day == local_day(received_at, zone) + timedelta(days=named == "tomorrow")
    return DAYS[day.weekday()] == named
