"""Late and here are about the current appointment; if there are two, the person is asked which."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.appointments.kinds import ReminderKind
from engage.appointments.model import StatedIntent
from engage.people.model import Person
from tests import builders
from tests.engage.conversation.phones import HERE, LATE, asked, last_answer, minutes, said, says

DAY = timedelta(days=1)


def test_late_and_here_are_about_the_current_appointment(
    session: Session, katrina: Person, now: datetime
) -> None:
    """Not about tomorrow's. The worker of today's appointment is told."""
    today = builders.appointment(session, katrina, now + minutes(30), worker_name="Sam Reed")
    builders.appointment(session, katrina, now + DAY)
    asked(session, today, now - minutes(90), kind=ReminderKind.TWO_HOURS)
    says(session, "running late", now)
    assert (
        last_answer(session) == "Thanks Katrina. Sam will see that you are late. Please still come."
    )
    says(session, "im here", now + minutes(40))
    assert said(session, today) == [LATE, HERE]
    assert "Sam" in last_answer(session) and "here" in last_answer(session)


def test_minutes_late_are_recorded(session: Session, katrina: Person, now: datetime) -> None:
    """The worker sees how long to wait."""
    today = builders.appointment(session, katrina, now + minutes(30))
    asked(session, today, now - minutes(90), kind=ReminderKind.TWO_HOURS)
    says(session, "running 10 mins late", now)
    assert session.scalars(select(StatedIntent.minutes_late)).all() == [10]


def test_late_without_a_current_appointment_goes_to_a_worker(
    session: Session, katrina: Person, now: datetime
) -> None:
    """A person cannot be late for tomorrow's appointment now."""
    tomorrow = builders.appointment(session, katrina, now + DAY)
    asked(session, tomorrow, now - DAY)
    assert says(session, "running late", now).needs_human
    assert said(session, tomorrow) == []


def test_two_current_appointments_are_asked_about(
    session: Session, katrina: Person, now: datetime
) -> None:
    """Late for which of the two? An answer after the first began still counts."""
    first = builders.appointment(session, katrina, now + minutes(30))
    second = builders.appointment(session, katrina, now + minutes(150))
    for one in (first, second):
        asked(session, one, now - minutes(60), kind=ReminderKind.TWO_HOURS)
    says(session, "running late", now)
    says(session, "1", now + minutes(40))
    assert (said(session, first), said(session, second)) == ([LATE], [])
