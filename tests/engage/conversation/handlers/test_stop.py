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
    "You will get no more texts from us. You still need to come to what is booked. We will find "
    "another way to tell you. "
    "To start again reply START."
)
VOLUNTARY = "You will get no more texts from us. To start again reply START."


@pytest.fixture
def katrina(session: Session, om: Staff) -> Person:
    """A person under an order with a number that may be texted."""
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
    """The number is stopped, queued texts are withdrawn, one confirmation is sent, and the offender
    manager is told.
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
def test_the_confirmation_reveals_nothing_to_a_stranger(
    session: Session, om: Staff, now: datetime, status: LegalStatus, verified: bool, wanted: str
) -> None:
    """Only a person under an order, on a phone verified as theirs, is reminded that they must still
    attend.
    """
    builders.person(session, om, legal_status=status, verified=verified)
    says(session, "STOP", now)
    assert answers(session) == [wanted]


def test_a_second_stop_is_not_confirmed_again(
    session: Session, katrina: Person, now: datetime
) -> None:
    """One confirmation and one signal for each stop, however often it is repeated."""
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
    """After STOP, any other text leaves the number stopped, gets no answer and goes to a worker."""
    asked(session, builders.appointment(session, katrina, now + 3 * DAY), now - DAY)
    says(session, "STOP", now)
    reading = says(session, body, now + minutes(1))
    assert suppression.is_suppressed(session, NUMBER)
    assert len(answers(session)) == 1
    assert reading.needs_human


def test_a_clear_request_for_texts_restores_them(
    session: Session, katrina: Person, now: datetime
) -> None:
    """In any words, as with START: the number is restored and confirmed, and the signal says why it
    is resolved.
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
def test_an_unclear_request_for_texts_restores_nothing(
    session: Session, katrina: Person, now: datetime, interpretation: Interpretation
) -> None:
    """Uncertain, or beside a stronger meaning: the number stays stopped, and a worker reads the
    text.
    """
    says(session, "STOP", now)
    assert hear(session, katrina, interpretation, now + minutes(1)).needs_human
    assert suppression.is_suppressed(session, NUMBER)


def test_a_request_for_texts_that_were_never_stopped_goes_to_a_worker(
    session: Session, katrina: Person, now: datetime
) -> None:
    """Something else stops their texts, and a worker must find out what."""
    done = hear(session, katrina, read_as(Intent.OPT_IN), now)
    assert done.needs_human and "restarted" not in done.words.lower()


@pytest.mark.parametrize("word", ["START", "unstop", "Dechrau"])
def test_start_restores_and_plans_again_what_was_skipped(
    session: Session, katrina: Person, now: datetime, word: str
) -> None:
    """STOP, HELP, START: texts are sent again, the signal is resolved as self-reported, and a
    reminder that still helps is planned.
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


def test_a_stop_after_a_start_raises_a_new_signal(
    session: Session, katrina: Person, now: datetime
) -> None:
    """A resolved signal does not hide the next stop."""
    for count, word in enumerate(["STOP", "START", "STOP"]):
        says(session, word, now + minutes(count))
    assert suppression.is_suppressed(session, NUMBER)
    assert open_signals(session, katrina) == [SignalKind.OPTED_OUT]
    assert len(answers(session)) == 3


def test_a_yes_to_an_appointment_is_no_start(
    session: Session, katrina: Person, now: datetime
) -> None:
    """A provider may take YES for an opt-in and report it; here it answers the appointment."""
    appointment = builders.appointment(session, katrina, now + 3 * DAY)
    asked(session, appointment, now - DAY)
    says(session, "YES", now, OptOutType="START")
    assert said(session, appointment) == [IntentKind.WILL_ATTEND]


def test_stop_closes_open_questions(session: Session, katrina: Person, now: datetime) -> None:
    """A number after a STOP chooses nothing."""
    for day in range(2):
        asked(session, builders.appointment(session, katrina, now + (2 + day) * DAY), now - DAY)
    says(session, "yes", now)
    says(session, "STOP", now + minutes(1))
    assert open_questions(session) == []


def test_a_stop_counts_in_any_state_of_the_case(session: Session, om: Staff, now: datetime) -> None:
    """A closed case, an unknown number: the stop counts, and the confirmation says nothing about
    anybody.
    """
    builders.person(session, om, contact_status=ContactStatus.CLOSED)
    says(session, "STOP", now)
    says(session, "STOP", now, number="+447700900155")
    assert suppression.is_suppressed(session, NUMBER)
    assert suppression.is_suppressed(session, "+447700900155")
    assert answers(session, "+447700900155") == [VOLUNTARY]


def test_a_welsh_stop_is_confirmed_in_welsh(session: Session, om: Staff, now: datetime) -> None:
    """The person's language decides, whatever the keyword was."""
    builders.person(session, om, language=Language.WELSH)
    says(session, "STOP", now)
    assert last_answer(session).startswith("Ni chewch fwy")


