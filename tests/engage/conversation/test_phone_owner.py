"""Who a text is from: an unknown number, one person, or a phone that several share. Nobody sees
what another person was sent.
"""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage import signals
from engage.access.policy import SYSTEM
from engage.agencies.model import Staff
from engage.conversation.model import ReplyRecord
from engage.people import phones
from engage.people.model import ContactStatus, CustodyStatus, Person
from engage.signals import SignalKind
from messaging.gateways.twilio.settings import DEMO_NUMBER
from messaging.outbox import Lane
from messaging.sending import pacing
from messaging.states import MessageStatus
from messaging.tables import Message
from tests import builders
from tests.engage.conversation.phones import (
    CRISIS,
    NO,
    NUMBER,
    OTHER,
    UNNAMED,
    answers,
    asked,
    gone,
    last_answer,
    minutes,
    open_signals,
    point_of,
    said,
    says,
    share,
    signal,
)

DAY = timedelta(days=1)
UNKNOWN = (
    "Thanks for your text. We do not know this number. If you have a worker, please ring them."
)


@pytest.fixture
def two(session: Session, om: Staff, now: datetime) -> list[Person]:
    """Jay and Siân, with two offender managers, on one phone. Both agreed."""
    other = builders.staff(session, om.memberships[0].hub, name="Lou Marsh")
    people = [
        builders.person(session, om, first_name="Jay", last_name="Archer"),
        builders.person(session, other, first_name="Siân", last_name="Rees", number=OTHER),
    ]
    share(session, people, now)
    return people


def test_an_unknown_number_gets_one_answer_without_content(session: Session, now: datetime) -> None:
    """Once in thirty days. Every text waits for a worker."""
    for at in (now, now + minutes(1), now + 29 * DAY):
        reading = says(session, "hi its me", at)
        assert (reading.person_id, reading.needs_human, reading.act) == (None, True, False)
    assert answers(session) == [UNKNOWN]
    says(session, "hello", now + 31 * DAY)
    assert answers(session) == [UNKNOWN, UNKNOWN]


@pytest.mark.parametrize(
    "number", ["85258", "Lebara", "+441914980100", "+353871234567", "", "+44770090010100000"]
)
def test_a_number_that_cannot_be_texted_gets_no_answer(
    session: Session, now: datetime, number: str
) -> None:
    """Short codes, alphanumeric senders, landlines, numbers abroad: a worker may read the text, and
    no text is paid for.
    """
    reading = says(session, "hello", now, number=number)
    assert reading.needs_human
    assert session.scalars(select(Message)).all() == []


@pytest.mark.parametrize("words", ["hello", "i want to die"])
@pytest.mark.parametrize("number", [DEMO_NUMBER, "+447700900998"])
def test_a_text_from_our_own_number_gets_no_answer(
    session: Session, now: datetime, number: str, words: str
) -> None:
    """The number that it was sent to, or another that we send from: an answer would come back as
    the next text.
    """
    for sender in (DEMO_NUMBER, "+447700900998"):
        pacing.register(session, sender, 10)
    reading = says(session, words, now, number=number)
    assert reading.needs_human
    assert session.scalars(select(Message)).all() == []


def test_a_former_number_is_an_unknown_number(session: Session, om: Staff, now: datetime) -> None:
    """It learns nothing, and its texts are not the person's."""
    person = builders.person(session, om)
    appointment = builders.appointment(session, person, now + 3 * DAY)
    asked(session, appointment, now - DAY)
    phones.set_number(session, SYSTEM, person.id, "07700 900102", now=now, verified_how="asked")
    reading = says(session, "yes", now + minutes(1))
    assert reading.person_id is None
    assert said(session, appointment) == []
    assert answers(session) == [UNKNOWN]


def test_danger_from_a_former_number_is_reported_for_its_former_owner(
    session: Session, om: Staff, now: datetime
) -> None:
    """It may be their old phone: the safety answer is sent, and their offender manager is told."""
    person = builders.person(session, om)
    phones.set_number(session, SYSTEM, person.id, "07700 900102", now=now)
    reading = says(session, "i want to die", now)
    assert reading.person_id is None
    assert last_answer(session).startswith(CRISIS)
    assert open_signals(session, person) == [SignalKind.CRISIS]
    assert "share, or had in the past" in signal(session, person, SignalKind.CRISIS).why


