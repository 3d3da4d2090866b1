"""What the night finds on difficult days: 29 February, both changes of the clocks, an hour past
midnight in summer.
"""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from engage.cohort.kinds import Rag
from engage.people.model import CustodyStatus, Person
from engage.signals import SignalKind
from tests import builders
from tests.engage.cohort.nightly.nights import (
    action,
    court_review,
    enrolled,
    in_prison,
    reviewed,
    swept,
    told,
)

LEAP_DAY = "2028-02-29T02:00:00+00:00"
EVE_OF_SUMMER = "2027-03-27T23:30:00+00:00"
FIRST_OF_SUMMER = "2027-03-28T23:30:00+00:00"
LAST_OF_SUMMER = "2027-10-30T23:30:00+00:00"
FIRST_OF_WINTER = "2027-10-31T23:30:00+00:00"
"""Half past eleven at night in UTC: in summer the next day has begun at the hub, in winter it has
not.
"""


@pytest.fixture
def katrina(session: Session) -> Person:
    """A person in prison, so that no silence is signalled, with nothing else due."""
    pat = builders.staff(session, builders.hub(session))
    return builders.person(session, pat, custody_status=CustodyStatus.CUSTODY)


def kinds(session: Session, whose: Person, now: str) -> list[SignalKind]:
    """The kinds of open signals after the sweep at that moment."""
    swept(session, datetime.fromisoformat(now))
    return [kind for kind, _ in told(session, whose)]


@pytest.mark.parametrize(
    ("now", "release_on", "soon"),
    [
        (LEAP_DAY, date(2028, 3, 14), True),
        (LEAP_DAY, date(2028, 3, 15), False),
        ("2028-02-15T02:00:00+00:00", date(2028, 2, 29), True),
        ("2028-02-14T02:00:00+00:00", date(2028, 2, 29), False),
        (EVE_OF_SUMMER, date(2027, 4, 10), True),
        (EVE_OF_SUMMER, date(2027, 4, 11), False),
        (FIRST_OF_SUMMER, date(2027, 4, 12), True),
        (FIRST_OF_SUMMER, date(2027, 4, 13), False),
        (LAST_OF_SUMMER, date(2027, 11, 14), True),
        (FIRST_OF_WINTER, date(2027, 11, 14), True),
        (FIRST_OF_WINTER, date(2027, 11, 15), False),
    ],
)
def test_fourteen_days_before_release(
    session: Session, katrina: Person, now: str, release_on: date, soon: bool
) -> None:
    """Signal `release_soon`: calendar days of the hub."""
    in_prison(session, katrina, release_on)
    assert kinds(session, katrina, now) == [SignalKind.RELEASE_SOON] * soon


@pytest.mark.parametrize(
    ("now", "due_on", "late"),
    [
        (LEAP_DAY, date(2028, 2, 28), True),
        (LEAP_DAY, date(2028, 2, 29), False),
        ("2028-03-01T02:00:00+00:00", date(2028, 2, 29), True),
        (EVE_OF_SUMMER, date(2027, 3, 27), False),
        (FIRST_OF_SUMMER, date(2027, 3, 28), True),
        (LAST_OF_SUMMER, date(2027, 10, 30), True),
        (FIRST_OF_WINTER, date(2027, 10, 31), False),
    ],
)
def test_an_action_is_overdue_when_its_day_is_over(
    session: Session, katrina: Person, now: str, due_on: date, late: bool
) -> None:
    """Signal `action_overdue`: after its date, not on the day itself."""
    action(session, katrina, due_on)
    assert kinds(session, katrina, now) == [SignalKind.ACTION_OVERDUE] * late


@pytest.mark.parametrize(
    ("now", "review_on", "soon"),
    [
        ("2027-02-22T02:00:00+00:00", date(2027, 3, 1), True),
        ("2027-02-21T02:00:00+00:00", date(2027, 3, 1), False),
        (FIRST_OF_SUMMER, date(2027, 4, 5), True),
        (FIRST_OF_WINTER, date(2027, 11, 8), False),
    ],
)
def test_seven_days_before_the_court_reviews(
    session: Session, katrina: Person, now: str, review_on: date, soon: bool
) -> None:
    """Rule 13: the report is due 7 days before."""
    court_review(session, katrina, review_on)
    assert kinds(session, katrina, now) == [SignalKind.COURT_REVIEW_SOON] * soon


@pytest.mark.parametrize(
    ("now", "since", "told_of"),
    [
        (LEAP_DAY, date(2027, 11, 29), True),
        (LEAP_DAY, date(2027, 11, 30), True),
        (LEAP_DAY, date(2027, 12, 1), False),
        ("2027-02-28T02:00:00+00:00", date(2026, 11, 30), True),
        ("2028-05-28T02:00:00+00:00", date(2028, 2, 29), False),
        ("2028-05-29T02:00:00+00:00", date(2028, 2, 29), True),
        (FIRST_OF_SUMMER, date(2026, 12, 29), True),
        (EVE_OF_SUMMER, date(2026, 12, 28), False),
    ],
)
def test_three_months_by_the_calendar(
    session: Session, katrina: Person, now: str, since: date, told_of: bool
) -> None:
    """Rule 10: to the same day of the month, or its last day."""
    at = datetime.fromisoformat(now)
    reviewed(
        session, enrolled(session, katrina), Rag.GREEN, since, at.date() + timedelta(days=9), at
    )
    assert kinds(session, katrina, now) == [SignalKind.GREEN_THREE_MONTHS] * told_of


@pytest.mark.parametrize(
    ("now", "due_on", "due"),
    [
        (LEAP_DAY, date(2028, 2, 29), True),
        (LEAP_DAY, date(2028, 3, 1), False),
        (EVE_OF_SUMMER, date(2027, 3, 28), False),
        (FIRST_OF_SUMMER, date(2027, 3, 29), True),
        (FIRST_OF_WINTER, date(2027, 11, 1), False),
    ],
)
def test_a_review_is_due_on_its_day(
    session: Session, katrina: Person, now: str, due_on: date, due: bool
) -> None:
    """Rule 12."""
    held_on = due_on - timedelta(days=14)
    reviewed(
        session, enrolled(session, katrina), Rag.AMBER, held_on, due_on, datetime.fromisoformat(now)
    )
    assert kinds(session, katrina, now) == [SignalKind.REVIEW_DUE] * due
