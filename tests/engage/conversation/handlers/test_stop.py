"""STOP, START, wrong numbers, and the words at which a provider may block a number without telling
us.
"""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.access.policy import SYSTEM
from engage.agencies.model import Staff
from engage.appointments.kinds import IntentKind, ReminderKind, ReminderState
from engage.appointments.model import Reminder
from engage.appointments.reminders import planning
from engage.appointments.reminders.due import send_due
from engage.conversation.handlers import stop
from engage.people import phones
from engage.people.model import ContactStatus, Language, LegalStatus, NumberState, Person
from engage.signals import Signal, SignalKind, SignalState
from engage.understanding.vocabulary import Act, Intent
from engage.understanding.vocabulary import Interpretation as Interpretation
from messaging import suppression
from messaging.states import MessageStatus
from messaging.tables import Message
from tests import builders
from tests.engage.conversation.phones import (
    NUMBER,
    answers,
    asked,
    events,
    gone,
    last_answer,
    minutes,
    open_questions,
    open_signals,
    point_of,
    said,
    says,
)
from tests.engage.conversation.turns import hear, read_as

DAY = timedelta(days=1)
ORDER = (
    "You will get no more texts from us. You still need to come to what is booked. We will find another way to tell you. "
    "To start again reply START."
)
VOLUNTARY = "You will get no more texts from us. To start again reply START."


@pytest.fixture
def katrina(session: Session, om: Staff) -> Person:
    """A person under an order, with a number that may be texted."""
    return builders.person(session, om, legal_status=LegalStatus.STATUTORY)


@pytest.mark.parametrize(
    "word",
    [
        "STOP",
        "stop",
        " Stop! ",
        "STOPALL",
        "UNSUBSCRIBE",
        "REVOKE",
        "OPTOUT",
        "ATAL",
        "stopiwch",
        "stop texting me",
    ],
)
def test_a_stop_stops_everything_at_once(
    session: Session, katrina: Person, now: datetime, word: str
) -> None:
    """The number is stopped, what waits is withdrawn, one confirmation goes, the offender manager
    is told.
    """
    waiting = gone(session, katrina, now, status=MessageStatus.QUEUED)
    reading = says(session, word, now)
    assert suppression.is_suppressed(session, NUMBER)
    session.refresh(waiting)
    assert waiting.status is MessageStatus.WITHDRAWN
    assert answers(session) == [ORDER]
    assert (
        session.scalars(select(Message).where(Message.despite_stop)).one().status
        is MessageStatus.QUEUED
    )
    assert open_signals(session, katrina) == [SignalKind.OPTED_OUT]
    assert (reading.intent, reading.person_id, reading.needs_human) == (
        "opt_out",
        katrina.id,
        False,
    )
    assert "number.stopped" in events(session, katrina)


@pytest.mark.parametrize(
    ("status", "verified", "wanted"),
    [
        (LegalStatus.STATUTORY, True, ORDER),
        (LegalStatus.STATUTORY, False, VOLUNTARY),
        (LegalStatus.NON_STATUTORY, True, VOLUNTARY),
        (LegalStatus.UNKNOWN, True, VOLUNTARY),
    ],
)
def test_the_confirmation_fits_the_person_and_tells_a_stranger_nothing(
    session: Session, om: Staff, now: datetime, status: LegalStatus, verified: bool, wanted: str
) -> None:
    """Only somebody known to be under an order, on a phone known to be theirs, is reminded that
    they must still come.
    """
    builders.person(session, om, legal_status=status, verified=verified)
    says(session, "STOP", now)
    assert answers(session) == [wanted]


def test_a_second_stop_is_not_confirmed_again(
    session: Session, katrina: Person, now: datetime
) -> None:
    """One confirmation per stop, however often it is said; no further signal."""
    for count in range(3):
        says(session, "STOP", now + minutes(count))
    assert len(answers(session)) == 1
    assert len(session.scalars(select(Signal)).all()) == 1


@pytest.mark.parametrize(
    "body",
    ["HELP", "YES", "yes please", "NEXT", "WEEK", "CALL", "ok", "start of the week?"],
)
def test_after_a_stop_no_other_word_brings_texts_back(
    session: Session, katrina: Person, now: datetime, body: str
) -> None:
    """STOP, then anything: still stopped, no text goes, and a human reads it."""
    asked(session, builders.appointment(session, katrina, now + 3 * DAY), now - DAY)
    says(session, "STOP", now)
    reading = says(session, body, now + minutes(1))
    assert suppression.is_suppressed(session, NUMBER)
    assert len(answers(session)) == 1
    assert reading.needs_human