def test_danger_comes_before_everything_else(session: Session, om: Staff, now: datetime) -> None:
    """No yes is recorded, the safety text is sent first, and the signal is due in fifteen
    minutes.
    """
    person = builders.person(session, om)
    appointment = builders.appointment(session, person, now + 3 * DAY)
    asked(session, appointment, now - DAY)
    reading = says(session, "yes but i want to die", now)
    assert said(session, appointment) == []
    assert (reading.intent, reading.needs_human) == ("crisis", True)
    raised = signal(session, person, SignalKind.CRISIS)
    assert raised.due_at == now + minutes(15)
    message = session.scalars(
        select(Message).where(Message.context["texts"].astext == "safety_life")
    ).one()
    assert message.lane == Lane.SAFETY


def test_more_danger_adds_to_the_signal_until_it_is_acknowledged(
    session: Session, om: Staff, now: datetime
) -> None:
    """Several texts in a row are one alarm; after the acknowledgement another text raises a new
    one. Advice is limited to three an hour.
    """
    person = builders.person(session, om)
    for count in range(4):
        says(session, "i want to die", now + minutes(count))
    raised = signal(session, person, SignalKind.CRISIS)
    assert len(raised.evidence) == 4
    assert len(answers(session)) == 3
    signals.acknowledge(session, raised, actor="staff:x", now=now)
    says(session, "i want to die", now + minutes(5))
    assert open_signals(session, person) == [SignalKind.CRISIS] * 2


def test_harm_to_others_is_reported_at_once_and_gets_no_answer(
    session: Session, om: Staff, now: datetime
) -> None:
    """No advice is sent automatically."""
    person = builders.person(session, om)
    says(session, "im going to kill him", now)
    assert open_signals(session, person) == [SignalKind.HARM_TO_OTHERS]
    assert answers(session) == []


def test_danger_from_a_stopped_number_gets_no_text(
    session: Session, om: Staff, now: datetime
) -> None:
    """The stop counts; staff are told to ring."""
    person = builders.person(session, om)
    says(session, "STOP", now)
    says(session, "i want to die", now + minutes(1))
    assert len(answers(session)) == 1
    assert SignalKind.CRISIS in open_signals(session, person)


@pytest.mark.parametrize(
    "values",
    [
        {"contact_status": ContactStatus.CLOSED},
        {"contact_status": ContactStatus.SUSPENDED},
        {"custody_status": CustodyStatus.CUSTODY},
        {"restricted": True},
        {"texts_approved_at": None},
    ],
)
def test_if_texts_are_off_a_worker_reads_and_nothing_is_reopened(
    session: Session, om: Staff, now: datetime, values: dict[str, object]
) -> None:
    """A later text gets no answer, no intent and no change of state. Danger is still answered."""
    person = builders.person(session, om, **values)
    appointment = builders.appointment(session, person, now + 3 * DAY)
    asked(session, appointment, now - DAY)
    reading = says(session, "yes", now)
    assert (reading.person_id, reading.needs_human) == (person.id, True)
    assert said(session, appointment) == []
    assert answers(session) == []
    says(session, "i want to die", now + minutes(1))
    assert last_answer(session).startswith(CRISIS)


@pytest.mark.parametrize("body", ["NEXT", "yes", "hello", "CALL"])
def test_an_unverified_number_is_told_nothing(
    session: Session, om: Staff, now: datetime, body: str
) -> None:
    """No name, no appointment, no worker: a worker reads the text."""
    person = builders.person(session, om, verified=False)
    asked(session, builders.appointment(session, person, now + 3 * DAY), now - DAY)
    reading = says(session, body, now)
    assert reading.needs_human
    assert answers(session) == [UNNAMED]


def test_a_number_not_recently_confirmed_safe_is_told_nothing(
    session: Session, om: Staff, now: datetime
) -> None:
    """Another person may read the texts."""
    person = builders.person(session, om)
    point_of(session, person).safe_until = now - DAY
    session.flush()
    says(session, "NEXT", now)
    assert answers(session) == [UNNAMED]


def test_two_machines_that_answer_each_other_are_stopped_by_the_limit(
    session: Session, om: Staff, now: datetime
) -> None:
    """After ten answers within an hour the rest go to a worker; the next hour has its own ten."""
    builders.person(session, om)
    readings = [
        says(session, f"HELP{'!' * count}", now + timedelta(seconds=4 * count))
        for count in range(30)
    ]
    assert len(answers(session)) == 10
    assert [reading.needs_human for reading in readings] == [False] * 10 + [True] * 20
    says(session, "HELP", now + minutes(62))
    assert len(answers(session)) == 11


