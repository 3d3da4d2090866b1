"""A provider that answers nobody: senders hold still, try one text at a time, and go on when it
answers; nothing is lost or doubled.
"""

from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Thread
from uuid import UUID

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from engage.core.db import Database
from messaging.gateways.base import Accepted, NotProcessed, Outcome, Refused, Unknown
from messaging.outbox import Lane
from messaging.sending import circuit_breaker, pacing
from messaging.sending.circuit_breaker import OPENS_AFTER, CircuitState, SendResult, state_after
from messaging.sending.claim import Claim, Claimed, claim
from messaging.sending.dispatch import Dispatcher
from messaging.sending.settle import NotStarted, Result, settle
from messaging.states import MessageStatus
from messaging.tables import Message, Provider, Sender
from messaging.transitions import move
from tests.messaging.builders import NOW, OTHER, SENDER, allow_all, number, put, put_in
from tests.messaging.conftest import FarEnd, gateway_to

S = MessageStatus
MakeWorker = Callable[..., Dispatcher]
NOTHING = Unknown("it did not answer in time")
TAKEN = Accepted("SM" + "0" * 32, "queued")
BUSY = NotProcessed(429)
LEASE = timedelta(minutes=2)


def seconds(count: float) -> timedelta:
    """So long."""
    return timedelta(seconds=count)


@pytest.mark.parametrize(
    ("unanswered", "heard", "stand"),
    [
        (0, [], CircuitState(0)),
        (0, [SendResult(TAKEN)], CircuitState(0, seconds(0))),
        (0, [SendResult(NOTHING)] * 4, CircuitState(4)),
        (0, [SendResult(NOTHING)] * 5, CircuitState(5, seconds(5))),
        (4, [SendResult(NOTHING)], CircuitState(5, seconds(5))),
        (4, [SendResult(TAKEN), SendResult(NOTHING)], CircuitState(1, seconds(0))),
        (4, [SendResult(Refused(21211, "no")), SendResult(NOTHING)], CircuitState(1, seconds(0))),
        (4, [SendResult(BUSY), SendResult(None)], CircuitState(4)),
        (0, [SendResult(NOTHING)] * 40, CircuitState(5, seconds(5))),
        (5, [SendResult(NOTHING)] * 40, CircuitState(5)),
        (5, [SendResult(NOTHING), SendResult(NOTHING, trial=True)], CircuitState(6, seconds(10))),
        (6, [SendResult(NOTHING, trial=True)], CircuitState(7, seconds(20))),
        (7, [SendResult(NOTHING, trial=True)], CircuitState(8, seconds(40))),
        (8, [SendResult(NOTHING, trial=True)], CircuitState(9, seconds(60))),
        (500, [SendResult(NOTHING, trial=True)], CircuitState(501, seconds(60))),
        (1000, [SendResult(NOTHING, trial=True)], CircuitState(1000, seconds(60))),
        (7, [SendResult(BUSY, trial=True)], CircuitState(7, seconds(20))),
        (7, [SendResult(BUSY)], CircuitState(7)),
        (7, [SendResult(None, trial=True)], CircuitState(7, seconds(0))),
        (7, [SendResult(None)], CircuitState(7)),
        (7, [SendResult(TAKEN)], CircuitState(0, seconds(0))),
        (7, [SendResult(Refused(30005, "no"), trial=True)], CircuitState(0, seconds(0))),
    ],
)
def test_how_a_sender_stands_after_what_it_heard(
    unanswered: int, heard: list[SendResult], stand: CircuitState
) -> None:
    """The table: five in a row hold a sender still, only trials make the pause grow, any answer
    about a text ends it.
    """
    assert state_after(unanswered, heard) == stand


def test_a_sender_that_is_answered_never_pauses() -> None:
    """Below five there is no pause at all; from then on it is never shorter than five seconds or
    longer than a minute.
    """
    assert {circuit_breaker.pause(count) for count in range(OPENS_AFTER)} == {seconds(0)}
    pauses = [circuit_breaker.pause(count) for count in range(OPENS_AFTER, 2000)]
    assert pauses == sorted(pauses)
    assert (pauses[0], pauses[-1]) == (seconds(5), seconds(60))


