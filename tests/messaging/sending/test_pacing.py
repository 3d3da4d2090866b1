"""A sender sends at its rate, shared by all workers, and slowing one slows no other."""

from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from engage.core.db import Database
from messaging.sending import pacing
from messaging.sending.claim import Claim, claim
from messaging.sending.dispatch import Dispatcher
from messaging.states import MessageStatus
from messaging.tables import Message, Sender
from tests.messaging.builders import NOW, OTHER, SENDER, allow_all, number, put, put_in
from tests.messaging.conftest import SimulatorClient, gateway_to

S = MessageStatus
BURST = int(pacing.BURST.total_seconds())


def take(
    session: Session, limit: int = 100, senders: tuple[str, ...] = (SENDER,), **given: Any
) -> Claim:
    """One claim."""
    settings: dict[str, Any] = {
        "now": NOW,
        "limit": limit,
        "worker": "w",
        "lease": timedelta(minutes=2),
        "provider": "twilio",
        "senders": senders,
        "guard": allow_all,
    }
    return claim(session, **{**settings, **given})


def advance(session: Session, seconds: float) -> None:
    """Move the senders' times back, as if that long had passed."""
    gone = timedelta(seconds=seconds)
    session.execute(
        update(Sender).values(
            next_free_at=Sender.next_free_at - gone, slowed_until=Sender.slowed_until - gone
        )
    )


@pytest.fixture
def ten_a_second(session: Session) -> Session:
    """A sender of ten segments a second, and two hundred texts waiting."""
    pacing.register(session, SENDER, 10)
    for n in range(200):
        put(session, f"text-{n}", to=number(n))
    return session


def test_a_rested_sender_has_its_burst_and_then_its_rate(ten_a_second: Session) -> None:
    """Twenty at once after a rest, then nothing; a second later ten more."""
    assert len(take(ten_a_second).texts) == 10 * BURST
    again = take(ten_a_second)
    assert (again.texts, again.senders_full) == ([], True)
    advance(ten_a_second, 1)
    assert len(take(ten_a_second).texts) in (10, 11)
    advance(ten_a_second, 3600)
    assert len(take(ten_a_second).texts) == 10 * BURST


def test_long_texts_cost_their_segments(session: Session) -> None:
    """Pacing counts segments: texts of four segments take four times as long, and the rest keep
    their place in the queue.
    """
    pacing.register(session, SENDER, 10)
    for n in range(20):
        put(session, f"text-{n}", body="a" * 600, to=number(n))
    first = take(session)
    assert len(first.texts) == 5
    assert first.senders_full
    session.expire_all()
    advance(session, 1)
    then = take(session)
    assert 2 <= len(then.texts) <= 3
    assert all(one.attempts == 1 for one in then.texts)


def test_a_slow_sender_still_sends_a_long_text(session: Session) -> None:
    """A text larger than the sender's whole burst is sent, and the sender then rests for it."""
    pacing.register(session, SENDER, 0.5)
    put(session, "long", body="a" * 600)
    put(session, "next")
    assert len(take(session).texts) == 1
    assert take(session).texts == []
    advance(session, 5)
    assert take(session).texts == []
    advance(session, 4)
    assert len(take(session).texts) == 1


