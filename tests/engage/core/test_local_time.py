"""Days and hours on the wall clock of a zone, on both sides of a clock change."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from engage.core.local_time import (
    LocalMoment,
    NoSuchTime,
    hour_of_day,
    local_day,
    local_moment,
    start_of_day,
)

LONDON = ZoneInfo("Europe/London")


def test_a_time_that_the_clocks_skip_does_not_exist() -> None:
    """01:30 on 28 March 2027 does not exist in London, and the error says so."""
    with pytest.raises(NoSuchTime, match="01:30 does not exist on 28 March 2027"):
        local_moment(date(2027, 3, 28), time(1, 30), LONDON)


def test_a_time_that_comes_twice_is_the_first() -> None:
    """01:30 on 31 October 2027 comes twice; the first, still in summer time, is used and marked as
    ambiguous.
    """
    found = local_moment(date(2027, 10, 31), time(1, 30), LONDON)
    assert found == LocalMoment(datetime(2027, 10, 31, 0, 30, tzinfo=UTC), ambiguous=True)
    assert not local_moment(date(2027, 10, 31), time(3, 0), LONDON).ambiguous


def test_a_day_of_the_zone_starts_at_its_own_midnight() -> None:
    """A moment before midnight in UTC is already the next day in summer London."""
    assert local_day(datetime(2027, 6, 1, 23, 30, tzinfo=UTC), LONDON) == date(2027, 6, 2)
    assert start_of_day(date(2027, 6, 2), LONDON) == datetime(2027, 6, 1, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "hour", "moment"),
    [
        (date(2027, 3, 28), 1, datetime(2027, 3, 28, 1, tzinfo=UTC)),
        (date(2027, 10, 31), 1, datetime(2027, 10, 31, 0, tzinfo=UTC)),
        (date(2027, 3, 28), 24, datetime(2027, 3, 28, 23, tzinfo=UTC)),
        (date(2027, 10, 30), 24, datetime(2027, 10, 30, 23, tzinfo=UTC)),
    ],
)
def test_an_hour_of_a_day(day: date, hour: int, moment: datetime) -> None:
    """An hour that is jumped over is the hour after it, one shown twice is the first, and 24 is the
    next midnight.
    """
    assert hour_of_day(day, hour, LONDON) == moment