def test_whoever_surely_asks_for_texts_again_gets_them_again(
    session: Session, katrina: Person, now: datetime
) -> None:
    """In their own words, as with START: the number is free, it is confirmed, and the signal says
    why it is resolved.
    """
    says(session, "STOP", now)
    reading = says(session, "sorry, start texting me again", now + minutes(1))
    assert not suppression.is_suppressed(session, NUMBER) and not reading.needs_human
    assert answers(session)[1:] == [
        "Hi Katrina. You will get our texts again. Reply STOP to end texts."
    ]
    (resolved,) = session.scalars(select(Signal)).all()
    assert resolved.resolution == "They asked by text for texts again."


@pytest.mark.parametrize(
    "interpretation",
    [
        Interpretation(Intent.OPT_IN, 0.5, Act.HUMAN, (Intent.OPT_IN,)),
        read_as(Intent.CALL_ME, Intent.OPT_IN),
        read_as(Intent.CRISIS, Intent.OPT_IN),
    ],
)
def test_what_only_seems_to_ask_for_texts_again_brings_none(
    session: Session, katrina: Person, now: datetime, interpretation: Interpretation
) -> None:
    """Not sure, or something stronger beside it: still stopped, and a human reads it."""
    says(session, "STOP", now)
    assert hear(session, katrina, interpretation, now + minutes(1)).needs_human
    assert suppression.is_suppressed(session, NUMBER)


def test_asking_for_texts_that_were_never_stopped_goes_to_a_human(
    session: Session, katrina: Person, now: datetime
) -> None:
    """Something else keeps their texts back, and a human must find out what."""
    done = hear(session, katrina, read_as(Intent.OPT_IN), now)
    assert done.needs_human and "restarted" not in done.words.lower()


@pytest.mark.parametrize("word", ["START", "unstop", "Dechrau"])
def test_start_restores_and_plans_again_what_was_skipped(
    session: Session, katrina: Person, now: datetime, word: str
) -> None:
    """STOP, HELP, START: texts go again, the signal is resolved by their own word, a reminder that
    still helps is planned.
    """
    appointment = builders.appointment(session, katrina, now + 3 * DAY)
    planning.plan(session, appointment, katrina, katrina.hub, first=ReminderKind.BOOKED, now=now)
    session.flush()
    says(session, "STOP", now)
    send_due(session, now=now + minutes(1))
    says(session, "HELP", now + minutes(2))
    says(session, word, now + minutes(3))
    assert not suppression.is_suppressed(session, NUMBER)
    assert (
        last_answer(session) == "Hi Katrina. You will get our texts again. Reply STOP to end texts."
    )
    assert open_signals(session, katrina) == []
    planned = session.scalars(select(Reminder).where(Reminder.state == ReminderState.PLANNED)).all()
    assert {one.kind.value for one in planned} >= {"booked", "one_day"}


def test_a_stop_after_a_start_is_news_again(
    session: Session, katrina: Person, now: datetime
) -> None:
    """A signal that was resolved does not hide the next stop."""
    for count, word in enumerate(["STOP", "START", "STOP"]):
        says(session, word, now + minutes(count))
    assert suppression.is_suppressed(session, NUMBER)
    assert open_signals(session, katrina) == [SignalKind.OPTED_OUT]
    assert len(answers(session)) == 3


def test_a_yes_to_an_appointment_is_no_start(
    session: Session, katrina: Person, now: datetime
) -> None:
    """A provider may take YES for an opt-in and say so; here it is an answer to the appointment."""
    appointment = builders.appointment(session, katrina, now + 3 * DAY)
    asked(session, appointment, now - DAY)
    says(session, "YES", now, OptOutType="START")
    assert said(session, appointment) == [IntentKind.WILL_ATTEND]


def test_stop_closes_what_was_being_asked(session: Session, katrina: Person, now: datetime) -> None:
    """A number that follows a STOP chooses nothing."""
    for day in range(2):
        asked(session, builders.appointment(session, katrina, now + (2 + day) * DAY), now - DAY)
    says(session, "yes", now)
    says(session, "STOP", now + minutes(1))
    assert open_questions(session) == []


def test_a_stop_is_heard_whatever_the_state_of_the_case(
    session: Session, om: Staff, now: datetime
) -> None:
    """A closed case, a number of nobody: a stop stops, and is confirmed without a word about
    anybody.
    """
    builders.person(session, om, contact_status=ContactStatus.CLOSED)
    says(session, "STOP", now)
    says(session, "STOP", now, number="+447700900155")
    assert suppression.is_suppressed(session, NUMBER)
    assert suppression.is_suppressed(session, "+447700900155")
    assert answers(session, "+447700900155") == [VOLUNTARY]


def test_a_welsh_stop_is_confirmed_in_welsh(session: Session, om: Staff, now: datetime) -> None:
    """In the person's language, whatever the word was."""
    builders.person(session, om, language=Language.WELSH)
    says(session, "STOP", now)
    assert last_answer(session).startswith("Ni chewch fwy")


