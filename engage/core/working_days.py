"""Working days of a hub: Monday to Friday by its local time, except its closed days.

Pure. Bank holidays are not derived from the country. A hub lists its closed days as ISO dates under
`closed_days` in its stored settings, because offices of one area close on different days.
"""

from collections.abc import Collection, Mapping
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any

OPENS = time(9)
SATURDAY = 5
LONGEST_CLOSURE = 60


def closed_days(settings: Mapping[str, Any]) -> frozenset[date]:
    """The closed days in a hub's stored settings. Raises ValueError if they are not a list of ISO
    dates.
    """
    given = settings.get("closed_days", [])
    if not isinstance(given, list) or not all(isinstance(day, str) for day in given):
        raise ValueError("closed_days must be a list of dates such as 2027-12-27")
    return frozenset(date.fromisoformat(day) for day in given)


def is_working_day(day: date, closed: Collection[date] = ()) -> bool:
    """Whether the hub is open on `day`."""
    return day.weekday() < SATURDAY and day not in closed


def after_working_days(
    start: datetime, days: int, zone: tzinfo, closed: Collection[date] = ()
) -> datetime:
    """The time `days` (1 or more) working days after `start`, at the same local time.

    A start on a day off counts from 09:00 of the next working day: Saturday noon plus one is
    Tuesday 09:00.
    """
    local = start.astimezone(zone)
    day, clock = local.date(), local.time()
    if not is_working_day(day, closed):
        day, clock = _next(day, closed), OPENS
    for _ in range(days):
        day = _next(day, closed)
    return datetime.combine(day, clock, tzinfo=zone).astimezone(start.tzinfo)


def working_day_after(day: date, days: int, closed: Collection[date] = ()) -> date:
    """The `days`th (1 or more) working day after `day`, which need not be a working day: the first
    after a Saturday is Monday.
    """
    for _ in range(days):
        day = _next(day, closed)
    return day


def _next(day: date, closed: Collection[date]) -> date:
    for ahead in range(1, LONGEST_CLOSURE):
        following = day + timedelta(days=ahead)
        if is_working_day(following, closed):
            return following
    raise ValueError("the closed days leave no working day for two months")
