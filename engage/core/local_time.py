"""Days and hours on the wall clock of a time zone.

Pure. A hub's day starts at its own midnight, so a day has 23 or 25 hours when the clocks change.
Nothing here reads the time: callers pass the moment and the zone.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo


class NoSuchTime(ValueError):
    """The wall clock never shows this time: the clocks skip it."""


@dataclass(frozen=True)
class LocalMoment:
    """A time on the wall clock as a moment in UTC. `ambiguous`: the clock shows it twice that day,
    and the first is meant.
    """

    at: datetime
    ambiguous: bool


def local_moment(day: date, at: time, zone: tzinfo) -> LocalMoment:
    """The moment at which the wall clock of `zone` shows `at` on `day`. Raises NoSuchTime if it
    never does.
    """
    first = datetime.combine(day, at, tzinfo=zone).replace(fold=0)
    second = first.replace(fold=1)
    moment = first.astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) != first.replace(tzinfo=None):
        raise NoSuchTime(f"{at:%H:%M} does not exist on {day:%d %B %Y}: the clocks go forward")
    return LocalMoment(moment, ambiguous=second.astimezone(UTC) != moment)


def local_day(moment: datetime, zone: tzinfo) -> date:
    """The calendar day of `moment` in `zone`."""
    return moment.astimezone(zone).date()


def start_of_day(day: date, zone: tzinfo) -> datetime:
    """The midnight at which `day` starts in `zone`, as a moment of that zone."""
    return datetime.combine(day, time(0), tzinfo=zone)


def hour_of_day(day: date, hour: int, zone: tzinfo) -> datetime:
    """An hour (0 to 24) of `day` on the wall clock of `zone`, in UTC; 24 is the next midnight.

    An hour that the clocks skip is the hour after it; of an hour shown twice, the first.
    """
    if hour == 24:
        day, hour = day + timedelta(days=1), 0
    return datetime.combine(day, time(hour), tzinfo=zone).astimezone(UTC)
