"""Claim, send and settle: one text each, whatever happens, against a faithful provider."""

import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from engage.db import Database
from messaging.claim import lapse
from messaging.dispatch import Claimed, Defer, Dispatcher, Verdict, Withhold
from messaging.gateways.base import Accepted, Outcome, OutgoingText
from messaging.gateways.twilio import TwilioGateway
from messaging.outbox import Lane, withdraw
from messaging.states import MessageStatus
from messaging.suppression import is_suppressed, suppress
from messaging.tables import Message, Sender
from tests.messaging.builders import (
    NOW,
    SENDER,
    StoppedClock,
    let_leases_end,
    number,
    put,
    put_committed,
    read,
)
from tests.messaging.conftest import FarEnd, gateway_to

S = MessageStatus
MakeWorker = Callable[..., Dispatcher]


def put_many(database: Database, count: int, **given: Any) -> list[UUID]:
    """So many texts, each to a number of its own."""
    with database.begin() as session:
        return [put(session, f"text-{n}", to=number(n % 1000), **given).id for n in range(count)]


def statuses(database: Database) -> dict[str, int]:
    """How many messages stand where."""
    with database.begin() as session:
        rows = session.execute(select(Message.status, func.count()).group_by(Message.status))
        return {status.value: count for status, count in rows}


def test_due_texts_go_out_and_are_accepted(
    committed: Database, worker: MakeWorker, simulator: FarEnd
) -> None:
    """Forty texts, one run: each is at the provider once and its row knows the provider's id, sender and worker."""
    ids = put_many(committed, 40)
    done = worker().run_once()
    assert (done.claimed, done.accepted) == (40, 40)
    ledger = {text["sid"]: text for text in simulator.texts()}
    assert len(ledger) == 40
    for id in ids:
        message = read(committed, id)
        assert message.status is S.ACCEPTED
        assert ledger[message.provider_sid or ""]["body"] == message.body
        assert (message.provider, message.sender, message.attempts) == ("twilio", SENDER, 1)
        assert message.lease_until is None


def test_the_callback_carries_our_id(committed: Database, worker: MakeWorker, simulator: FarEnd) -> None:
    """The status address that the provider is given names the message, beside whatever the address had already."""
    id = put_committed(committed, "one")
    worker(callback_url="http://127.0.0.1:9/status?x=1").run_once()
    assert simulator.texts()[0]["callback_url"] == f"http://127.0.0.1:9/status?x=1&mid={id}"


def test_most_urgent_lane_first_then_the_oldest(
    committed: Database, worker: MakeWorker, simulator: FarEnd
) -> None:
    """With one send at a time, the order at the provider is by lane and then by when it was due."""
    for n, lane in enumerate((Lane.BULK, Lane.REMINDER, Lane.SAFETY, Lane.REPLY, Lane.CODE, Lane.SAFETY)):
        due = NOW - timedelta(minutes=n)
        put_committed(committed, f"{n}-{lane.name}", body=f"{n}-{lane.name}", lane=lane, send_after=due)
    worker(concurrency=1).run_once()
    assert [text["body"] for text in simulator.texts()] == [
        "5-SAFETY",
        "2-SAFETY",
        "4-CODE",
        "3-REPLY",
        "1-REMINDER",
        "0-BULK",
    ]


def test_not_before_its_time_and_not_after_its_use(committed: Database, worker: MakeWorker) -> None:
    """A text waits for `send_after`, and past `expires_at` it ends with the reason instead of being sent."""
    early = put_committed(committed, "early", send_after=NOW + timedelta(minutes=1))
    stale = put_committed(committed, "stale", expires_at=NOW)
    clock = StoppedClock()
    dispatcher = worker(clock=clock)
    done = dispatcher.run_once()
    assert (done.claimed, done.expired) == (0, 1)
    assert read(committed, early).status is S.QUEUED
    gone = read(committed, stale)
    assert (gone.status, gone.ended_at) == (S.EXPIRED, NOW)
    assert gone.reason == "Its use was over before it could be sent"
    clock.moment += timedelta(minutes=1)
    assert dispatcher.run_once().accepted == 1


def test_the_guard_is_asked_last_and_its_word_is_kept(
    committed: Database, worker: MakeWorker, simulator: FarEnd
) -> None:
    """Withheld texts end with the reason, deferred ones wait, one deferred past its use is expired; the rest go."""
    ids = {
        name: put_committed(committed, name, context={"is": name})
        for name in ("go", "no", "later", "too-late")
    }

    def guard(session: Session, texts: Sequence[Claimed], now: Any) -> Mapping[UUID, Verdict]:
        says: dict[str, Verdict] = {
            "no": Withhold("In custody"),
            "later": Defer(NOW + timedelta(hours=1), "Quiet hours"),
            "too-late": Defer(NOW + timedelta(days=9), "Quiet hours"),
        }
        return {one.id: says[one.context["is"]] for one in texts if one.context["is"] in says}

    done = worker(guard=guard).run_once()
    assert (done.accepted, done.withheld, done.deferred, done.expired) == (1, 1, 1, 1)
    found = {name: read(committed, id) for name, id in ids.items()}
    assert (found["no"].status, found["no"].reason) == (S.WITHHELD, "In custody")
    assert (found["later"].status, found["later"].send_after) == (S.QUEUED, NOW + timedelta(hours=1))
    assert (found["later"].attempts, found["no"].attempts) == (0, 0)
    assert found["too-late"].status is S.EXPIRED
    assert "Quiet hours" in (found["too-late"].reason or "")
    assert [text["body"] for text in simulator.texts()] == ["Hello go"]


