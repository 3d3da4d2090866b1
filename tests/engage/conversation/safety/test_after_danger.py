"""After danger, until a human takes it up: no menus, nothing believed, nothing lost."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.conversation import takeover
from engage.conversation.safety import on_call
from engage.people import signals as attention
from engage.people.model import Person
from engage.signals import Signal, SignalKind
from messaging import suppression
from tests import builders
from tests.engage.conversation.phones import (
    NUMBER,
    answers,
    asked,
    last_answer,
    open_questions,
    open_signals,
    point_of,
    said,
    says,
    share,
    signal,
)
from tests.engage.conversation.safety.test_on_call import DAY, Hall, furnish, notes, put_on

MINUTE = timedelta(minutes=1)
NOTED = "Thanks, we have noted that. A person will talk with you about the rest."
UNKNOWN = "+447700900777"


@pytest.fixture
def hall(session: Session) -> Hall:
    """A hub in its working hours, with a coordinator on call who is told of the danger at once."""
    hall = furnish(session)
    put_on(session, hall.first, 1, DAY)
    return hall


def in_danger(session: Session, words: str = "i want to die") -> None:
    """A text of danger, of which staff have been told."""
    says(session, words, DAY)
    on_call.advance_due(session, now=DAY)


@pytest.mark.parametrize(
    "text",
    [
        "what time does the bus go",
        "HELP",
        "NEXT",
        "asdf",
        "im fine",
        "only joking lol",
        "o'n i'n jocian, dwi'n iawn",
        "wrong number mate",
        "call me",
    ],
)
def test_nothing_is_answered_and_everything_is_passed_on(
    session: Session, hall: Hall, text: str
) -> None:
    """No menu, no "will read this". The text is evidence on the signal, and those who were told get
    a notice.
    """
    in_danger(session)
    before, told = answers(session), len(notes(session))
    record = says(session, text, DAY + 3 * MINUTE)
    answered = [one for one in answers(session) if one not in before]
    assert answered in (
        [],
        [NOTED],
    )
    raised = signal(session, hall.person, SignalKind.CRISIS)
    assert [link["id"] for link in raised.evidence][-1] == str(record.inbound_id)
    assert record.needs_human and "after danger" in record.done.lower()
    assert len(notes(session)) == told + 1
    assert open_questions(session) == []
    assert not suppression.is_suppressed(session, NUMBER)


def test_im_fine_is_not_believed(session: Session, hall: Hall) -> None:
    """The signal stays, the pause stays, and the record says so."""
    in_danger(session)
    record = says(session, "im fine ignore that", DAY + MINUTE)
    assert "not believed" in record.done
    assert signal(session, hall.person, SignalKind.CRISIS).resolved_at is None
    assert hall.person.texts_paused_at is not None


def test_those_who_were_told_get_one_notice_for_a_burst(session: Session, hall: Hall) -> None:
    """Five texts in a minute are one notice more, not five."""
    in_danger(session)
    before = len(notes(session))
    for second in range(5):
        says(session, f"hello {second}", DAY + MINUTE + timedelta(seconds=second))
    assert len(notes(session)) == before + 1
    assert len(signal(session, hall.person, SignalKind.CRISIS).evidence) == 6


@pytest.mark.parametrize(
    ("text", "intent"), [("i cant come tuesday", "cannot_attend"), ("il be there", "will_attend")]
)
def test_a_plain_answer_is_recorded_and_gets_a_plain_line(
    session: Session, hall: Hall, text: str, intent: str
) -> None:
    """As said, without the usual confirmation."""
    appointment = builders.appointment(session, hall.person, DAY + timedelta(days=1))
    asked(session, appointment, DAY - timedelta(hours=2))
    in_danger(session)
    record = says(session, text, DAY + 2 * MINUTE)
    assert said(session, appointment) == [intent]
    assert last_answer(session) == NOTED
    assert record.needs_human and record.act
    says(session, text, DAY + 4 * MINUTE)
    assert len(answers(session)) == 2


@pytest.mark.parametrize("text", ["STOP", "stop texting me please"])
def test_stop_still_works(session: Session, hall: Hall, text: str) -> None:
    """At once, and the signal stays open."""
    in_danger(session)
    says(session, text, DAY + MINUTE)
    assert suppression.is_suppressed(session, NUMBER)
    assert SignalKind.CRISIS in open_signals(session, hall.person)


@pytest.mark.parametrize("end", ["acknowledge", "resolve", "take over"])
def test_a_human_ends_the_mode(session: Session, hall: Hall, end: str) -> None:
    """The next text is handled as usual, or goes to the worker who has the conversation."""
    in_danger(session)
    raised, who = signal(session, hall.person, SignalKind.CRISIS), builders.actor(hall.first)
    if end == "acknowledge":
        attention.acknowledge(session, who, raised.id, now=DAY + MINUTE)
    elif end == "resolve":
        attention.resolve(session, who, raised.id, how="Rang", now=DAY + MINUTE)
    else:
        takeover.take_over(session, who, hall.person.id, now=DAY + MINUTE)
    record = says(session, "im fine", DAY + 2 * MINUTE)
    assert "after danger" not in record.done.lower()


def test_a_text_over_the_limits_is_passed_on_too(session: Session, hall: Hall) -> None:
    """It is not interpreted, and is still evidence."""
    in_danger(session)
    sent = [
        says(session, f"hello {second}", DAY + MINUTE + timedelta(seconds=second))
        for second in range(40)
    ]
    raised = signal(session, hall.person, SignalKind.CRISIS)
    known = {link["id"] for link in raised.evidence}
    assert [one.done for one in sent if str(one.inbound_id) not in known] == []
    assert sent[-1].passed_over


def test_a_shared_phone_asks_nobody_who_they_are(session: Session, hall: Hall) -> None:
    """Each person's signal gets the text; no question is sent."""
    second = builders.person(session, hall.om, number="+447700900102", first_name="Bea")
    share(session, [hall.person, second], DAY)
    assert point_of(session, second).number == NUMBER
    in_danger(session)
    before = answers(session)
    says(session, "yes", DAY + MINUTE)
    assert answers(session) == before and open_questions(session) == []
    for person in (hall.person, second):
        assert len(signal(session, person, SignalKind.CRISIS).evidence) == 2


