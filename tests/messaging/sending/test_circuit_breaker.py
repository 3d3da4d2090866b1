"""A provider that does not answer: circuits open, one text at a time is tried, and sending goes on
when it answers; nothing is lost or doubled.
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
from tests.messaging.conftest import SimulatorClient, gateway_to

S = MessageStatus
MakeWorker = Callable[..., Dispatcher]
NOTHING = Unknown("it did not answer in time")
TAKEN = Accepted("SM" + "0" * 32, "queued")
BUSY = NotProcessed(429)
LEASE = timedelta(minutes=2)


def seconds(count: float) -> timedelta:
    """So many seconds."""
    return timedelta(seconds=count)


@pytest.mark.parametrize(
    ("unanswered", "results", "state"),
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
def test_the_circuit_after_each_outcome(
    unanswered: int, results: list[SendResult], state: CircuitState
) -> None:
    """The table: five sends without an answer open the circuit, only trials lengthen the pause, any
    answer about a text closes it.
    """
    assert state_after(unanswered, results) == state


def test_a_sender_that_is_answered_never_pauses() -> None:
    """Below five there is no pause; from then on it is between five seconds and a minute."""
    assert {circuit_breaker.pause(count) for count in range(OPENS_AFTER)} == {seconds(0)}
    pauses = [circuit_breaker.pause(count) for count in range(OPENS_AFTER, 2000)]
    assert pauses == sorted(pauses)
    assert (pauses[0], pauses[-1]) == (seconds(5), seconds(60))


def take(session: Session, *senders: str, limit: int = 100) -> Claim:
    """One claim by these senders."""
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


def settle_all(session: Session, texts: list[Claimed], outcome: Outcome | NotStarted) -> None:
    """Give all of these texts this outcome."""
    settle(session, [Result(one, outcome) for one in texts], now=NOW, provider="twilio")


def advance(session: Session, passed: timedelta) -> None:
    """Move the senders' times back, as if that long had passed."""
    session.execute(
        update(Sender).values(
            next_free_at=Sender.next_free_at - passed, held_until=Sender.held_until - passed
        )
    )


@pytest.fixture
def circuit_open(session: Session) -> Session:
    """A fast sender with five sends without an answer, and a hundred texts waiting."""
    pacing.register(session, SENDER, 1000)
    for n in range(105):
        put(session, f"text-{n}", to=number(n))
    settle_all(session, take(session, limit=5).texts, NOTHING)
    return session


def test_nothing_is_sent_in_the_pause_and_then_one_at_a_time(circuit_open: Session) -> None:
    """Nothing is sent for five seconds. Then one text, and no other until it is settled; then a
    pause twice as long.
    """
    for wait in (5, 10, 20, 40, 60, 60):
        assert take(circuit_open).texts == []
        advance(circuit_open, seconds(wait - 1))
        assert (take(circuit_open).texts, take(circuit_open).senders_full) == ([], True)
        advance(circuit_open, seconds(2))
        trial = take(circuit_open).texts
        assert len(trial) == 1
        advance(circuit_open, seconds(100))
        assert take(circuit_open).texts == []
        settle_all(circuit_open, trial, NOTHING)
    waiting = circuit_open.scalars(select(Message.attempts).where(Message.status == S.QUEUED)).all()
    assert list(waiting) == [0] * 94


@pytest.mark.parametrize("answer", [TAKEN, Refused(21211, "not a number")])
def test_one_answer_about_a_text_closes_the_circuit(circuit_open: Session, answer: Outcome) -> None:
    """Accepted or refused, an answer shows that the provider is there: all waiting texts are
    sent.
    """
    advance(circuit_open, seconds(6))
    settle_all(circuit_open, take(circuit_open).texts, answer)
    assert len(take(circuit_open).texts) == 99


def test_a_trial_that_was_not_processed_proves_nothing(circuit_open: Session) -> None:
    """The same pause again, neither longer nor over."""
    advance(circuit_open, seconds(6))
    settle_all(circuit_open, take(circuit_open).texts, BUSY)
    advance(circuit_open, seconds(4))
    assert take(circuit_open).texts == []
    advance(circuit_open, seconds(2))
    assert len(take(circuit_open).texts) == 1