def test_cancel_in_answer_to_a_reminder_is_no_stop(
    session: Session, katrina: Person, now: datetime
) -> None:
    """It is interpreted by its meaning; that the provider may have blocked the number is
    recorded.
    """
    asked(session, builders.appointment(session, katrina, now + 3 * DAY), now - DAY)
    reading = says(session, "CANCEL", now)
    assert not suppression.is_suppressed(session, NUMBER)
    assert "number.may_be_blocked" in events(session, katrina)
    assert reading.done.endswith("may have blocked the number at this word")


@pytest.mark.parametrize("word", ["CANCEL", "END", "QUIT"])
def test_cancel_without_a_question_is_a_stop(
    session: Session, katrina: Person, now: datetime, word: str
) -> None:
    """It answers nothing, and the provider takes it for a stop."""
    says(session, word, now)
    assert suppression.is_suppressed(session, NUMBER)
    assert open_signals(session, katrina) == [SignalKind.OPTED_OUT]


def test_a_number_that_the_provider_blocked_is_stopped(
    session: Session, katrina: Person, now: datetime
) -> None:
    """Whatever the words were, no text could be sent."""
    asked(session, builders.appointment(session, katrina, now + 3 * DAY), now - DAY)
    says(session, "QUIT", now, OptOutType="STOP")
    assert suppression.suppressed(session, [NUMBER]) != {}
    assert open_signals(session, katrina) == [SignalKind.OPTED_OUT]


@pytest.mark.parametrize("body", ["wrong number", "Wrong person"])
def test_a_wrong_number_is_suspended_and_learns_nothing(
    session: Session, katrina: Person, now: datetime, body: str
) -> None:
    """It is stopped, suspended, and gets one apology without a name; the offender manager gets a
    signal.
    """
    waiting = gone(session, katrina, now, status=MessageStatus.QUEUED)
    reading = says(session, body, now)
    assert suppression.suppressed(session, [NUMBER]) == {NUMBER: stop.WRONG}
    assert point_of(session, katrina).state is NumberState.SUSPENDED
    session.refresh(waiting)
    assert waiting.status is MessageStatus.WITHDRAWN
    assert answers(session) == [
        (
            "Sorry. We have taken this number off our list. You will get no more texts from us. "
            "Please delete our last text."
        )
    ]
    assert open_signals(session, katrina) == [SignalKind.WRONG_NUMBER]
    assert reading.intent == "wrong_number"
    says(session, body, now + minutes(1))
    assert len(answers(session)) == 1


def test_start_does_not_restore_a_wrong_number(
    session: Session, katrina: Person, now: datetime
) -> None:
    """The phone is not the person's: a worker must verify the number first. No name is sent."""
    says(session, "wrong number", now)
    reading = says(session, "START", now + minutes(1))
    assert suppression.is_suppressed(session, NUMBER)
    assert len(answers(session)) == 1
    assert reading.needs_human


def test_start_restores_a_wrong_number_that_a_worker_verified(
    session: Session, katrina: Person, now: datetime
) -> None:
    """It was a joke or a slip: the worker has checked, and the phone asks for texts."""
    says(session, "wrong number", now)
    phones.verify_number(session, SYSTEM, katrina.id, how="rang them", now=now)
    says(session, "START", now + minutes(1))
    assert not suppression.is_suppressed(session, NUMBER)
    assert open_signals(session, katrina) == []
    assert last_answer(session).startswith("Hi Katrina. You will get our texts again.")


def test_start_from_a_closed_case_promises_nothing(
    session: Session, om: Staff, now: datetime
) -> None:
    """The number is restored, but the case stops texts: a worker reads it."""
    person = builders.person(session, om)
    says(session, "STOP", now)
    person.contact_status = ContactStatus.CLOSED
    session.flush()
    reading = says(session, "START", now + minutes(1))
    assert not suppression.is_suppressed(session, NUMBER)
    assert reading.needs_human
    assert len(answers(session)) == 1


def test_start_from_an_unknown_number_goes_to_a_worker(session: Session, now: datetime) -> None:
    """The number is restored, and no text is sent to it."""
    says(session, "STOP", now)
    assert says(session, "START", now + minutes(1)).needs_human
    assert not suppression.is_suppressed(session, NUMBER)


def test_a_resolved_wrong_number_is_raised_again(
    session: Session, katrina: Person, now: datetime
) -> None:
    """A worker verified the number; if it is wrong again, a new signal is raised."""
    says(session, "wrong number", now)
    session.scalars(select(Signal)).one().state = SignalState.RESOLVED
    suppression.restore(session, NUMBER, "a worker asked", now)
    point_of(session, katrina).state = NumberState.VERIFIED
    session.flush()
    says(session, "wrong number", now + DAY)
    assert open_signals(session, katrina) == [SignalKind.WRONG_NUMBER]
