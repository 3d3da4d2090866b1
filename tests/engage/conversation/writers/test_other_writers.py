"""What others write is not recorded as said by the person, and a reaction says nothing."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.agencies.model import Staff
from engage.appointments.model import Appointment
from engage.people.model import NumberState, Person
from messaging.tables import Message
from tests import builders
from tests.engage.conversation.phones import (
    YES,
    answers,
    asked,
    current_intents,
    last_answer,
    minutes,
    open_signals,
    point_of,
    says,
)

DAY = timedelta(days=1)
REMINDER = (
    "Hi Katrina. You see Pat: Fri 26 March, 9:00am, the centre on Bridge St. Reply YES if you can"
    " come, NO if not."
)


@pytest.fixture
def katrina(session: Session, om: Staff) -> Person:
    """A person with a phone of their own."""
    return builders.person(session, om)


@pytest.fixture
def visit(session: Session, katrina: Person, now: datetime) -> Appointment:
    """An appointment that they were asked about."""
    appointment = builders.appointment(session, katrina, now + 3 * DAY)
    asked(session, appointment, now - DAY)
    return appointment


@pytest.mark.parametrize(
    "text",
    [
        "this is her mum, she cant come shes got work",
        "This is her mum, she'll be there",
        "this is her support worker, she cannot attend",
        "her partner here, she is running late",
        "im her nan, she will be there",
    ],
)
def test_a_relative_is_thanked_and_nothing_is_recorded(
    session: Session, katrina: Person, visit: Appointment, now: datetime, text: str
) -> None:
    """The worker is told, and the number stays."""
    record = says(session, text, now)
    assert (record.act, record.needs_human) == (False, True)
    assert record.speaker in ("relative", "worker")
    assert last_answer(session) == "Thanks for letting us know. We will pass it on."
    assert current_intents(session, visit) == [] and open_signals(session, katrina) == []
    assert point_of(session, katrina).state is NumberState.VERIFIED


def test_a_like_is_asked_back_and_a_yes_counts(
    session: Session, visit: Appointment, now: datetime
) -> None:
    """A tap is no answer; what they write then is."""
    record = says(session, f"Liked “{REMINDER}”", now)
    assert record.speaker == "reaction" and current_intents(session, visit) == []
    assert "Does that mean you can come" in last_answer(session)
    says(session, "yes", now + minutes(2))
    assert current_intents(session, visit) == [YES]


@pytest.mark.parametrize(
    ("text", "human"),
    [
        (f"Disliked “{REMINDER}”", True),
        (f"Laughed at “{REMINDER}”", False),
        (f"Removed a like from “{REMINDER}”", False),
        ("Emphasized an audio message", False),
    ],
)
def test_other_reactions_are_not_answered(
    session: Session, visit: Appointment, now: datetime, text: str, human: bool
) -> None:
    """A dislike of a question goes to a worker."""
    record = says(session, text, now)
    assert record.needs_human is human
    assert answers(session) == [] and current_intents(session, visit) == []


def test_a_copy_of_our_own_text_is_not_read(
    session: Session, katrina: Person, visit: Appointment, now: datetime
) -> None:
    """It holds YES, NO and STOP, and none of them was said."""
    sent = session.scalars(select(Message)).one()
    sent.body = REMINDER + " Reply STOP to end texts."
    session.flush()
    record = says(session, sent.body, now)
    assert record.speaker == "quote" and record.needs_human
    assert current_intents(session, visit) == [] and open_signals(session, katrina) == []
    says(session, f"{REMINDER} yes", now + minutes(30))
    assert current_intents(session, visit) == [YES]


def test_a_voicemail_is_looked_at(session: Session, visit: Appointment, now: datetime) -> None:
    """Somebody spoke; the machine is not answered."""
    record = says(session, "You have 1 new voicemail. Transcript: hi its me ring me", now)
    assert (record.speaker, record.needs_human, answers(session)) == ("machine", True, [])