def test_a_trial_that_was_never_started_allows_another(circuit_open: Session) -> None:
    """A worker that is stopping hands it back, and the next worker tries at once."""
    advance(circuit_open, seconds(6))
    settle_all(circuit_open, take(circuit_open).texts, NotStarted())
    assert len(take(circuit_open).texts) == 1


def test_a_trial_whose_worker_died_delays_the_others_for_a_lease(circuit_open: Session) -> None:
    """When its lease is over another text is tried; a late result of the dead worker's no longer
    counts.
    """
    advance(circuit_open, seconds(6))
    lost = take(circuit_open).texts
    advance(circuit_open, LEASE - seconds(1))
    assert take(circuit_open).texts == []
    advance(circuit_open, seconds(2))
    trial = take(circuit_open).texts
    assert len(trial) == 1
    settle_all(circuit_open, lost, NOTHING)
    assert circuit_open.get_one(Sender, SENDER, populate_existing=True).unanswered == OPENS_AFTER
    settle_all(circuit_open, trial, TAKEN)
    assert len(take(circuit_open).texts) == 98


def test_the_most_urgent_text_is_the_trial(circuit_open: Session) -> None:
    """A text of the safety lane does not wait behind the others for the trial."""
    urgent = put(circuit_open, "urgent", lane=Lane.SAFETY)
    advance(circuit_open, seconds(6))
    assert [one.id for one in take(circuit_open).texts] == [urgent.id]


@pytest.mark.parametrize("status", [S.ACCEPTED, S.SENT, S.DELIVERED, S.UNDELIVERED])
def test_a_receipt_is_an_answer_too(circuit_open: Session, status: MessageStatus) -> None:
    """If answers are lost but texts arrive, a receipt for the last text closes the circuit."""
    last = circuit_open.get_one(Sender, SENDER, populate_existing=True).trial
    move(circuit_open, [last or UUID(int=0)], status, now=NOW)
    assert len(take(circuit_open).texts) == 100


def test_an_open_circuit_counts_as_out_of_reach(circuit_open: Session) -> None:
    """The provider counts as out of reach from the fifth send on, so that texts that were never
    tried may go by another.
    """
    assert circuit_open.get_one(Provider, "twilio").failing_since == NOW
    advance(circuit_open, seconds(6))
    settle_all(circuit_open, take(circuit_open).texts, TAKEN)
    assert circuit_open.get_one(Provider, "twilio", populate_existing=True).failing_since is None


def test_an_open_circuit_in_a_pool_delays_no_other_sender(session: Session) -> None:
    """Numbers that belong to the sender with the open circuit wait; the rest, and new numbers, use
    the other.
    """
    for sender in (SENDER, OTHER):
        pacing.register(session, sender, 1000)
    for n in range(20):
        whose = SENDER if n < 10 else OTHER
        put_in(session, f"old-{n}", S.DELIVERED, to_number=number(n), sender=whose, accepted_at=NOW)
        put(session, f"text-{n}", to=number(n))
    mine = [one for one in take(session, SENDER, OTHER).texts if one.sender == SENDER]
    settle_all(session, mine, NOTHING)
    for n in range(20, 30):
        put(session, f"text-{n}", to=number(n))
    put(session, "again", to=number(1))
    went = take(session, SENDER, OTHER).texts
    assert (len(went), {one.sender for one in went}) == (10, {OTHER})


def test_of_many_workers_one_sends_the_trial(committed: Database) -> None:
    """Eight workers claim at the same moment when the pause is over: one of them gets one text."""
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
    committed: Database, worker: MakeWorker, simulator: SimulatorClient, answer: str
) -> None:
    """A hundred texts and a provider that answers none: the texts in flight become unknown, and the
    rest stay in the queue.

    When the provider is back, all that waited are sent, each once.
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
    simulator.remove_rules()
    with committed.begin() as session:
        advance(session, seconds(6))
    passed = sum(dispatcher.run_once().accepted for _ in range(3))
    assert passed == 100 - done.unknown
    assert len(simulator.requests()) == asked + passed
    with committed.begin() as session:
        left = session.scalar(select(func.count()).where(Message.status == S.QUEUED))
        assert (left, session.get_one(Sender, SENDER).unanswered) == (0, 0)
    sent = [text["body"] for text in simulator.texts()]
    assert len(sent) == len(set(sent))
