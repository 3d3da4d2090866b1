"""When a call is due that a person asked for: `call me tomorrow after 2`. Pure.

A call must never be put off longer than the person asked. If their words give no time that a worker
can keep, it is due within one working day.
"""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta, tzinfo

from engage.core.working_days import after_working_days, is_working_day

END_OF_DAY = time(17)
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
    """When to call at the latest: at the time asked for, else by the end of the day asked for, else
    within one working day (docs/signals.md).

    `day` is `mon` to `sun`, `today` or `tomorrow`; `at` is a time such as `14:30`.
    """
    wanted = _time_asked_for(day, at, received_at.astimezone(zone), closed)
    if wanted is None or wanted <= received_at:
        return after_working_days(received_at, 1, zone, closed)
    return wanted.astimezone(received_at.tzinfo)


def _time_asked_for(
    day: str | None, at: str | None, local: datetime, closed: Collection[date]
) -> datetime | None:
    if day is None and at is None:
        return None
    clock = END_OF_DAY if at is None else time.fromisoformat(at)
    date_wanted = _date(day, local)
    if day is None and clock <= local.time():
        date_wanted += timedelta(days=1)
    if clock < EARLIEST or not is_working_day(date_wanted, closed):
        return None
    return datetime.combine(date_wanted, clock, tzinfo=local.tzinfo)


def _date(day: str | None, local: datetime) -> date:
    today = local.date()
    if day in (None, "today"):
        return today
    if day == "tomorrow":
        return today + timedelta(days=1)
    return today + timedelta(days=(_WEEKDAYS.index(day or "") - today.weekday()) % 7)
