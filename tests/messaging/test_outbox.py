"""A text is one row however often it is queued, and can be withdrawn until a worker claims it."""

from datetime import timedelta
from threading import Barrier, Thread
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from engage.core.db import Database
from messaging.gateways import registry
from messaging.outbox import DEFAULT_LIFE, Lane, TextProblem, channel, enqueue, withdraw
from messaging.states import MessageStatus
from messaging.tables import Message
from tests.messaging.builders import NOW, a_text, number, put, put_in

S = MessageStatus


def test_the_same_key_again_is_the_same_text(session: Session) -> None:
    """A second enqueue under the same key returns the first message and leaves it as it was."""
    first = put(session, "booking-1", body="Hello")
    again = put(session, "booking-1", body="Something else", to=number(2))
    assert again.id == first.id
    assert (again.body, again.to_number) == ("Hello", number(1))
    assert session.scalar(select(func.count()).select_from(Message)) == 1


def test_eight_threads_make_one_text(committed: Database) -> None:
    """Queued at the same moment by eight transactions, the text is there once and each transaction
    gets it.
    """
    start, got = Barrier(8), list[UUID]()

    def run() -> None:
        start.wait()
        with committed.begin() as session:
            got.append(put(session, "booking-1").id)

    threads = [Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 8
    assert len(set(got)) == 1


def test_a_text_is_measured_and_made_plain_when_it_is_queued(session: Session) -> None:
    """The row holds what will be sent, and what it costs."""
    message = put(session, "one", body="  It\u2019s at 10\u201311\u2026  ")
    assert message.body == "It's at 10-11..."
    assert (message.encoding, message.segments) == ("GSM-7", 1)


@pytest.mark.parametrize("body", ["", "   \u200b ", "a" * 1601])
def test_a_text_that_cannot_be_sent_is_refused(session: Session, body: str) -> None:
    """An empty text, or one longer than a provider accepts, is refused before there is a row."""
    with pytest.raises(TextProblem):
        enqueue(session, a_text("one", body=body), now=NOW)


@pytest.mark.parametrize("to", ["07700900123", "+0447700900123", "", "+44 7700 900123"])
def test_the_table_takes_only_numbers_in_e164(session: Session, to: str) -> None:
    """A number that was never parsed cannot be queued."""
    with pytest.raises(IntegrityError):
        put(session, "one", to=to)


def test_a_text_always_expires(session: Session) -> None:
    """Without an end of its own a text expires a day after it may be sent."""
    later = NOW + timedelta(hours=5)
    assert put(session, "one", send_after=later).expires_at == later + DEFAULT_LIFE
    assert put(session, "two", expires_at=later).expires_at == later


def test_nothing_is_queued_when_the_callers_transaction_fails(committed: Database) -> None:
    """The text belongs to the transaction of the caller that queues it."""
    with pytest.raises(ZeroDivisionError), committed.begin() as session:
        put(session, "one")
        raise ZeroDivisionError
    with committed.begin() as session:
        assert session.scalar(select(func.count()).select_from(Message)) == 0


def test_withdraw_affects_matching_queued_texts(session: Session) -> None:
    """By group, by recipient and by number; a text that a worker has claimed keeps its status,
    because it may have been sent.
    """
    by_group = put(session, "one", group_key="appointment-1")
    held = put_in(session, "two", S.SENDING, group_key="appointment-1")
    other = put(session, "three", group_key="appointment-2", recipient="person-9", to=number(7))
    assert (
        withdraw(session, now=NOW, reason="The appointment was moved", group_key="appointment-1")
        == 1
    )
    session.refresh(held)
    assert (by_group.status, held.status, other.status) == (S.WITHDRAWN, S.SENDING, S.QUEUED)
    assert (by_group.reason, by_group.ended_at) == ("The appointment was moved", NOW)
    assert withdraw(session, now=NOW, reason="Left", recipient="person-9", to=number(8)) == 0
    assert withdraw(session, now=NOW, reason="Left", recipient="person-9", to=number(7)) == 1


def test_withdraw_needs_something_to_match(session: Session) -> None:
    """Without anything to match it would empty the queue; that is refused."""
    with pytest.raises(ValueError, match="which texts"):
        withdraw(session, now=NOW, reason="Oops")


def test_workers_are_notified_when_a_text_is_committed(committed: Database) -> None:
    """A listener is notified of a new text for its provider once it is committed, and not of a
    repeat.
    """
    plain = committed.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as listener:
        for provider in registry.names():
            listener.execute(f"LISTEN {channel(provider)}")
        for _ in range(2):
            with committed.begin() as session:
                put(session, "one", lane=Lane.REPLY)
        assert [one.channel for one in listener.notifies(timeout=0.5)] == [
            channel(registry.DEFAULT)
        ]