def test_cancel_in_answer_to_a_reminder_is_no_stop_but_is_known_as_a_danger_to_it(
    session: Session, katrina: Person, now: datetime
) -> None:
    """It is read by its meaning; that the provider may have blocked the number is on record."""
    asked(session, builders.appointment(session, katrina, now + 3 * DAY), now - DAY)
    reading = says(session, "CANCEL", now)
    assert not suppression.is_suppressed(session, NUMBER)
    assert "number.may_be_blocked" in events(session, katrina)
    assert reading.done.endswith("may have blocked the number at this word")


@pytest.mark.parametrize("word", ["CANCEL", "END", "QUIT"])
def test_the_same_word_out_of_the_blue_is_a_stop(
    session: Session, katrina: Person, now: datetime, word: str
) -> None:
    """Nothing was asked that it could answer, and the provider takes it for one."""
    says(session, word, now)
    assert suppression.is_suppressed(session, NUMBER)
    assert open_signals(session, katrina) == [SignalKind.OPTED_OUT]


def test_when_the_provider_says_that_it_blocked_the_number_it_is_stopped(
    session: Session, katrina: Person, now: datetime
) -> None:
    """Whatever the words were: no text could go."""
    asked(session, builders.appointment(session, katrina, now + 3 * DAY), now - DAY)
    says(session, "QUIT", now, OptOutType="STOP")
    assert suppression.suppressed(session, [NUMBER]) != {}
    assert open_signals(session, katrina) == [SignalKind.OPTED_OUT]


@pytest.mark.parametrize("body", ["wrong number", "Wrong person"])
def test_a_wrong_number_is_taken_off_and_learns_nothing(
    session: Session, katrina: Person, now: datetime, body: str
) -> None:
    """Stopped, suspended, apologised to once without a name; the offender manager gets a task."""
    waiting = gone(session, katrina, now, status=MessageStatus.QUEUED)
    reading = says(session, body, now)
    assert suppression.suppressed(session, [NUMBER]) == {NUMBER: stop.WRONG}
    assert point_of(session, katrina).state is NumberState.SUSPENDED
    session.refresh(waiting)
    assert waiting.status is MessageStatus.WITHDRAWN
    assert answers(session) == [
        "Sorry. We have taken this number off our list. You will get no more texts from us. Please delete our last text."
    ]
    assert open_signals(session, katrina) == [SignalKind.WRONG_NUMBER]
    assert reading.intent == "wrong_number"
    says(session, body, now + minutes(1))
    assert len(answers(session)) == 1


def test_a_wrong_number_cannot_start_itself_again(
    session: Session, katrina: Person, now: datetime
) -> None:
    """Whoever has the phone is not the person: a worker must verify it; no name goes out."""
    says(session, "wrong number", now)
    reading = says(session, "START", now + minutes(1))
    assert suppression.is_suppressed(session, NUMBER)
    assert len(answers(session)) == 1
    assert reading.needs_human


def test_once_a_worker_has_verified_a_number_said_to_be_wrong_start_works(
    session: Session, katrina: Person, now: datetime
) -> None:
    """It was a joke or a slip: the worker has looked, and the phone itself asks for texts."""
    says(session, "wrong number", now)
    phones.verify_number(session, SYSTEM, katrina.id, how="rang them", now=now)
    says(session, "START", now + minutes(1))
    assert not suppression.is_suppressed(session, NUMBER)
    assert open_signals(session, katrina) == []
    assert last_answer(session).startswith("Hi Katrina. You will get our texts again.")


def test_start_to_a_closed_case_promises_nothing(
    session: Session, om: Staff, now: datetime
) -> None:
    """The number is free again, but the case keeps texts back: a human reads it."""
    person = builders.person(session, om)
    says(session, "STOP", now)
    person.contact_status = ContactStatus.CLOSED
    session.flush()
    reading = says(session, "START", now + minutes(1))
    assert not suppression.is_suppressed(session, NUMBER)
    assert reading.needs_human
    assert len(answers(session)) == 1


def test_start_from_a_number_of_nobody_is_left_to_a_human(session: Session, now: datetime) -> None:
    """It may go again, and nothing is sent to it."""
    says(session, "STOP", now)
    assert says(session, "START", now + minutes(1)).needs_human
    assert not suppression.is_suppressed(session, NUMBER)


def test_a_resolved_wrong_number_is_raised_again(
    session: Session, katrina: Person, now: datetime
) -> None:
    """The number was verified by a worker; if it is wrong once more, that is news."""
    says(session, "wrong number", now)
    session.scalars(select(Signal)).one().state = SignalState.RESOLVED
    suppression.restore(session, NUMBER, "a worker asked", now)
    point_of(session, katrina).state = NumberState.VERIFIED
    session.flush()
    says(session, "wrong number", now + DAY)
    assert open_signals(session, katrina) == [SignalKind.WRONG_NUMBER]
