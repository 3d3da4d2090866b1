"""Which free times are offered: tables of free times and wishes."""

import uuid
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from engage.appointments.free_times.rules import (
    FreeSlot,
    TimeWish,
    number_named,
    offerable,
    pick,
    why_no_offer,
    wish_in_text,
)
from engage.appointments.kinds import AppointmentType

LONDON = ZoneInfo("Europe/London")
NOW = datetime(2027, 3, 20, 9, tzinfo=UTC)
OFFICE = AppointmentType.OFFICE


def at(words: str) -> datetime:
    """`22 10:00` as a moment in March 2027 on the wall clock of London."""
    return datetime.strptime(f"2027-03-{words}", "%Y-%m-%d %H:%M").replace(tzinfo=LONDON)


def slot(
    words: str, minutes: int = 30, kind: AppointmentType = OFFICE, *, closed_too: bool = False
) -> FreeSlot:
    """A free time."""
    return FreeSlot(uuid.uuid4(), at(words), minutes, kind, closed_too)


def shown(slots: Sequence[FreeSlot]) -> list[str]:
    """The local day and time of each."""
    return [f"{one.starts_at.astimezone(LONDON):%d %H:%M}" for one in slots]


@pytest.mark.parametrize(
    ("given", "offered"),
    [
        (slot("20 10:59"), False),
        (slot("20 11:00"), True),
        (slot("22 10:00"), True),
        (FreeSlot(uuid.uuid4(), NOW + timedelta(days=14), 30, OFFICE), True),
        (FreeSlot(uuid.uuid4(), NOW + timedelta(days=14, minutes=1), 30, OFFICE), False),
        (slot("26 10:00"), False),
        (slot("26 10:00", closed_too=True), True),
        (slot("22 10:00", 29), False),
        (slot("22 10:00", 60), True),
        (slot("22 10:00", kind=AppointmentType.PHONE), False),
    ],
)
def test_what_may_be_offered(given: FreeSlot, offered: bool) -> None:
    """With two hours' notice, within fourteen days, long enough, of the same type, and not on Good
    Friday unless added on purpose.
    """
    found = offerable(
        [given], kind=OFFICE, minutes=30, now=NOW, zone=LONDON, closed={date(2027, 3, 26)}
    )
    assert bool(found) == offered


FREE = [
    slot("22 10:00"),
    slot("22 10:30"),
    slot("22 15:00"),
    slot("23 09:00"),
    slot("23 14:00"),
    slot("24 14:30"),
    slot("30 09:00"),
]


@pytest.mark.parametrize(
    ("day", "time", "offered"),
    [
        (None, None, ["22 10:00", "23 09:00", "24 14:30"]),
        ("mon", None, ["22 10:00", "22 10:30", "22 15:00"]),
        ("tue", None, ["23 09:00", "23 14:00", "30 09:00"]),
        ("tue", "14:30", ["23 14:00"]),
        ("tue", "18:00", ["23 09:00", "23 14:00", "30 09:00"]),
        ("wed", None, ["24 14:30"]),
        ("thu", None, ["22 10:00", "23 09:00", "24 14:30"]),
        (None, "14:00", ["22 15:00", "23 14:00", "24 14:30"]),
        (None, "09:30", ["22 10:00", "23 09:00", "30 09:00"]),
        (None, "20:00", ["22 10:00", "23 09:00", "24 14:30"]),
        ("thu", "14:00", ["22 15:00", "23 14:00", "24 14:30"]),
        ("today", None, ["22 10:00", "23 09:00", "24 14:30"]),
    ],
)
def test_which_times_are_picked(day: str | None, time: str | None, offered: list[str]) -> None:
    """The requested day and time, else the day, the time, or the soonest on different days."""
    assert shown(pick(FREE, TimeWish(day, time), received_at=NOW, zone=LONDON)) == offered


def test_tomorrow_is_the_day_after_the_text() -> None:
    """A text from before midnight that is handled after midnight still means the same day."""
    sunday = datetime(2027, 3, 21, 23, 50, tzinfo=UTC)
    assert shown(pick(FREE, TimeWish("tomorrow"), received_at=sunday, zone=LONDON))[0] == "22 10:00"


def test_few_days_give_several_times_each() -> None:
    """Three times on two days are all offered."""
    few = [slot("22 10:00"), slot("22 11:00"), slot("23 09:00")]
    assert shown(pick(few, TimeWish(), received_at=NOW, zone=LONDON)) == [
        "22 10:00",
        "22 11:00",
        "23 09:00",
    ]
    assert pick([], TimeWish("mon", "10:00"), received_at=NOW, zone=LONDON) == ()


def test_a_day_they_cannot_do_is_avoided_if_possible() -> None:
    """It is offered if nothing else is free."""
    monday = TimeWish(avoid=date(2027, 3, 22))
    assert shown(pick(FREE, monday, received_at=NOW, zone=LONDON)) == [
        "23 09:00",
        "24 14:30",
        "30 09:00",
    ]
    assert shown(pick(FREE[:2], monday, received_at=NOW, zone=LONDON)) == ["22 10:00", "22 10:30"]


@pytest.mark.parametrize(
    ("day", "time", "meant"),
    [
        ("mon", None, TimeWish(avoid=date(2027, 3, 22))),
        ("mon", "15:00", TimeWish("mon", "15:00")),
        ("tue", None, TimeWish("tue")),
        (None, "15:00", TimeWish(None, "15:00")),
        (None, None, TimeWish()),
    ],
)
def test_the_appointments_own_day_is_a_day_they_cannot_do(
    day: str | None, time: str | None, meant: TimeWish
) -> None:
    """`not monday` names Monday as much as `can we do monday`; with a time it is a wish."""
    assert wish_in_text(day, time, starts_at=at("22 10:00"), received_at=NOW, zone=LONDON) == meant


@pytest.mark.parametrize(
    ("day", "time", "place"),
    [
        ("wed", None, 3),
        (None, "14:00", 2),
        ("mon", "10:00", 1),
        ("mon", "14:00", None),
        (None, None, None),
        ("sun", None, None),
    ],
)
def test_a_day_and_time_name_one_offered_time(
    day: str | None, time: str | None, place: int | None
) -> None:
    """Exactly one of the times offered, to the minute, or none."""
    starts = [at("22 10:00"), at("23 14:00"), at("24 10:00")]
    assert number_named(starts, day, time, received_at=NOW, zone=LONDON) == place
    assert number_named(starts, None, "10:00", received_at=NOW, zone=LONDON) is None


@pytest.mark.parametrize(
    ("allowed", "enforceable", "hub", "kind", "code"),
    [
        (True, True, True, OFFICE, None),
        (True, False, False, OFFICE, None),
        (False, False, True, OFFICE, "rebooking_not_allowed"),
        (True, True, False, OFFICE, "enforceable"),
        (True, False, True, AppointmentType.COURT, "kind"),
        (True, False, True, AppointmentType.GROUP, "kind"),
    ],
)
def test_why_nothing_is_offered(
    allowed: bool, enforceable: bool, hub: bool, kind: AppointmentType, code: str | None
) -> None:
    """Without the offender manager's permission, against the hub's setting, or for a type that one
    worker cannot move alone.
    """
    reason = why_no_offer(
        allowed=allowed, enforceable=enforceable, hub_allows_enforceable=hub, kind=kind
    )
    assert (reason.code if reason else None) == code
