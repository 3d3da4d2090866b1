"""Handling through the inbox: once, in order, completely or not at all, with any number of workers
and any failure.
"""

import threading
import time
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engage.appointments.kinds import IntentKind
from engage.appointments.model import Appointment, StatedIntent
from engage.conversation import intake
from engage.conversation.model import Question, ReplyRecord
from engage.core.db import Database
from engage.core.model import Event
from engage.people.model import Person
from engage.signals import Signal
from messaging import inbound, outbox
from messaging.inbound import Outcome
from messaging.tables import Inbound, InboundStatus, Message
from tests import builders
from tests.engage.conversation.phones import (
    NUMBER,
    answers,
    asked,
    minutes,
    said,
    says,
    share,
    text_in,
)

DAY = timedelta(days=1)


def due(committed: Database, now: datetime, number: str = NUMBER) -> tuple[Person, Appointment]:
    """A person who was asked about one appointment."""
    with committed.begin() as session:
        om = builders.staff(session, builders.hub(session))
        person = builders.person(session, om, number=number)
        appointment = builders.appointment(session, person, now + 3 * DAY)
        asked(session, appointment, now - DAY, to=number)
    return person, appointment


def count(committed: Database, table: type) -> int:
    """The number of rows in a table."""
    with committed.begin() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_five_workers_answer_one_text_once(committed: Database, now: datetime) -> None:
    """There is one record, one intent and one answer."""
    _, appointment = due(committed, now)
    with committed.begin() as session:
        text_in(session, "yes", now)
    start = threading.Barrier(5)

    def work() -> None:
        start.wait()
        while inbound.handle_next(committed.begin, intake.handle, now=now) is not None:
            pass

    workers = [threading.Thread(target=work) for _ in range(5)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert (count(committed, ReplyRecord), count(committed, StatedIntent)) == (1, 1)
    with committed.begin() as session:
        assert len(answers(session)) == 1
        assert said(session, appointment) == [IntentKind.WILL_ATTEND]


def test_texts_of_one_number_are_answered_in_order_by_many_workers(
    committed: Database, now: datetime
) -> None:
    """The last text is handled last."""
    _, appointment = due(committed, now)
    with committed.begin() as session:
        for place, body in enumerate(["yes", "no", "yes", "no", "yes"]):
            text_in(session, body, now + minutes(place))

    def work() -> None:
        end = time.monotonic() + 30
        while waiting() and time.monotonic() < end:
            inbound.handle_next(committed.begin, intake.handle, now=now + minutes(10))

    def waiting() -> bool:
        with committed.begin() as session:
            left = select(Inbound.id).where(Inbound.status == InboundStatus.RECEIVED)
            return session.scalar(left.limit(1)) is not None

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    yes, no = IntentKind.WILL_ATTEND, IntentKind.CANNOT_ATTEND
    with committed.begin() as session:
        assert said(session, appointment) == [yes, no, yes, no, yes]
        assert session.scalars(select(Inbound.status)).all() == [InboundStatus.HANDLED] * 5
        assert session.scalars(select(Signal.state).distinct()).all() == ["resolved"]


def test_a_failure_half_way_leaves_nothing_behind(
    committed: Database, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The intent is written when the queue fails: everything is rolled back, and the next attempt
    does it all.
    """
    due(committed, now)
    with committed.begin() as session:
        text_in(session, "no", now)
    before = count(committed, Event)
    whole = outbox.enqueue

    def fails(session: Session, *_args: object, **_values: object) -> Message:
        assert session.scalar(select(func.count()).select_from(StatedIntent)) == 1
        raise RuntimeError("the queue failed")

    monkeypatch.setattr(outbox, "enqueue", fails)
    handled = inbound.handle_next(committed.begin, intake.handle, now=now)
    assert handled is not None
    assert handled.outcome is Outcome.RETRY
    assert [count(committed, table) for table in (StatedIntent, Signal, ReplyRecord, Question)] == [
        0,
        0,
        0,
        0,
    ]
    assert count(committed, Event) == before
    monkeypatch.setattr(outbox, "enqueue", whole)
    handled = inbound.handle_next(committed.begin, intake.handle, now=now + minutes(1))
    assert handled is not None
    assert handled.outcome is Outcome.HANDLED
    assert [count(committed, table) for table in (StatedIntent, Signal, ReplyRecord)] == [1, 1, 1]


def test_a_text_and_a_change_of_number_come_one_after_the_other(
    committed: Database, now: datetime
) -> None:
    """While an answer is written, a worker who changes the number waits; then the waiting answer is
    withdrawn.
    """
    from engage.access.policy import SYSTEM
    from engage.people import phones

    person, _ = due(committed, now)
    with committed.begin() as session:
        text = text_in(session, "yes", now)
    changed = threading.Event()

    def change() -> None:
        with committed.begin() as session:
            phones.set_number(session, SYSTEM, person.id, "07700 900102", now=now)
        changed.set()

    worker = threading.Thread(target=change)
    with committed.begin() as session:
        intake.handle(session, session.get_one(Inbound, text.id), now)
        worker.start()
        assert not changed.wait(0.5)
    worker.join(20)
    with committed.begin() as session:
        statuses = session.scalars(
            select(Message.status).where(Message.context["purpose"].astext == "reply")
        ).all()
    assert statuses == ["withdrawn"]


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(
        st.sampled_from(
            [
                "yes",
                "no",
                "1",
                "2",
                "3",
                "both",
                "Jay",
                "Ann",
                "STOP",
                "START",
                "HELP",
                "NEXT",
                "CALL",
                "late",
                "here",
                "wrong number",
                "CANCEL",
                "thanks",
                "my nan has the dog",
                "i want to die",
                "",
                "👍",
                "y" * 1600,
            ]
        ),
        max_size=12,
    ),
    st.booleans(),
)
def test_any_texts_keep_the_invariants(
    session: Session, now: datetime, bodies: list[str], shared: bool
) -> None:
    """One record and at most one answer for each text; a stopped number gets confirmations only; no
    text is in another person's thread.
    """
    transaction = session.begin_nested()
    hub = builders.hub(session)
    om = builders.staff(session, hub)
    people = [builders.person(session, om, first_name="Jay")]
    if shared:
        people.append(builders.person(session, om, first_name="Ann", number="+447700900102"))
        share(session, people, now)
    for person in people:
        for day in range(2):
            asked(session, builders.appointment(session, person, now + (2 + day) * DAY), now - DAY)
    for place, body in enumerate(bodies):
        says(session, body, now + minutes(place))
    readings = session.scalars(select(ReplyRecord)).all()
    replies = session.scalars(
        select(Message).where(Message.context["purpose"].astext == "reply")
    ).all()
    assert len(readings) == len(bodies)
    assert len({message.dedupe_key for message in replies}) == len(replies) <= len(bodies)
    assert len(replies) <= 13
    assert all(message.segments == 1 for message in replies)
    owners = {reading.inbound_id: reading.person_id for reading in readings}
    for intent in session.scalars(select(StatedIntent)):
        assert intent.inbound_id is not None
        assert owners[intent.inbound_id] == intent.appointment.person_id
    for message in replies:
        if message.recipient is not None:
            assert str(owners[message.context["inbound"]]) == message.recipient
    transaction.rollback()
    session.expire_all()
