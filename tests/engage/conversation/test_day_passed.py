"""Signals about attending an appointment are resolved once its day is over."""

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
    """An appointment that she cannot attend for want of the fare, as she texted days before."""
    made = builders.appointment(session, katrina, STARTS)
    asked(session, made, now - DAY)
    hear(session, katrina, read_as(Intent.DECLINE, cause=Cause.TRANSPORT), now)
    assert open_signals(session, katrina) == BOTH
    return made


def test_both_are_resolved_at_midnight_of_the_hub(
    session: Session, katrina: Person, appointment: Appointment
) -> None:
    """Not on the day itself. Engage resolves them once with the reason, even if no outcome was
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


def test_an_acknowledged_signal_is_resolved_too(
    session: Session, katrina: Person, appointment: Appointment, now: datetime
) -> None:
    """The worker who acknowledged it stays recorded."""
    raised = signal(session, katrina, SignalKind.BARRIER)
    actor = builders.actor(katrina.offender_manager)
    signals.acknowledge(session, actor, raised.id, now=now)
    assert sweeps.resolve_passed_days(session, now=MIDNIGHT) == 2
    assert (raised.acknowledged_by, raised.resolution) == (actor.label, "The day has passed.")


def test_a_moved_appointment_counts_by_its_new_day(
    session: Session, katrina: Person, appointment: Appointment, now: datetime
) -> None:
    """The signals wait for the later day."""
    appointments.move(session, SYSTEM, appointment.id, starts_at=STARTS + 7 * DAY, now=now)
    assert sweeps.resolve_passed_days(session, now=MIDNIGHT) == 0
    assert sweeps.resolve_passed_days(session, now=MIDNIGHT + 7 * DAY) == 2


def test_signals_of_a_cancelled_appointment_are_resolved_too(
    session: Session, katrina: Person, appointment: Appointment
) -> None:
    """It would have been on that day."""
    appointment.state = AppointmentState.CANCELLED
    session.flush()
    assert sweeps.resolve_passed_days(session, now=MIDNIGHT) == 2


def test_other_signals_and_those_of_other_days_stay(
    session: Session, katrina: Person, appointment: Appointment, now: datetime
) -> None:
    """A request for a call and a no to next week's appointment stay open."""
    later = builders.appointment(session, katrina, STARTS + 7 * DAY)
    asked(session, later, now)
    hear(session, katrina, read_as(Intent.CALL_ME), now + timedelta(minutes=1))
    hear(session, katrina, read_as(Intent.DECLINE), MIDNIGHT - timedelta(hours=1))
    sweeps.resolve_passed_days(session, now=MIDNIGHT)
    assert open_signals(session, katrina) == [SignalKind.CALL_REQUESTED, SignalKind.CANNOT_ATTEND]