def test_the_rate_holds_over_many_workers(committed: Database) -> None:
    """Eight threads claim at once from a rested sender of ten a second: together they get its burst
    and not eight of them.
    """
    with committed.begin() as session:
        pacing.register(session, SENDER, 10)
        for n in range(200):
            put(session, f"text-{n}", to=number(n))
    got: list[int] = []
    start = Barrier(8)

    def run() -> None:
        start.wait()
        with committed.begin() as session:
            got.append(len(take(session, limit=20).texts))

    threads = [Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 10 * BURST <= sum(got) <= 10 * BURST + 8


def test_a_slowed_sender_pauses_and_sends_at_half_its_rate(ten_a_second: Session) -> None:
    """Told to wait two seconds, it sends nothing for them, then half as much for a while, then its
    full rate.
    """
    pacing.slow(ten_a_second, SENDER, timedelta(seconds=2), "Too busy")
    assert take(ten_a_second).texts == []
    advance(ten_a_second, 3)
    assert len(take(ten_a_second).texts) in (5, 6)
    advance(ten_a_second, 60)
    assert len(take(ten_a_second).texts) == 10 * BURST


@pytest.mark.parametrize("pause", [timedelta(days=1), timedelta(seconds=-5), None])
def test_every_pause_has_bounds(ten_a_second: Session, pause: timedelta | None) -> None:
    """Whatever a provider asks for, the pause is between a quarter of a second and a minute."""
    pacing.slow(ten_a_second, SENDER, pause, "Too busy")
    now = ten_a_second.scalar(func.clock_timestamp().select())
    until = ten_a_second.get_one(Sender, SENDER).next_free_at
    assert now is not None
    assert timedelta(milliseconds=100) < until - now - pacing.BURST <= timedelta(minutes=1)


def test_a_person_keeps_their_sender(session: Session) -> None:
    """In a pool of two, a number gets its next text from the same sender; new numbers are shared
    out.
    """
    for sender in (SENDER, OTHER):
        pacing.register(session, sender, 100)
    for n in range(4):
        known = put_in(
            session, f"old-{n}", S.DELIVERED, to_number=number(n), sender=OTHER, accepted_at=NOW
        )
        assert known.sender == OTHER
    for n in range(40):
        put(session, f"text-{n}", to=number(n))
    texts = take(session, senders=(SENDER, OTHER)).texts
    by_number = {one.to_number: one.sender for one in texts}
    assert {by_number[number(n)] for n in range(4)} == {OTHER}
    assert list(by_number.values()).count(SENDER) == 20
    session.expire_all()
    assert all(session.get_one(Message, one.id).sender == one.sender for one in texts)


def test_a_slowed_sender_in_a_pool_does_not_delay_the_other(session: Session) -> None:
    """Texts to people who belong to a paused sender are delayed, and those of the other are
    sent.
    """
    for sender in (SENDER, OTHER):
        pacing.register(session, sender, 10)
    for n in range(60):
        whose = SENDER if n < 40 else OTHER
        put_in(session, f"old-{n}", S.DELIVERED, to_number=number(n), sender=whose, accepted_at=NOW)
        put(session, f"text-{n}", to=number(n), send_after=NOW - timedelta(minutes=60 - n))
    pacing.slow(session, SENDER, timedelta(minutes=1), "Too busy")
    went = [one for _ in range(5) for one in take(session, senders=(SENDER, OTHER)).texts]
    assert len(went) == 20
    assert {one.sender for one in went} == {OTHER}


def test_a_new_setting_changes_the_rate(ten_a_second: Session) -> None:
    """The rate that a worker starts with applies from then on."""
    pacing.register(ten_a_second, SENDER, 50)
    assert len(take(ten_a_second).texts) == 50 * BURST


def test_a_run_returns_when_the_sender_is_full_and_says_so(
    committed: Database, worker: Callable[..., Dispatcher], simulator: SimulatorClient
) -> None:
    """A dispatcher never waits for a rate; the next tick continues.

    At one segment a second, so that a slow machine cannot send so long that the rate catches up and
    nothing is left.
    """
    with committed.begin() as session:
        for n in range(50):
            put(session, f"text-{n}", to=number(n))
    dispatcher = worker(segments_per_second=1.0)
    done = dispatcher.run_once()
    assert done.waiting
    assert BURST <= done.accepted < 40
    with committed.begin() as session:
        advance(session, 60)
    assert dispatcher.run_once().accepted >= BURST


def test_texts_are_sent_from_every_number_of_the_pool(
    committed: Database, worker: Callable[..., Dispatcher], simulator: SimulatorClient
) -> None:
    """The gateway gets the sender that was chosen."""
    with committed.begin() as session:
        for n in range(10):
            put(session, f"text-{n}", to=number(n))
    pool = gateway_to(simulator.url, from_number=[SENDER, OTHER])
    worker(gateway=pool).run_once()
    assert {text["from"] for text in simulator.texts()} == {SENDER, OTHER}


def test_numbers_of_a_pool_have_speeds_of_their_own(
    committed: Database, worker: Callable[..., Dispatcher], simulator: SimulatorClient
) -> None:
    """A named sender has its own rate, the other the common one; a later start overrides both."""
    pool = gateway_to(simulator.url, from_number=[SENDER, OTHER])
    for rate in (2.5, 4.0):
        worker(gateway=pool, segments_per_second=10.0, rates={OTHER: rate}).run_once()
        with committed.begin() as session:
            found = {one.id: one.segments_per_second for one in session.scalars(select(Sender))}
        assert found == {SENDER: 10.0, OTHER: rate}


def test_each_number_keeps_its_sender_of_the_pool(
    committed: Database, worker: Callable[..., Dispatcher], simulator: SimulatorClient
) -> None:
    """Five people, three texts each: no person gets texts from two numbers."""
    pool = gateway_to(simulator.url, from_number=[SENDER, OTHER])
    dispatcher = worker(gateway=pool)
    for turn in range(3):
        with committed.begin() as session:
            for n in range(5):
                put(session, f"text-{turn}-{n}", to=number(n))
        dispatcher.run_once()
    senders: dict[str, set[str]] = {}
    for text in simulator.texts():
        senders.setdefault(text["to"], set()).add(text["from"])
    assert [len(used) for used in senders.values()] == [1] * 5
    assert len(simulator.texts()) == 15