def test_a_picture_without_words_is_not_interpreted(
    session: Session, om: Staff, now: datetime
) -> None:
    """The answer says so once, and a worker sees that one came. An empty text gets no answer."""
    builders.person(session, om)
    assert says(session, "", now, media=1).needs_human
    assert says(session, " ", now + minutes(1), media=1).needs_human
    assert answers(session) == [
        ("Sorry Katrina. We cannot open pictures or voice notes. Please use words, or reply CALL.")
    ]
    assert says(session, "", now + minutes(2)).needs_human
    assert len(answers(session)) == 1


def test_a_call_is_requested_once_until_resolved(
    session: Session, om: Staff, now: datetime
) -> None:
    """Due within one working day (Saturday counts from Monday 09:00). A second request adds
    evidence; after the signal is resolved it raises a new one.
    """
    person = builders.person(session, om)
    says(session, "CALL", now)
    raised = signal(session, person, SignalKind.CALL_REQUESTED)
    assert raised.due_at == datetime.fromisoformat("2027-03-23T09:00:00+00:00")
    assert last_answer(session).startswith("Thanks Katrina.")
    assert "Pat" in last_answer(session)
    says(session, "call me please", now + minutes(1))
    session.refresh(raised)
    assert len(raised.evidence) == 2
    signals.resolve(session, raised, how="Rang.", actor="staff:x", now=now)
    says(session, "CALL", now + DAY)
    assert signal(session, person, SignalKind.CALL_REQUESTED).id != raised.id


def test_cannot_come_call_me_is_both(session: Session, om: Staff, now: datetime) -> None:
    """The answer is about the call; the refusal is recorded if it is clear for which
    appointment.
    """
    person = builders.person(session, om)
    appointment = builders.appointment(session, person, now + 2 * DAY)
    asked(session, appointment, now - DAY)
    says(session, "cant come call me", now)
    assert said(session, appointment) == [NO]
    assert open_signals(session, person) == [SignalKind.CALL_REQUESTED, SignalKind.CANNOT_ATTEND]


def test_next_lists_appointments_by_their_everyday_names(
    session: Session, om: Staff, now: datetime
) -> None:
    """Earliest first, with the worker's first name and no official place."""
    person = builders.person(session, om)
    says(session, "NEXT", now)
    assert last_answer(session) == "Hi Katrina. You have nothing booked now. Questions? Reply CALL."
    builders.appointment(
        session, person, now + 2 * DAY, worker_name="Sam Reed", place_alias="the hub"
    )
    builders.appointment(
        session,
        person,
        now + 3 * DAY,
        worker_name="Lou",
        place="Probation office",
        place_alias="Probation office",
    )
    says(session, "NEXT", now + minutes(1))
    assert "Mon 22 March, 9am" in last_answer(session)
    assert "Tue 23 March, 9am" in last_answer(session)
    assert "robation" not in last_answer(session)
    assert "Reed" not in last_answer(session)


def test_thanks_need_no_worker(session: Session, om: Staff, now: datetime) -> None:
    """Nothing follows."""
    person = builders.person(session, om)
    reading = says(session, "thanks", now)
    assert (reading.person_id, reading.needs_human, answers(session)) == (person.id, False, [])


def test_a_text_to_an_old_number_is_withdrawn_with_it(
    session: Session, om: Staff, now: datetime
) -> None:
    """A waiting answer is not sent to a number that is no longer theirs."""
    person = builders.person(session, om)
    says(session, "HELP", now)
    phones.set_number(session, SYSTEM, person.id, "07700 900102", now=now)
    message = session.scalars(select(Message).where(Message.to_number == NUMBER)).one()
    session.refresh(message)
    assert message.status is MessageStatus.WITHDRAWN
    assert session.scalars(select(ReplyRecord.person_id)).all() == [person.id]


def test_a_reply_to_a_worker_is_read_by_one(session: Session, om: Staff, now: datetime) -> None:
    """Without a question of ours, only the worker knows what a yes means."""
    person = builders.person(session, om)
    gone(session, person, now - minutes(5), purpose="staff", lane=Lane.REPLY)
    assert says(session, "yes", now).needs_human