def test_a_guard_that_fails_on_one_text_holds_up_no_other(committed: Database, worker: MakeWorker) -> None:
    """The text it cannot judge is put off and not sent; the others go."""
    bad = put_committed(committed, "bad", to=number(13))
    put_many(committed, 10)

    def guard(session: Session, texts: Sequence[Claimed], now: Any) -> Mapping[UUID, Verdict]:
        if any(one.id == bad for one in texts):
            session.execute(text("SELECT 1 / 0"))
        return {}

    done = worker(guard=guard).run_once()
    assert (done.accepted, done.deferred) == (10, 1)
    assert read(committed, bad).status is S.QUEUED


def test_a_stopped_number_gets_nothing_but_the_confirmation(
    committed: Database, worker: MakeWorker, simulator: FarEnd
) -> None:
    """STOP in the last second still stops a text; the one that confirms the STOP goes."""
    with committed.begin() as session:
        suppress(session, number(1), "said STOP", "text 1", NOW)
        stopped = put(session, "one").id
        put(session, "two", body="You will get no more texts from us.", despite_stop=True)
    worker().run_once()
    message = read(committed, stopped)
    assert message.status is S.WITHHELD
    assert "said STOP" in (message.reason or "")
    assert [text["body"] for text in simulator.texts()] == ["You will get no more texts from us."]


def test_a_withdrawn_text_is_not_sent(committed: Database, worker: MakeWorker, simulator: FarEnd) -> None:
    """What was taken back before it was claimed never reaches the provider."""
    put_committed(committed, "one", group_key="appointment-1")
    with committed.begin() as session:
        withdraw(session, now=NOW, reason="Moved", group_key="appointment-1")
    assert worker().run_once().claimed == 0
    assert simulator.requests() == []


