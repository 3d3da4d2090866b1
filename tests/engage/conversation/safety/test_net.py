"""The net: what is sad, angry or final and was not understood, and texts that pile up unread."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.conversation import staff_actions, takeover
from engage.conversation.model import ReplyRecord
from engage.conversation.safety import on_call
from engage.people.model import Person
from engage.signals import SignalKind
from tests import builders
from tests.engage.conversation.phones import last_answer, open_signals, says, signal
from tests.engage.conversation.safety.test_on_call import DAY, Hall, furnish, put_on, told

MINUTE = timedelta(minutes=1)
WORRYING, MANY = SignalKind.WORRYING_TEXT, SignalKind.TEXTS_NOT_UNDERSTOOD
UNCLEAR = ("purple monkey dishwasher", "the thing with the stuff innit", "wibble about the wobble")


@pytest.fixture
def hall(session: Session) -> Hall:
    """A hub in its working hours, with a coordinator on call."""
    hall = furnish(session)
    put_on(session, hall.first, 1, DAY)
    return hall


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("its all over now anyway", "en"),
        ("had enough of u lot u never cared", "en"),
        ("not coping at all", "en"),
        ("everything i touch turns to ash", "en"),
        ("thats me done then", "en"),
        ("nothing ever goes right", "en"),
        ("does dim gobaith", "cy"),
        ("so alone tho", "en"),
        ("mae hi drosodd beth bynnag", "cy"),
        ("dwi mor unig", "cy"),
        ("wedi cael llond bol ohonoch chi", "cy"),
    ],
)
def test_a_worrying_text_goes_up_the_list_for_an_hour(
    session: Session, om: object, text: str, language: str
) -> None:
    """It is not called danger: no 999, no pause, no alarm."""
    person = builders.person(session, om, language=language)  # type: ignore[arg-type]
    record = says(session, text, DAY)
    raised = signal(session, person, WORRYING)
    assert raised.due_at == DAY + timedelta(hours=1) and record.needs_human
    assert SignalKind.CRISIS not in open_signals(session, person)
    assert "999" not in last_answer(session) and last_answer(session)
    assert person.texts_paused_at is None
    assert on_call.advance_due(session, now=DAY) == 0


@pytest.mark.parametrize("text", ["yes", "running 10 late", "cant come", "whats the bus fare"])
def test_what_is_understood_or_plain_is_not_the_nets(
    session: Session, katrina: Person, text: str
) -> None:
    """An ordinary text raises no worry."""
    builders.appointment(session, katrina, DAY + timedelta(days=1))
    says(session, text, DAY)
    assert WORRYING not in open_signals(session, katrina)


def test_the_third_unclear_text_within_an_hour_rings_somebody(session: Session, hall: Hall) -> None:
    """By the alarm that danger has: the offender manager first in working hours. It is due in half
    an hour and has all three texts.
    """
    for turn, text in enumerate(UNCLEAR):
        assert MANY not in open_signals(session, hall.person)
        says(session, text, DAY + 20 * turn * MINUTE)
    at = DAY + 40 * MINUTE
    raised = signal(session, hall.person, MANY)
    assert raised.due_at == at + 30 * MINUTE and len(raised.evidence) == 3
    on_call.advance_due(session, now=at)
    assert told(session) == ["Pat Hale"]
    assert "crisis" not in {kind.value for kind in open_signals(session, hall.person)}


def test_three_unclear_texts_over_more_than_an_hour_do_not(session: Session, hall: Hall) -> None:
    """Only what piles up counts."""
    for turn, text in enumerate(UNCLEAR):
        says(session, text, DAY + 35 * turn * MINUTE)
    assert MANY not in open_signals(session, hall.person)


def test_a_text_that_a_worker_has_read_no_longer_counts(session: Session, hall: Hall) -> None:
    """Somebody is on it."""
    for turn, text in enumerate(UNCLEAR):
        says(session, text, DAY + 10 * turn * MINUTE)
        if turn == 0:
            record = session.scalars(select(ReplyRecord)).one()
            who = builders.actor(hall.first)
            staff_actions.mark_read(session, who, record.id, now=DAY + MINUTE)
    assert MANY not in open_signals(session, hall.person)


def test_texts_for_a_worker_who_has_the_conversation_do_not_count(
    session: Session, hall: Hall
) -> None:
    """They are told of each text already."""
    takeover.take_over(session, builders.actor(hall.om), hall.person.id, now=DAY)
    for turn, text in enumerate((*UNCLEAR, "its all over now")):
        says(session, text, DAY + 5 * turn * MINUTE)
    assert not {MANY, WORRYING} & set(open_signals(session, hall.person))