def test_an_unknown_number_is_passed_on_too(session: Session, hall: Hall) -> None:
    """Those who were told of the danger get a notice; no text says that we do not know the
    number.
    """
    says(session, "i want to die", DAY, number=UNKNOWN)
    on_call.advance_due(session, now=DAY)
    before = len(notes(session))
    record = says(session, "sorry", DAY + 2 * MINUTE, number=UNKNOWN)
    assert len(answers(session, UNKNOWN)) == 1
    assert record.needs_human and len(notes(session)) == before + 1


def test_threats_to_others_start_the_mode_without_a_pause(session: Session, hall: Hall) -> None:
    """Staff hear of every further text; reminders still go."""
    in_danger(session, "im gonna stab him")
    record = says(session, "he started it", DAY + MINUTE)
    assert answers(session) == [] and "passed on" in record.done
    assert hall.person.texts_paused_at is None


def test_nobody_else_is_held(session: Session, hall: Hall) -> None:
    """Another person's texts are answered as usual."""
    other: Person = builders.person(session, hall.om, number="+447700900102", first_name="Bea")
    appointment = builders.appointment(session, other, DAY + timedelta(days=1))
    asked(session, appointment, DAY - timedelta(hours=2), to="+447700900102")
    in_danger(session)
    says(session, "yes", DAY + MINUTE, number="+447700900102")
    assert said(session, appointment) == ["will_attend"]
    assert session.scalars(select(Signal.person_id)).all() == [hall.person.id]


def test_nothing_is_recorded_after_a_threat(session: Session, hall: Hall) -> None:
    """A yes after it may be about anything. Those who were told get it."""
    appointment = builders.appointment(session, hall.person, DAY + timedelta(days=1))
    asked(session, appointment, DAY - timedelta(hours=2))
    in_danger(session, "im gonna stab him")
    record = says(session, "yes", DAY + MINUTE)
    assert said(session, appointment) == []
    assert answers(session) == [] and record.needs_human and not record.act


def test_a_takeover_that_has_ended_took_the_danger_up(session: Session, hall: Hall) -> None:
    """The next text counts as usual, until there is danger again."""
    appointment = builders.appointment(session, hall.person, DAY + timedelta(days=1))
    asked(session, appointment, DAY - timedelta(hours=2))
    in_danger(session)
    who = builders.actor(hall.first)
    takeover.take_over(session, who, hall.person.id, now=DAY + MINUTE)
    takeover.hand_back(session, who, hall.person.id, now=DAY + 5 * MINUTE)
    says(session, "yes il be there", DAY + 6 * MINUTE)
    assert said(session, appointment) == ["will_attend"]
    says(session, "i just want to die", DAY + 7 * MINUTE)
    record = says(session, "im fine", DAY + 8 * MINUTE)
    assert "not believed" in record.done


def test_an_unknown_number_names_its_kind(session: Session, hall: Hall) -> None:
    """Those on call see which danger it is."""
    record = says(session, "took all my tablets", DAY, number=UNKNOWN)
    assert "overdose or injury now" in record.done
