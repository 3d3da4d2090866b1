"""Working days of a hub, by its local time and with its closed days."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.agencies import setup
from engage.core.errors import Invalid
from engage.core.model import Event
from engage.core.working_days import (
    after_working_days,
    closed_days,
    is_working_day,
    working_day_after,
)
from tests import builders

LONDON = ZoneInfo("Europe/London")


def at(text: str) -> datetime:
    """A local time in London."""
    return datetime.fromisoformat(text).replace(tzinfo=LONDON)


@pytest.mark.parametrize(
    ("start", "days", "wanted"),
    [
        ("2027-03-15T10:30", 1, "2027-03-16T10:30"),
        ("2027-03-19T15:00", 1, "2027-03-22T15:00"),
        ("2027-03-20T12:00", 1, "2027-03-23T09:00"),
        ("2027-03-21T23:59", 1, "2027-03-23T09:00"),
        ("2027-03-24T16:00", 1, "2027-03-25T16:00"),
        ("2027-03-25T16:00", 1, "2027-03-30T16:00"),
        ("2027-03-15T09:00", 10, "2027-03-31T09:00"),
    ],
)
def test_a_working_day_later(start: str, days: int, wanted: str) -> None:
    """Weekends and closed days do not count. A start on one counts from 09:00 of the next working
    day. The clock change moves nothing.
    """
    closed = {date(2027, 3, 26), date(2027, 3, 29)}
    assert after_working_days(at(start), days, LONDON, closed) == at(wanted)


@pytest.mark.parametrize(
    ("day", "days", "wanted"),
    [
        ("2027-03-19", 1, "2027-03-22"),
        ("2027-03-20", 1, "2027-03-22"),
        ("2027-03-21", 1, "2027-03-22"),
        ("2027-03-25", 1, "2027-03-30"),
        ("2027-03-27", 1, "2027-03-30"),
        ("2028-02-28", 1, "2028-02-29"),
        ("2028-02-29", 1, "2028-03-01"),
    ],
)
def test_a_period_in_working_days(day: str, days: int, wanted: str) -> None:
    """Rule 7: a period that starts on a day off is no longer than one that starts on the last
    working day before it.
    """
    closed = {date(2027, 3, 26), date(2027, 3, 29)}
    assert working_day_after(date.fromisoformat(day), days, closed) == date.fromisoformat(wanted)


def test_the_result_is_in_the_time_zone_of_the_start() -> None:
    """A time in UTC gives a time in UTC."""
    moment = after_working_days(datetime(2027, 3, 26, 12, 0, tzinfo=UTC), 1, LONDON)
    assert (moment, moment.tzinfo) == (datetime(2027, 3, 29, 11, 0, tzinfo=UTC), UTC)


def test_closed_days_are_dates_of_the_hub() -> None:
    """They are read from the stored settings of the hub."""
    found = closed_days({"closed_days": ["2027-12-27"]})
    assert found == {date(2027, 12, 27)}
    assert not is_working_day(date(2027, 12, 27), found)
    assert closed_days({}) == frozenset()


@pytest.mark.parametrize("given", ["2027-12-27", [1], ["tomorrow"], {"a": 1}])
def test_anything_else_is_refused(given: object) -> None:
    """A wrong value is reported, not ignored."""
    with pytest.raises(ValueError, match=r"closed_days|Invalid isoformat"):
        closed_days({"closed_days": given})


def test_closed_days_without_end_are_refused() -> None:
    """Two months without a working day are a mistake."""
    shut = {date.fromordinal(date(2027, 1, 1).toordinal() + day) for day in range(200)}
    with pytest.raises(ValueError, match="no working day"):
        after_working_days(at("2027-01-05T09:00"), 1, LONDON, shut)


def test_closed_days_are_added_and_removed(session: Session, now: datetime) -> None:
    """Adding a day twice adds it once. The other settings stay. The change is an event."""
    hub = builders.hub(session, daily_cap=5)
    days = [date(2027, 12, 28), date(2027, 12, 27)]
    for _ in range(2):
        setup.close_days(session, hub, days, closed=True, actor="system", now=now)
    assert hub.settings == {"daily_cap": 5, "closed_days": ["2027-12-27", "2027-12-28"]}
    left = setup.close_days(session, hub, days[:1], closed=False, actor="system", now=now)
    assert left == closed_days(hub.settings) == {date(2027, 12, 27)}
    session.flush()
    assert "hub.setting_changed" in session.scalars(select(Event.kind).order_by(Event.id)).all()


def test_a_hub_cannot_have_too_many_closed_days(session: Session, now: datetime) -> None:
    """More than 40 are a typing error."""
    days = [date.fromordinal(date(2027, 1, 1).toordinal() + day) for day in range(41)]
    with pytest.raises(Invalid):
        setup.close_days(session, builders.hub(session), days, closed=True, actor="system", now=now)