def test_four_workers_share_the_queue_and_send_each_text_once(
    committed: Database, worker: MakeWorker, simulator: FarEnd
) -> None:
    """Two hundred texts, four dispatchers at once: two hundred at the provider, none twice."""
    put_many(committed, 200)
    patient = gateway_to(simulator.url, timeout=30.0)
    workers = [worker(gateway=patient, concurrency=4, batch=8) for _ in range(4)]
    threads = [threading.Thread(target=one.run_once) for one in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    bodies = [text["body"] for text in simulator.texts()]
    assert len(bodies) == len(set(bodies)) == 200
    assert statuses(committed) == {"accepted": 200}
    with committed.begin() as session:
        assert len(set(session.scalars(select(Message.claimed_by)))) > 1


def test_no_session_is_open_while_the_provider_is_asked(committed: Database, worker: MakeWorker) -> None:
    """While sends are under way no connection of the worker sits in a transaction."""
    seen: list[int] = []

    class Watching:
        name = "twilio"
        senders = (SENDER,)

        def send(self, outgoing: OutgoingText) -> Outcome:
            with committed.engine.connect() as connection:
                open_now = connection.execute(
                    text(
                        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                        " AND state = 'idle in transaction' AND pid <> pg_backend_pid()"
                    )
                ).scalar_one()
                status = connection.execute(
                    select(Message.status).where(Message.id == outgoing.id)
                ).scalar_one()
            seen.append(open_now)
            assert status is S.SENDING
            return Accepted("SM" + outgoing.id.hex, "queued", 1)

    put_committed(committed, "one")
    assert worker(gateway=Watching()).run_once().accepted == 1
    assert seen == [0]


@pytest.mark.parametrize(
    ("rule", "status", "taken"),
    [
        ({"answer": "refuse", "code": 21614}, S.REFUSED, 0),
        ({"answer": "too_many"}, S.QUEUED, 0),
        ({"answer": "error_after"}, S.UNKNOWN, 1),
        ({"answer": "drop_before"}, S.UNKNOWN, 0),
        ({"answer": "hang_after", "hold": 1.5}, S.UNKNOWN, 1),
        ({"answer": "unreadable"}, S.UNKNOWN, 1),
    ],
)
def test_each_fault_of_the_provider_has_its_status(
    committed: Database,
    worker: MakeWorker,
    simulator: FarEnd,
    rule: dict[str, Any],
    status: MessageStatus,
    taken: int,
) -> None:
    """Refused, to be tried again, or unknown with the reason; and a second run sends none of them again at once."""
    simulator.script(rule)
    id = put_committed(committed, "one")
    dispatcher = worker()
    dispatcher.run_once()
    dispatcher.run_once()
    message = read(committed, id)
    assert message.status is status
    assert message.reason
    assert len(simulator.texts()) == taken
    assert len(simulator.requests()) <= 1


def test_after_too_many_it_is_tried_again_later(
    committed: Database, worker: MakeWorker, simulator: FarEnd
) -> None:
    """A 429 costs time and not the text: it is sent once its wait is over, and the sender goes slower."""
    simulator.script({"answer": "too_many", "times": 1})
    id = put_committed(committed, "one")
    clock = StoppedClock()
    dispatcher = worker(clock=clock)
    assert dispatcher.run_once().retried == 1
    assert read(committed, id).send_after > NOW
    with committed.begin() as session:
        assert session.get_one(Sender, SENDER).slowed_until is not None
        session.execute(update(Sender).values(next_free_at=func.clock_timestamp() - timedelta(minutes=1)))
    clock.moment += timedelta(seconds=10)
    assert dispatcher.run_once().accepted == 1
    assert read(committed, id).attempts == 2
    assert len(simulator.texts()) == 1


def test_a_stop_that_only_the_provider_knew_is_recorded(
    committed: Database, worker: MakeWorker, simulator: FarEnd
) -> None:
    """Refused with 21610, the number is stopped here too, and what else waits for it is withdrawn."""
    simulator.script({"answer": "refuse", "code": 21610})
    id = put_committed(committed, "one")
    waiting = put_committed(committed, "two", send_after=NOW + timedelta(hours=1))
    worker().run_once()
    with committed.begin() as session:
        assert is_suppressed(session, number(1))
    assert read(committed, id).status is S.REFUSED
    assert read(committed, waiting).status is S.WITHDRAWN


def test_a_lost_workers_texts_become_unknown_and_are_not_sent_again(
    committed: Database, worker: MakeWorker, simulator: FarEnd
) -> None:
    """When a lease is over the text may have been sent: its status says so, and no worker takes it up."""
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
    assert "worker that held it was lost" in (message.reason or "")
    assert simulator.requests() == []


def test_a_lease_that_still_runs_is_nobody_elses(committed: Database, worker: MakeWorker) -> None:
    """A worker whose own clock is ten minutes ahead takes nothing away from one that is sending."""
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
    """A provider that answers when it is let."""

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


def test_stop_finishes_what_is_begun_and_gives_the_rest_back(committed: Database, worker: MakeWorker) -> None:
    """On a stop the two sends under way are settled as accepted; what no thread had begun is queued again, for another worker."""
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


def test_a_text_held_too_long_is_not_begun(committed: Database, worker: MakeWorker) -> None:
    """With too little of its lease left to send in, a text goes back instead: another worker may soon call it lost."""
    put_many(committed, 3)
    slow = Slow()
    dispatcher = worker(
        gateway=slow, concurrency=1, lease=timedelta(seconds=0.3), send_within=timedelta(seconds=0.2)
    )
    threading.Timer(0.4, slow.let_go.set).start()
    done = dispatcher.run_once()
    assert done.handed_back >= 2
    assert len(slow.sent) + statuses(committed).get("queued", 0) >= 3 - done.lapsed


def test_results_wait_for_the_database(
    committed: Database, worker: MakeWorker, simulator: FarEnd, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database goes away between send and settle: the results are kept, written when it is back, and nothing is sent twice."""
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

    gateway = Cutting("AC" + "0" * 32, "simulator-token", from_number=SENDER, api_base_url=simulator.url)
    monkeypatch.setattr("messaging.dispatch._SETTLE_WAITS", (0.01,))
    dispatcher = worker(begin=Flaky(), gateway=gateway)
    with pytest.raises(OperationalError):
        dispatcher.run_once()
    assert statuses(committed) == {"sending": 5}
    down.clear()
    dispatcher.run_once()
    assert statuses(committed) == {"accepted": 5}
    assert len(simulator.texts()) == 5


def test_a_late_result_of_a_lost_worker_is_still_believed(
    committed: Database, worker: MakeWorker, simulator: FarEnd
) -> None:
    """A worker was so slow that its text was called unknown: when it answers at last, what it knows is written."""
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


def test_one_result_that_cannot_be_written_spoils_no_other(committed: Database, worker: MakeWorker) -> None:
    """A provider that gives two texts one id breaks a constraint; the other texts are settled, and one of the two stays open."""
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
    """Otherwise a text could be called lost while it is being sent."""
    with pytest.raises(ValueError, match="lease"):
        worker(lease=timedelta(seconds=10), send_within=timedelta(seconds=10))