def take(session: Session, *senders: str, limit: int = 100) -> Claim:
    """One claim, by these senders."""
    return claim(
        session,
        now=NOW,
        limit=limit,
        worker="w",
        lease=LEASE,
        provider="twilio",
        senders=senders or (SENDER,),
        guard=allow_all,
    )


def end(session: Session, texts: list[Claimed], outcome: Outcome | NotStarted) -> None:
    """All of these end like that."""
    settle(session, [Result(one, outcome) for one in texts], now=NOW, provider="twilio")


def let_pass(session: Session, gone: timedelta) -> None:
    """As if that long had gone by for the senders."""
    session.execute(
        update(Sender).values(
            next_free_at=Sender.next_free_at - gone, held_until=Sender.held_until - gone
        )
    )


@pytest.fixture
def unheard(session: Session) -> Session:
    """A fast sender that five sends in a row had no answer from, and a hundred texts that wait."""
    pacing.register(session, SENDER, 1000)
    for n in range(105):
        put(session, f"text-{n}", to=number(n))
    end(session, take(session, limit=5).texts, NOTHING)
    return session


def test_nothing_goes_in_the_pause_and_then_one_at_a_time(unheard: Session) -> None:
    """Five seconds of nothing for anybody; then one text, and no other while it is on its way; then
    twice as long.
    """
    for wait in (5, 10, 20, 40, 60, 60):
        assert take(unheard).texts == []
        let_pass(unheard, seconds(wait - 1))
        assert (take(unheard).texts, take(unheard).senders_full) == ([], True)
        let_pass(unheard, seconds(2))
        trial = take(unheard).texts
        assert len(trial) == 1
        let_pass(unheard, seconds(100))
        assert take(unheard).texts == []
        end(unheard, trial, NOTHING)
    waiting = unheard.scalars(select(Message.attempts).where(Message.status == S.QUEUED)).all()
    assert list(waiting) == [0] * 94


@pytest.mark.parametrize("answer", [TAKEN, Refused(21211, "not a number")])
def test_one_answer_about_a_text_frees_the_sender(unheard: Session, answer: Outcome) -> None:
    """Taken or refused, the provider is there: all that waits goes."""
    let_pass(unheard, seconds(6))
    end(unheard, take(unheard).texts, answer)
    assert len(take(unheard).texts) == 99


def test_a_trial_that_was_not_processed_proves_nothing(unheard: Session) -> None:
    """The same pause again, neither longer nor over."""
    let_pass(unheard, seconds(6))
    end(unheard, take(unheard).texts, BUSY)
    let_pass(unheard, seconds(4))
    assert take(unheard).texts == []
    let_pass(unheard, seconds(2))
    assert len(take(unheard).texts) == 1


def test_a_trial_that_was_never_begun_makes_room_for_another(unheard: Session) -> None:
    """A worker that is told to stop gives it back, and the next worker tries at once."""
    let_pass(unheard, seconds(6))
    end(unheard, take(unheard).texts, NotStarted())
    assert len(take(unheard).texts) == 1


def test_a_trial_whose_worker_died_holds_the_others_up_for_a_lease(unheard: Session) -> None:
    """Its lease is over, another text tries; what the dead one's would have said no longer counts."""
    let_pass(unheard, seconds(6))
    lost = take(unheard).texts
    let_pass(unheard, LEASE - seconds(1))
    assert take(unheard).texts == []
    let_pass(unheard, seconds(2))
    trial = take(unheard).texts
    assert len(trial) == 1
    end(unheard, lost, NOTHING)
    assert unheard.get_one(Sender, SENDER, populate_existing=True).unanswered == OPENS_AFTER
    end(unheard, trial, TAKEN)
    assert len(take(unheard).texts) == 98


def test_the_most_urgent_text_tries_first(unheard: Session) -> None:
    """A text of the safety lane does not wait behind the others for its chance."""
    urgent = put(unheard, "urgent", lane=Lane.SAFETY)
    let_pass(unheard, seconds(6))
    assert [one.id for one in take(unheard).texts] == [urgent.id]


