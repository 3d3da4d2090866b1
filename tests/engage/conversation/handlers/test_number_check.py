"""The check of a number: what it asks, and what each answer does."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.agencies.model import Staff
from engage.appointments.kinds import ReminderKind
from engage.appointments.reminders import planning
from engage.appointments.reminders.due import send_due
from engage.people import contactability
from engage.people.model import NumberState, Person
from engage.signals import SignalKind
from messaging.states import MessageStatus
from messaging.tables import Message
from tests import builders
from tests.engage.conversation.phones import (
    answers,
    events,
    last_answer,
    minutes,
    open_signals,
    point_of,
    says,
)

DAY = timedelta(days=1)


def check(session: Session, person: Person, now: datetime) -> None:
    """Send the check to the number."""
    message = contactability.request_check(
        session, contactability.contactability_of(session, [person.id], now)[person.id], now=now
    )
    assert message is not None
    message.status, message.claimed_at = MessageStatus.DELIVERED, now
    session.flush()


@pytest.mark.parametrize("body", ["1", "Yes", "yes its me"])
def test_a_yes_verifies_the_number(session: Session, om: Staff, now: datetime, body: str) -> None:
    """It is safe for ninety days. Thanks are sent because no other text follows."""
    person = builders.person(session, om, verified=False)
    check(session, person, now)
    reading = says(session, body, now + minutes(1))
    point = point_of(session, person)
    assert (point.state, point.verified_how) == (NumberState.VERIFIED, "answered by text")
    assert point.safe_until == now + minutes(1) + 90 * DAY
    assert (reading.prompt, reading.act) == ("number_check", True)
    assert last_answer(session).startswith("Thanks Katrina. We will text you about what is booked.")
    assert "number.verified" in events(session, person)


def test_a_yes_to_the_check_brings_the_booking_text_instead_of_thanks(
    session: Session, om: Staff, now: datetime
) -> None:
    """The text that was skipped because the number was not verified is planned again, and takes the
    place of the thanks.
    """
    person = builders.person(session, om, verified=False)
    appointment = builders.appointment(session, person, now + 3 * DAY)
    planning.plan(session, appointment, person, person.hub, first=ReminderKind.BOOKED, now=now)
    session.flush()
    send_due(session, now=now)
    message = session.scalars(select(Message)).one()
    assert message.context["purpose"] == "number_check"
    message.status, message.claimed_at = MessageStatus.DELIVERED, now
    session.flush()
    says(session, "1", now + minutes(5))
    assert answers(session) == []
    assert send_due(session, now=now + minutes(5)) >= 1
    texts = session.scalars(select(Message.body).order_by(Message.created_at, Message.id)).all()
    assert texts[-1].startswith("Hi Katrina. You see Pat")


@pytest.mark.parametrize("body", ["2", "No", "no wrong number"])
def test_a_no_to_the_check_is_a_wrong_number(
    session: Session, om: Staff, now: datetime, body: str
) -> None:
    """The number is suspended and gets an apology that reveals nothing."""
    person = builders.person(session, om, verified=False)
    check(session, person, now)
    says(session, body, now + minutes(1))
    assert point_of(session, person).state is NumberState.SUSPENDED
    assert last_answer(session).startswith("Sorry. We have taken this number off")
    assert open_signals(session, person) == [SignalKind.WRONG_NUMBER]


@pytest.mark.parametrize("body", ["ok", "3", "yes but im not her"])
def test_anything_else_leaves_the_number_unconfirmed(
    session: Session, om: Staff, now: datetime, body: str
) -> None:
    """A worker reads it."""
    person = builders.person(session, om, verified=False)
    check(session, person, now)
    assert says(session, body, now + minutes(1)).needs_human
    assert point_of(session, person).state is NumberState.CHECKING


def test_a_one_before_the_check_has_left_confirms_nothing(
    session: Session, om: Staff, now: datetime
) -> None:
    """The check still waits in the queue."""
    person = builders.person(session, om, verified=False)
    contactability.request_check(
        session, contactability.contactability_of(session, [person.id], now)[person.id], now=now
    )
    says(session, "1", now)
    assert point_of(session, person).state is NumberState.CHECKING


def test_asking_who_writes_leaves_the_number_unconfirmed(
    session: Session, om: Staff, now: datetime
) -> None:
    """A question is no answer to the check. It is answered, and ends nothing."""
    person = builders.person(session, om, verified=False)
    check(session, person, now)
    assert not says(session, "who is this", now + minutes(1)).needs_human
    assert point_of(session, person).state is NumberState.CHECKING
    assert last_answer(session).startswith("This is Pat.")
