"""When a call is due that was asked for in words: `call me tomorrow after 2`. Pure: no database, no
clock.

It must never put a call off further than the person asked: where their words give no moment that a
worker can keep, the rule of one working day stands.
"""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta, tzinfo

from engage.core.working_days import after_working_days, is_working_day

DAY_ENDS = time(17)
EARLIEST = time(8)
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def due(
    day: str | None,
    at: str | None,
    *,
    received_at: datetime,
    zone: tzinfo,
    closed: Collection[date] = (),
) -> datetime:
    """By when to ring: at the time asked for, by the end of the day asked for, else within one
    working day (SIGNALS.md).

    `day` is `mon` to `sun`, `today` or `tomorrow`, `at` a time such as `14:30`, as the reader gives
    them.
    """
    asked = _asked(day, at, received_at.astimezone(zone), closed)
    if asked is None or asked <= received_at:
        return after_working_days(received_at, 1, zone, closed)
    return asked.astimezone(received_at.tzinfo)


def _asked(
    day: str | None, at: str | None, local: datetime, closed: Collection[date]
) -> datetime | None:
    if day is None and at is None:
        return None
    clock = DAY_ENDS if at is None else time.fromisoformat(at)
    wanted = _date(day, local)
    if day is None and clock <= local.time():
        wanted += timedelta(days=1)
    if clock < EARLIEST or not is_working_day(wanted, closed):
        return None
    return datetime.combine(wanted, clock, tzinfo=local.tzinfo)


def _date(day: str | None, local: datetime) -> date:
    today = local.date()
    if day in (None, "today"):
        return today
    if day == "tomorrow":
        return today + timedelta(days=1)
    return today + timedelta(days=(_WEEKDAYS.index(day or "") - today.weekday()) % 7)
