"""What stood in the way of an appointment waits for nobody once its day is over."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.access.policy import SYSTEM
from engage.appointments import booking as appointments
from engage.appointments.model import Appointment, AppointmentState
from engage.conversation import sweeps
from engage.people import signals
from engage.people.model import Person
from engage.signals import Signal, SignalKind
from engage.understanding.vocabulary import Cause, Intent
from tests import builders
from tests.engage.conversation.phones import asked, events, open_signals, signal
from tests.engage.conversation.turns import hear, read_as

BOTH = [SignalKind.BARRIER, SignalKind.CANNOT_ATTEND]
DAY = timedelta(days=1)
STARTS = datetime.fromisoformat("2027-03-29T10:00:00+01:00")
MIDNIGHT = datetime.fromisoformat("2027-03-30T00:00:00+01:00")
"""The hub's, an hour before that of Greenwich: the clocks have gone forward."""


@pytest.fixture
def katrina(session: Session) -> Person:
    """A person with a number that may be texted."""
    return builders.person(session, builders.staff(session, builders.hub(session)))


@pytest.fixture
def appointment(session: Session, katrina: Person, now: datetime) -> Appointment:
    """No bus fare for it, as she texted days before."""
    made = builders.appointment(session, katrina, STARTS)
    asked(session, made, now - DAY)
    hear(session, katrina, read_as(Intent.DECLINE, cause=Cause.TRANSPORT), now)
    assert open_signals(session, katrina) == BOTH
    return made


def test_both_are_resolved_at_the_midnight_of_the_hub(
    session: Session, katrina: Person, appointment: Appointment
) -> None:
    """Not on the day itself; then with the word why, by Engage, once, and though nothing was
    recorded.
    """
    assert sweeps.sweep(session, now=MIDNIGHT - timedelta(seconds=1)).passed == 0
    assert open_signals(session, katrina) == BOTH
    assert sweeps.sweep(session, now=MIDNIGHT).passed == 2
    assert sweeps.sweep(session, now=MIDNIGHT + DAY).passed == 0
    rows = session.scalars(select(Signal).where(Signal.kind.in_(BOTH))).all()
    assert {(row.resolved_by, row.resolution) for row in rows} == {
        ("system", "The day has passed.")
    }
    assert events(session, katrina).count("signal.resolved") == 2


def test_one_that_somebody_is_on_is_resolved_too(
    session: Session, katrina: Person, appointment: Appointment, now: datetime
) -> None:
    """Whoever took it up is kept with it."""
    raised = signal(session, katrina, SignalKind.BARRIER)
    actor = builders.actor(katrina.offender_manager)
    signals.acknowledge(session, actor, raised.id, now=now)
    assert sweeps.day_passed(session, now=MIDNIGHT) == 2
    assert (raised.acknowledged_by, raised.resolution) == (actor.label, "The day has passed.")


def test_the_day_is_the_one_that_it_was_moved_to(
    session: Session, katrina: Person, appointment: Appointment, now: datetime
) -> None:
    """Moved by a worker to a later day, what was said waits with it."""
    appointments.move(session, SYSTEM, appointment.id, starts_at=STARTS + 7 * DAY, now=now)
    assert sweeps.day_passed(session, now=MIDNIGHT) == 0
    assert sweeps.day_passed(session, now=MIDNIGHT + 7 * DAY) == 2


def test_a_cancelled_appointment_waits_for_nobody_either(
    session: Session, katrina: Person, appointment: Appointment
) -> None:
    """It would have been on that day."""
    appointment.state = AppointmentState.CANCELLED
    session.flush()
    assert sweeps.day_passed(session, now=MIDNIGHT) == 2


def test_other_signals_and_those_of_other_days_stay(
    session: Session, katrina: Person, appointment: Appointment, now: datetime
) -> None:
    """A wish for a call, and a no to the week after, are not over with the day."""
    later = builders.appointment(session, katrina, STARTS + 7 * DAY)
    asked(session, later, now)
    hear(session, katrina, read_as(Intent.CALL_ME), now + timedelta(minutes=1))
    hear(session, katrina, read_as(Intent.DECLINE), MIDNIGHT - timedelta(hours=1))
    sweeps.day_passed(session, now=MIDNIGHT)
    assert open_signals(session, katrina) == [SignalKind.CALL_REQUESTED, SignalKind.CANNOT_ATTEND]
