"""Workers that are lost, stopped or late, and a database that is away: nothing is sent twice."""

import threading
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, update
from sqlalchemy.exc import OperationalError

from engage.core.db import Database
from messaging.gateways.base import Accepted, Outcome, OutgoingText
from messaging.gateways.twilio.send import TwilioGateway
from messaging.sending.claim import lapse
from messaging.states import MessageStatus
from messaging.tables import Message
from tests.messaging.builders import (
    NOW,
    SENDER,
    MakeWorker,
    StoppedClock,
    let_leases_end,
    put_committed,
    put_many,
    read,
    statuses,
)
from tests.messaging.conftest import SimulatorClient

S = MessageStatus


def test_a_lost_workers_texts_become_unknown_and_are_not_sent_again(
    committed: Database, worker: MakeWorker, simulator: SimulatorClient
) -> None:
    """After its lease a text may have been sent: its status says so, and no worker claims it."""
    id = put_committed(committed, "one")
    with committed.begin() as session:
        session.execute(
            update(Message).values(
                status=S.SENDING, lease_until=func.clock_timestamp() - timedelta(seconds=1)
            )
        )
    done = worker().run_once()
    assert (done.lapsed, done.claimed) == (1, 0)
    message = read(committed, id)
    assert message.status is S.UNKNOWN
    assert "the worker that was sending it stopped" in (message.reason or "")
    assert simulator.requests() == []


def test_a_running_lease_is_respected(committed: Database, worker: MakeWorker) -> None:
    """A worker whose own clock is ten minutes fast takes nothing away from one that is sending."""
    put_committed(committed, "one")
    with committed.begin() as session:
        session.execute(
            update(Message).values(
                status=S.SENDING, lease_until=func.clock_timestamp() + timedelta(seconds=30)
            )
        )
        assert lapse(session) == 0
    assert worker(clock=StoppedClock(NOW + timedelta(minutes=10))).run_once().lapsed == 0


class Slow:
    """A provider that answers when the test allows it."""

    name = "twilio"
    senders = (SENDER,)

    def __init__(self) -> None:
        self.started = threading.Semaphore(0)
        self.let_go = threading.Event()
        self.sent: list[UUID] = []

    def send(self, outgoing: OutgoingText) -> Outcome:
        self.started.release()
        assert self.let_go.wait(10)
        self.sent.append(outgoing.id)
        return Accepted("SM" + outgoing.id.hex, "queued", 1)


def test_stop_finishes_started_sends_and_hands_back_the_rest(
    committed: Database, worker: MakeWorker
) -> None:
    """After a stop the two sends under way are settled as accepted; what no thread had started is
    queued again, for another worker.
    """
    put_many(committed, 10)
    slow = Slow()
    dispatcher = worker(gateway=slow, concurrency=2, batch=10)
    run = threading.Thread(target=dispatcher.run_once)
    run.start()
    for _ in range(2):
        assert slow.started.acquire(timeout=5)
    stop = threading.Thread(target=dispatcher.stop)
    stop.start()
    while not dispatcher._stopping.is_set():
        pass
    slow.let_go.set()
    run.join(10)
    stop.join(10)
    assert statuses(committed) == {"accepted": 2, "queued": 8}
    assert len(slow.sent) == 2
    assert worker(gateway=slow).run_once().accepted == 8


def test_a_text_near_the_end_of_its_lease_is_not_started(
    committed: Database, worker: MakeWorker
) -> None:
    """With too little of its lease left to send in, a text is handed back: another worker may soon
    count it as lost.
    """
    put_many(committed, 3)
    slow = Slow()
    dispatcher = worker(
        gateway=slow,
        concurrency=1,
        lease=timedelta(seconds=0.3),
        send_within=timedelta(seconds=0.2),
    )
    threading.Timer(0.4, slow.let_go.set).start()
    done = dispatcher.run_once()
    assert done.handed_back >= 2
    assert len(slow.sent) + statuses(committed).get("queued", 0) >= 3 - done.lapsed


def test_results_wait_for_the_database(
    committed: Database,
    worker: MakeWorker,
    simulator: SimulatorClient,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The database goes away between send and settle: the results are kept, written when it is
    back, and nothing is sent twice.
    """
    put_many(committed, 5)
    down = threading.Event()

    class Flaky:
        def __call__(self) -> Any:
            if down.is_set():
                raise OperationalError("COMMIT", {}, Exception("server closed the connection"))
            return committed.begin()

    class Cutting(TwilioGateway):
        def send(self, outgoing: OutgoingText) -> Outcome:
            outcome = super().send(outgoing)
            down.set()
            return outcome

    gateway = Cutting(
        "AC" + "0" * 32, "simulator-token", from_number=SENDER, api_base_url=simulator.url
    )
    monkeypatch.setattr("messaging.sending.dispatch._SETTLE_WAITS", (0.01,))
    dispatcher = worker(begin=Flaky(), gateway=gateway)
    with pytest.raises(OperationalError):
        dispatcher.run_once()
    assert statuses(committed) == {"sending": 5}
    down.clear()
    dispatcher.run_once()
    assert statuses(committed) == {"accepted": 5}
    assert len(simulator.texts()) == 5


def test_a_late_result_of_a_lost_worker_still_counts(
    committed: Database, worker: MakeWorker, simulator: SimulatorClient
) -> None:
    """A worker was so slow that its text became unknown: when it answers at last, its result is
    written.
    """
    put_committed(committed, "one")
    slow = Slow()
    dispatcher = worker(gateway=slow)
    run = threading.Thread(target=dispatcher.run_once)
    run.start()
    assert slow.started.acquire(timeout=5)
    let_leases_end(committed)
    assert worker().run_once().lapsed == 1
    assert statuses(committed) == {"unknown": 1}
    slow.let_go.set()
    run.join(10)
    assert statuses(committed) == {"accepted": 1}
    assert simulator.texts() == []


def test_one_result_that_cannot_be_written_affects_no_other(
    committed: Database, worker: MakeWorker
) -> None:
    """A provider that gives two texts one id breaks a constraint; the other texts are settled, and
    one of the two stays open.
    """
    ids = put_many(committed, 4)

    class Muddled:
        name = "twilio"
        senders = (SENDER,)

        def send(self, outgoing: OutgoingText) -> Outcome:
            same = outgoing.id in ids[:2]
            return Accepted("SM" + ("0" * 32 if same else outgoing.id.hex), "queued", 1)

    worker(gateway=Muddled()).run_once()
    assert statuses(committed) == {"accepted": 3, "sending": 1}


def test_the_lease_must_outlast_a_send(worker: MakeWorker) -> None:
    """Otherwise a text could count as lost while it is being sent."""
    with pytest.raises(ValueError, match="lease"):
        worker(lease=timedelta(seconds=10), send_within=timedelta(seconds=10))