@pytest.mark.parametrize("status", [S.ACCEPTED, S.SENT, S.DELIVERED, S.UNDELIVERED])
def test_a_receipt_is_an_answer_too(unheard: Session, status: MessageStatus) -> None:
    """Answers get lost and texts arrive: a receipt for the last that went shows it, and the sender
    goes on.
    """
    last = unheard.get_one(Sender, SENDER, populate_existing=True).trial
    move(unheard, [last or UUID(int=0)], status, now=NOW)
    assert len(take(unheard).texts) == 100


def test_silence_is_told_as_out_of_reach_and_its_end_too(unheard: Session) -> None:
    """The provider counts as out of reach from the fifth on, so that texts that were never tried
    may go by another.
    """
    assert unheard.get_one(Provider, "twilio").failing_since == NOW
    let_pass(unheard, seconds(6))
    end(unheard, take(unheard).texts, TAKEN)
    assert unheard.get_one(Provider, "twilio", populate_existing=True).failing_since is None


def test_a_silent_sender_of_a_pool_holds_up_no_other(session: Session) -> None:
    """Whoever belongs to the silent one waits; the rest, and newcomers, go by the other."""
    for sender in (SENDER, OTHER):
        pacing.register(session, sender, 1000)
    for n in range(20):
        whose = SENDER if n < 10 else OTHER
        put_in(session, f"old-{n}", S.DELIVERED, to_number=number(n), sender=whose, accepted_at=NOW)
        put(session, f"text-{n}", to=number(n))
    mine = [one for one in take(session, SENDER, OTHER).texts if one.sender == SENDER]
    end(session, mine, NOTHING)
    for n in range(20, 30):
        put(session, f"text-{n}", to=number(n))
    put(session, "again", to=number(1))
    went = take(session, SENDER, OTHER).texts
    assert (len(went), {one.sender for one in went}) == (10, {OTHER})


def test_of_many_workers_one_tries(committed: Database) -> None:
    """Eight claim in the same moment, when the pause is over: one of them has one text."""
    with committed.begin() as session:
        pacing.register(session, SENDER, 1000)
        session.execute(update(Sender).values(unanswered=OPENS_AFTER))
        for n in range(50):
            put(session, f"text-{n}", to=number(n))
    got: list[int] = []
    start = Barrier(8)

    def run() -> None:
        start.wait()
        with committed.begin() as session:
            got.append(len(take(session).texts))

    threads = [Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(got) == [0] * 7 + [1]


@pytest.mark.parametrize("answer", ["drop_before", "drop_after", "error_before", "hang_after"])
def test_a_rush_into_an_outage_leaves_few_unknown(
    committed: Database, worker: MakeWorker, simulator: FarEnd, answer: str
) -> None:
    """A hundred texts, a provider that answers none: what a worker has under way is lost sight of,
    and the rest stays in the queue.

    When the provider is back, all that waited goes, each once.
    """
    simulator.script({"answer": answer, **({"hold": 1.5} if answer == "hang_after" else {})})
    with committed.begin() as session:
        for n in range(100):
            put(session, f"text-{n}", to=number(n))
    dispatcher = worker(concurrency=4, gateway=gateway_to(simulator.url, timeout=0.5))
    done = dispatcher.run_once()
    assert OPENS_AFTER <= done.unknown <= OPENS_AFTER + 2 * 4
    assert done.waiting
    assert dispatcher.run_once().claimed == 0
    asked = len(simulator.requests())
    simulator.fine()
    with committed.begin() as session:
        let_pass(session, seconds(6))
    gone = sum(dispatcher.run_once().accepted for _ in range(3))
    assert gone == 100 - done.unknown
    assert len(simulator.requests()) == asked + gone
    with committed.begin() as session:
        left = session.scalar(select(func.count()).where(Message.status == S.QUEUED))
        assert (left, session.get_one(Sender, SENDER).unanswered) == (0, 0)
    sent = [text["body"] for text in simulator.texts()]
    assert len(sent) == len(set(sent))
