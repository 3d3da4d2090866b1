"""Nothing ends texts on a guess: the person is asked once, and only a plain answer does it."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from engage.agencies.model import Staff
from engage.people.model import NumberState, Person
from engage.signals import SignalKind
from messaging import suppression
from tests import builders
from tests.engage.conversation.phones import (
    NUMBER,
    answers,
    asked,
    last_answer,
    minutes,
    open_signals,
    point_of,
    says,
)

DAY = timedelta(days=1)
MAY_STOP = "i hate these texts stop it all now man"
ASKS_STOP = "Do you want us to stop all texts to this phone? Reply 1 for yes, 2 for no."
ASKS_WHOSE = "Sorry. Is this Katrina's phone? Reply 1 for yes, 2 for no."


@pytest.fixture
def katrina(session: Session, om: Staff, now: datetime) -> Person:
    """A person who was reminded of an appointment."""
    person = builders.person(session, om)
    asked(session, builders.appointment(session, person, now + 3 * DAY), now - DAY)
    return person


def test_a_guess_is_asked_about_and_ends_nothing(
    session: Session, katrina: Person, now: datetime
) -> None:
    """A worker reads the text meanwhile."""
    record = says(session, MAY_STOP, now)
    assert (record.act, record.needs_human) == (False, True)
    assert last_answer(session) == ASKS_STOP
    assert not suppression.is_suppressed(session, NUMBER)


@pytest.mark.parametrize("answer", ["1", "yes", "1 please", "STOP", "ie"])
def test_a_plain_yes_ends_texts(
    session: Session, katrina: Person, now: datetime, answer: str
) -> None:
    """It is confirmed, and the offender manager is told."""
    says(session, MAY_STOP, now)
    assert says(session, answer, now + minutes(5)).act
    assert suppression.is_suppressed(session, NUMBER)
    assert open_signals(session, katrina) == [SignalKind.OPTED_OUT]


@pytest.mark.parametrize("answer", ["2", "no", "nope", "2 thanks"])
def test_a_plain_no_keeps_them(
    session: Session, katrina: Person, now: datetime, answer: str
) -> None:
    """The person is told that texts go on."""
    says(session, MAY_STOP, now)
    says(session, answer, now + minutes(5))
    assert not suppression.is_suppressed(session, NUMBER)
    assert last_answer(session) == "Thanks. We will keep texting you. STOP ends texts at any time."


@pytest.mark.parametrize("answer", ["what", "il be there", "maybe", "3"])
def test_anything_else_keeps_them(
    session: Session, katrina: Person, now: datetime, answer: str
) -> None:
    """It is read for what it says."""
    says(session, MAY_STOP, now)
    says(session, answer, now + minutes(5))
    assert not suppression.is_suppressed(session, NUMBER)


def test_an_old_question_is_closed(session: Session, katrina: Person, now: datetime) -> None:
    """After twelve hours a yes is about something else."""
    says(session, MAY_STOP, now)
    says(session, "yes", now + timedelta(hours=13))
    assert not suppression.is_suppressed(session, NUMBER)


def test_a_denied_name_is_asked_about(session: Session, katrina: Person, now: datetime) -> None:
    """Only a no takes the number off the list."""
    says(session, "Not Eric", now)
    assert last_answer(session) == ASKS_WHOSE
    assert point_of(session, katrina).state is NumberState.VERIFIED
    says(session, "2", now + minutes(3))
    assert point_of(session, katrina).state is NumberState.SUSPENDED
    assert open_signals(session, katrina) == [SignalKind.WRONG_NUMBER]


def test_it_is_their_phone(session: Session, katrina: Person, now: datetime) -> None:
    """A yes keeps the number."""
    says(session, "Not Eric", now)
    says(session, "1", now + minutes(3))
    assert point_of(session, katrina).state is NumberState.VERIFIED
    assert open_signals(session, katrina) == []


def test_it_is_asked_once(session: Session, katrina: Person, now: datetime) -> None:
    """The same doubt within half a day goes to the worker alone."""
    says(session, MAY_STOP, now)
    says(session, "these texts do my head in get rid of all of it", now + minutes(20))
    assert answers(session).count(ASKS_STOP) == 1
