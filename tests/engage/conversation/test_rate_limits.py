"""Very many texts from one number, and machines that answer each other: each has a record, and
other numbers do not wait.
"""

import threading
import time
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engage.agencies.model import Staff
from engage.conversation import intake
from engage.conversation.model import ReplyRecord
from engage.conversation.staff_actions import mark_read
from engage.core.db import Database
from engage.people.model import Person
from engage.signals import SignalKind
from engage.understanding.auto_replies import is_auto_reply
from messaging import inbound
from messaging.fairness import OFTEN, RecentNumbers
from messaging.tables import Inbound, InboundStatus
from tests import builders
from tests.engage.conversation.phones import (
    NUMBER,
    answers,
    asked,
    minutes,
    open_signals,
    says,
    text_in,
)

DAY = timedelta(days=1)


def rows(session: Session) -> list[ReplyRecord]:
    """Every record, in the order of the texts."""
    return list(session.scalars(select(ReplyRecord).order_by(ReplyRecord.inbound_id)))


@pytest.mark.parametrize(
    "text",
    [
        "I'm driving right now - I'll get back to you later.",
        "I'm driving with Focus turned on. I'll see your message when I get where I'm going.",
        "I am driving",
        "Sorry, I can't talk right now.",
        "Automatic reply: out of office until Monday",
        "Out of office. I will be back on 3 April.",
        "This is an automated message. Please do not reply.",
        "This number is not monitored",
        "Thank you for contacting Acme. We will reply within 2 working days.",
        "Dwi'n gyrru ar hyn o bryd",
        "Ateb awtomatig: allan o'r swyddfa",
    ],
)
def test_an_automatic_reply_gets_no_answer(
    session: Session, katrina: Person, now: datetime, text: str
) -> None:
    """It is stored, needs no worker, and records nothing."""
    reading = says(session, text, now)
    assert is_auto_reply(text) and answers(session) == []
    assert not reading.needs_human and not reading.act and reading.person_id == katrina.id


@pytest.mark.parametrize(
    "text",
    [
        "im driving to you now be 10 mins",
        "i cant talk to her right now",
        "driving me mad this",
        "thanks for your message x",
        "im out of credit",
        "Thanks for your message, i'll be an hour late",
        "Thank you for your text, of course I cant come",
        "thanks for your text cant come to the office today",
        "please do not reply to this number its not mine",
        "im driving so cant get there, bus is off",
        "out of office today cant come",
        "yes",
        "",
        "sorry i can't talk right now he is in the room",
    ],
)
def test_a_typed_text_is_no_automatic_reply(text: str) -> None:
    """It is interpreted like any other text."""
    assert not is_auto_reply(text)


def test_danger_in_an_automatic_reply_is_danger(
    session: Session, katrina: Person, now: datetime
) -> None:
    """Danger is looked for first."""
    says(session, "Automatic reply: im going to kill myself", now)
    assert open_signals(session, katrina) == [SignalKind.CRISIS]


def test_repeated_words_are_answered_three_times_an_hour(
    session: Session, katrina: Person, now: datetime
) -> None:
    """The first one without an answer waits for a worker, the others do not. The next hour counts
    from zero.
    """
    readings = [says(session, "HELP", now + minutes(place)) for place in range(8)]
    assert len(answers(session)) == 3
    assert [reading.needs_human for reading in readings] == [False] * 3 + [True] + [False] * 4
    says(session, "HELP", now + minutes(70))
    assert len(answers(session)) == 4


def test_twenty_texts_a_minute_are_interpreted(
    session: Session, katrina: Person, now: datetime
) -> None:
    """The rest are stored and shown, and one waits for a worker. Once it has been read, the next
    such text waits.
    """
    readings = [
        says(session, f"word {place}", now + timedelta(seconds=place / 2)) for place in range(60)
    ]
    assert [reading.passed_over for reading in readings] == [False] * 20 + [True] * 40
    waiting = [reading for reading in readings if reading.passed_over and reading.needs_human]
    assert waiting == [readings[20]]
    assert all(reading.person_id == katrina.id for reading in readings)
    mark_read(
        session, builders.actor(katrina.offender_manager), waiting[0].id, now=now + minutes(1)
    )
    later = [
        says(session, f"more {place}", now + timedelta(seconds=30 + place / 9))
        for place in range(3)
    ]
    assert [reading.needs_human for reading in later] == [True, False, False]


