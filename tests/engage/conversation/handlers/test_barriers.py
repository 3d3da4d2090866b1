"""A barrier to attending raises a signal before the day, says what would help, and is resolved by a
later reply.
"""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.appointments.model import StatedIntent as Said
from engage.conversation.handlers.barriers import ACTIONS, BARRIERS
from engage.people.model import Person
from engage.signals import Signal, SignalKind
from engage.understanding.vocabulary import Cause, Intent
from tests import builders
from tests.engage.conversation.phones import asked, open_signals, says, signal
from tests.engage.conversation.turns import hear, read_as

DAY = timedelta(days=1)
BOTH = [SignalKind.BARRIER, SignalKind.CANNOT_ATTEND]


@pytest.fixture
def katrina(session: Session) -> Person:
    """A person with a number that may be texted."""
    return builders.person(session, builders.staff(session, builders.hub(session)))


@pytest.mark.parametrize("cause", sorted(BARRIERS))
def test_a_removable_barrier_raises_a_signal(
    session: Session, katrina: Person, now: datetime, cause: Cause
) -> None:
    """Beside the refusal: the cause and what would help, due before the start, with the text and
    the appointment as evidence.
    """
    appointment = builders.appointment(session, katrina, now + timedelta(hours=20))
    asked(session, appointment, now - DAY)
    hear(session, katrina, read_as(Intent.DECLINE, cause=cause), now)
    assert open_signals(session, katrina) == BOTH
    raised = signal(session, katrina, SignalKind.BARRIER)
    assert raised.due_at == appointment.starts_at
    assert (
        raised.why == f"Barrier to attending: {BARRIERS[cause]} (self-reported)."
        and raised.action == ACTIONS[cause]
    )
    assert [link["type"] for link in raised.evidence] == ["inbound", "appointment"]
    assert session.scalars(select(Said.cause)).all() == [cause]


@pytest.mark.parametrize(
    "cause", [Cause.COURT, Cause.BEREAVEMENT, Cause.HOLIDAY, Cause.FORGOT, None]
)
def test_a_cause_that_nobody_can_remove_is_only_recorded(
    session: Session, katrina: Person, now: datetime, cause: Cause | None
) -> None:
    """A funeral raises no barrier signal; the cause is stored with the intent."""
    appointment = builders.appointment(session, katrina, now + 3 * DAY)
    asked(session, appointment, now - DAY)
    hear(session, katrina, read_as(Intent.DECLINE, cause=cause), now)
    assert open_signals(session, katrina) == [SignalKind.CANNOT_ATTEND]
    assert session.scalars(select(Said.cause)).all() == [cause]


def test_a_barrier_is_due_within_a_working_day(
    session: Session, katrina: Person, now: datetime
) -> None:
    """The appointment is a week away, and today is Saturday: due on Tuesday at nine."""
    appointment = builders.appointment(session, katrina, now + 7 * DAY)
    asked(session, appointment, now - DAY)
    hear(session, katrina, read_as(Intent.DECLINE, cause=Cause.TRANSPORT), now)
    assert signal(session, katrina, SignalKind.BARRIER).due_at == now + 3 * DAY


def test_a_later_yes_resolves_both_signals(
    session: Session, katrina: Person, now: datetime
) -> None:
    """They found a lift: no signal stays open, and both give the reason."""
    appointment = builders.appointment(session, katrina, now + 3 * DAY)
    asked(session, appointment, now - DAY)
    hear(session, katrina, read_as(Intent.DECLINE, cause=Cause.TRANSPORT), now)
    hear(session, katrina, read_as(Intent.CONFIRM), now + timedelta(minutes=5))
    assert open_signals(session, katrina) == []
    hows = session.scalars(select(Signal.resolution).where(Signal.person_id == katrina.id)).all()
    assert hows == ["A later text: will attend."] * 2


def test_the_same_barrier_adds_evidence_and_another_raises_a_second_signal(
    session: Session, katrina: Person, now: datetime
) -> None:
    """Two texts about the fare are one signal with two texts as evidence; childcare is a second
    one.
    """
    appointment = builders.appointment(session, katrina, now + 3 * DAY)
    asked(session, appointment, now - DAY)
    for count, cause in enumerate([Cause.TRANSPORT, Cause.TRANSPORT, Cause.CHILDCARE]):
        hear(session, katrina, read_as(Intent.DECLINE, cause=cause), now + timedelta(minutes=count))
    rows = session.scalars(
        select(Signal).where(Signal.kind == SignalKind.BARRIER).order_by(Signal.raised_at)
    ).all()
    assert [len(row.evidence) for row in rows] == [3, 2]


def test_the_cause_is_stored_with_the_question_which_one(
    session: Session, katrina: Person, now: datetime
) -> None:
    """The cause in the first text goes with the choice in the second."""
    both = [builders.appointment(session, katrina, now + days * DAY) for days in (3, 4)]
    for one in both:
        asked(session, one, now - DAY)
    hear(session, katrina, read_as(Intent.DECLINE, cause=Cause.TRANSPORT), now)
    assert open_signals(session, katrina) == []
    says(session, "2", now + timedelta(minutes=1))
    assert open_signals(session, katrina) == BOTH
    assert session.scalars(select(Said.cause).where(Said.appointment_id == both[1].id)).all() == [
        "transport"
    ]


def test_a_request_for_another_time_reports_its_barrier_once(
    session: Session, katrina: Person, now: datetime
) -> None:
    """Two requests are one signal with both texts as evidence. No refusal is recorded."""
    asked(session, builders.appointment(session, katrina, now + 3 * DAY), now - DAY)
    for minute in (0, 5):
        interpretation = read_as(Intent.RESCHEDULE, cause=Cause.CHILDCARE)
        hear(session, katrina, interpretation, now + timedelta(minutes=minute))
    assert open_signals(session, katrina) == BOTH
    raised = signal(session, katrina, SignalKind.BARRIER)
    assert (
        raised.why == f"Barrier to attending: {BARRIERS[Cause.CHILDCARE]} (self-reported)."
        and len(raised.evidence) == 3
    )
    assert session.scalars(select(Said.id)).all() == []


@pytest.mark.parametrize(("choice", "about"), [("2", 1), ("1 and 2", 2)])
def test_the_barrier_is_stored_with_the_question_which_to_move(
    session: Session, katrina: Person, now: datetime, choice: str, about: int
) -> None:
    """The choice names no cause; that of the first text is reported for each appointment chosen."""
    for days in (3, 4):
        asked(session, builders.appointment(session, katrina, now + days * DAY), now - DAY)
    hear(session, katrina, read_as(Intent.RESCHEDULE, cause=Cause.WORK), now)
    assert open_signals(session, katrina) == []
    says(session, choice, now + timedelta(minutes=1))
    assert sorted(open_signals(session, katrina)) == sorted(BOTH * about)