def test_an_hour_has_its_own_limit(session: Session, om: Staff, now: datetime) -> None:
    """A hundred texts an hour, or what the hub set, are interpreted from one number."""
    hub = builders.hub(session, "Small", texts_read_an_hour=20)
    builders.person(session, builders.staff(session, hub, name="Al"), number="+447700900102")
    readings = [
        says(session, f"t {n}", now + minutes(n), number="+447700900102") for n in range(25)
    ]
    assert [reading.passed_over for reading in readings].count(True) == 5
    assert not says(session, "hello", now + minutes(90), number="+447700900102").passed_over


def test_danger_and_stop_count_above_any_limit(
    session: Session, katrina: Person, now: datetime
) -> None:
    """However many texts came before."""
    for place in range(25):
        says(session, f"word {place}", now + timedelta(seconds=place))
    danger = says(session, "im going to kill myself", now + timedelta(seconds=26))
    assert SignalKind.CRISIS in open_signals(session, katrina)
    assert danger.needs_human and not danger.passed_over and "999" in answers(session)[-1]
    says(session, "STOP", now + timedelta(seconds=27))
    assert SignalKind.OPTED_OUT in open_signals(session, katrina)


def test_an_unknown_number_has_the_same_limits(session: Session, now: datetime) -> None:
    """It gets no second answer."""
    readings = [
        says(session, f"word {place}", now + timedelta(seconds=place / 9)) for place in range(30)
    ]
    assert [reading.passed_over for reading in readings].count(True) == 10
    assert len(answers(session)) == 1


def test_a_thousand_texts_from_one_number_delay_nobody(committed: Database, now: datetime) -> None:
    """Ten other numbers that write after them are handled in their own order, long before the
    thousand are; no text is lost.
    """
    with committed.begin() as session:
        om = builders.staff(session, builders.hub(session))
        builders.person(session, om)
        others = [f"+4477009002{place:02d}" for place in range(10)]
        for number in others:
            person = builders.person(session, om, number=number)
            made = builders.appointment(session, person, now + 3 * DAY)
            asked(session, made, now - DAY, to=number)
        for place in range(1000):
            text_in(session, f"word {place + 2000}", now + timedelta(milliseconds=50 * place))
        for place, number in enumerate(others):
            for body in ("yes", "when is it?"):
                text_in(session, body, now + timedelta(seconds=51 + place), number=number)
    handled, order = 0, []
    crowd = RecentNumbers()
    while done := inbound.handle_next(
        committed.begin, intake.handle, now=now + minutes(2), recent=crowd
    ):
        handled += 1
        with committed.begin() as session:
            number = session.get_one(Inbound, done.id).from_number
        if number != NUMBER:
            order.append((handled, number, done.id))
    assert handled == 1020
    assert order[-1][0] <= OFTEN + 40, "the others waited for the thousand"
    for number in others:
        ids = [id for _, whose, id in order if whose == number]
        assert ids == sorted(ids) and len(ids) == 2
    with committed.begin() as session:
        assert session.scalar(select(func.count()).select_from(ReplyRecord)) == 1020
        assert session.scalar(select(func.count()).where(ReplyRecord.passed_over)) == 980
        assert (
            session.scalar(
                select(func.count()).where(ReplyRecord.passed_over, ReplyRecord.needs_human)
            )
            == 1
        )
        ids = list(
            session.scalars(
                select(ReplyRecord.inbound_id)
                .where(ReplyRecord.number == NUMBER)
                .order_by(ReplyRecord.id)
            )
        )
        assert ids == sorted(ids)


def test_many_workers_lose_no_text(committed: Database, now: datetime) -> None:
    """Four workers, two numbers that flood and one that does not: every text has one record, in the
    order of its number.
    """
    numbers = [NUMBER, "+447700900102", "+447700900103"]
    with committed.begin() as session:
        om = builders.staff(session, builders.hub(session))
        for number in numbers:
            builders.person(session, om, number=number)
        for place in range(40):
            for number in numbers[:2]:
                text_in(session, f"word {place}", now, number=number)
        text_in(session, "hello", now, number=numbers[2])

    def work() -> None:
        crowd, idle = RecentNumbers(), 0
        while idle < 30:
            found = inbound.handle_next(
                committed.begin, intake.handle, now=now + minutes(1), recent=crowd
            )
            idle = 0 if found else idle + 1
            if not found:
                time.sleep(0.02)

    readers = [threading.Thread(target=work) for _ in range(4)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    with committed.begin() as session:
        assert session.scalar(select(func.count()).select_from(ReplyRecord)) == 81
        assert (
            session.scalar(select(func.count()).where(Inbound.status != InboundStatus.HANDLED)) == 0
        )
        assert session.scalar(select(func.count()).where(ReplyRecord.passed_over)) == 40
