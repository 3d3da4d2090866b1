"""Claim, send and settle: one text each, whatever happens, with a faithful provider."""

import threading
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from engage.core.db import Database
from messaging.gateways.base import Accepted, Outcome, OutgoingText
from messaging.outbox import Lane, withdraw
from messaging.sending.dispatch import (
    Claimed,
    Defer,
    Verdict,
    Withhold,
)
from messaging.states import MessageStatus
from messaging.suppression import is_suppressed, suppress
from messaging.tables import Message, Sender
from tests.messaging.builders import (
    NOW,
    SENDER,
    MakeWorker,
    StoppedClock,
    number,
    put,
    put_committed,
    put_many,
    read,
    statuses,
)
from tests.messaging.conftest import SimulatorClient, gateway_to

S = MessageStatus


def test_due_texts_are_sent_and_accepted(
    committed: Database, worker: MakeWorker, simulator: SimulatorClient
) -> None:
    """Forty texts, one run: each is at the provider once and its row has the provider's id, sender
    and worker.
    """
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


def test_the_callback_carries_our_id(
    committed: Database, worker: MakeWorker, simulator: SimulatorClient
) -> None:
    """The status address given to the provider names the message, in addition to the address's own
    query.
    """
    id = put_committed(committed, "one")
    worker(callback_url="http://127.0.0.1:9/status?x=1").run_once()
    assert simulator.texts()[0]["callback_url"] == f"http://127.0.0.1:9/status?x=1&mid={id}"


def test_most_urgent_lane_first_then_the_oldest(
    committed: Database, worker: MakeWorker, simulator: SimulatorClient
) -> None:
    """With one send at a time, the order at the provider is by lane and then by due time."""
    for n, lane in enumerate(
        (Lane.BULK, Lane.REMINDER, Lane.SAFETY, Lane.REPLY, Lane.CODE, Lane.SAFETY)
    ):
        due = NOW - timedelta(minutes=n)
        put_committed(
            committed, f"{n}-{lane.name}", body=f"{n}-{lane.name}", lane=lane, send_after=due
        )
    worker(concurrency=1).run_once()
    assert [text["body"] for text in simulator.texts()] == [
        "5-SAFETY",
        "2-SAFETY",
        "4-CODE",
        "3-REPLY",
        "1-REMINDER",
        "0-BULK",
    ]


def test_not_before_its_time_and_not_after_its_expiry(
    committed: Database, worker: MakeWorker
) -> None:
    """A text waits for `send_after`; after `expires_at` it expires with the reason instead of being
    sent.
    """
    early = put_committed(committed, "early", send_after=NOW + timedelta(minutes=1))
    stale = put_committed(committed, "stale", expires_at=NOW)
    clock = StoppedClock()
    dispatcher = worker(clock=clock)
    done = dispatcher.run_once()
    assert (done.claimed, done.expired) == (0, 1)
    assert read(committed, early).status is S.QUEUED
    gone = read(committed, stale)
    assert (gone.status, gone.ended_at) == (S.EXPIRED, NOW)
    assert gone.reason == "Too late to send"
    clock.moment += timedelta(minutes=1)
    assert dispatcher.run_once().accepted == 1


def test_the_guards_verdicts_are_applied(
    committed: Database, worker: MakeWorker, simulator: SimulatorClient
) -> None:
    """Withheld texts end with the reason, deferred ones wait, one deferred past its expiry expires;
    the rest are sent.
    """
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
    assert (found["later"].status, found["later"].send_after) == (
        S.QUEUED,
        NOW + timedelta(hours=1),
    )
    assert (found["later"].attempts, found["no"].attempts) == (0, 0)
    assert found["too-late"].status is S.EXPIRED
    assert "Quiet hours" in (found["too-late"].reason or "")
    assert [text["body"] for text in simulator.texts()] == ["Hello go"]


def test_a_guard_that_fails_on_one_text_delays_no_other(
    committed: Database, worker: MakeWorker
) -> None:
    """The text it cannot judge is deferred and not sent; the others are sent."""
    bad = put_committed(committed, "bad", to=number(13))
    put_many(committed, 10)

    def guard(session: Session, texts: Sequence[Claimed], now: Any) -> Mapping[UUID, Verdict]:
        if any(one.id == bad for one in texts):
            session.execute(text("SELECT 1 / 0"))
        return {}

    done = worker(guard=guard).run_once()
    assert (done.accepted, done.deferred) == (10, 1)
    assert read(committed, bad).status is S.QUEUED


def test_a_suppressed_number_gets_only_the_confirmation(
    committed: Database, worker: MakeWorker, simulator: SimulatorClient
) -> None:
    """A STOP in the last second still stops a text; the one that confirms the STOP is sent."""
    with committed.begin() as session:
        suppress(session, number(1), "said STOP", "text 1", NOW)
        stopped = put(session, "one").id
        put(session, "two", body="You will get no more texts from us.", despite_stop=True)
    worker().run_once()
    message = read(committed, stopped)
    assert message.status is S.WITHHELD
    assert "said STOP" in (message.reason or "")
    assert [text["body"] for text in simulator.texts()] == ["You will get no more texts from us."]


def test_a_withdrawn_text_is_not_sent(
    committed: Database, worker: MakeWorker, simulator: SimulatorClient
) -> None:
    """A text withdrawn before it was claimed never reaches the provider."""
    put_committed(committed, "one", group_key="appointment-1")
    with committed.begin() as session:
        withdraw(session, now=NOW, reason="Moved", group_key="appointment-1")
    assert worker().run_once().claimed == 0
    assert simulator.requests() == []


def test_four_workers_share_the_queue_and_send_each_text_once(
    committed: Database, worker: MakeWorker, simulator: SimulatorClient
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


def test_no_session_is_open_while_the_provider_is_asked(
    committed: Database, worker: MakeWorker
) -> None:
    """While sends are under way none of the worker's connections is in a transaction."""
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
    simulator: SimulatorClient,
    rule: dict[str, Any],
    status: MessageStatus,
    taken: int,
) -> None:
    """Refused, queued again, or unknown with the reason; a second run sends none of them again at
    once.
    """
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
    committed: Database, worker: MakeWorker, simulator: SimulatorClient
) -> None:
    """A 429 costs time and not the text: it is sent when its wait is over, and the sender is
    slowed.
    """
    simulator.script({"answer": "too_many", "times": 1})
    id = put_committed(committed, "one")
    clock = StoppedClock()
    dispatcher = worker(clock=clock)
    assert dispatcher.run_once().retried == 1
    assert read(committed, id).send_after > NOW
    with committed.begin() as session:
        assert session.get_one(Sender, SENDER).slowed_until is not None
        session.execute(
            update(Sender).values(next_free_at=func.clock_timestamp() - timedelta(minutes=1))
        )
    clock.moment += timedelta(seconds=10)
    assert dispatcher.run_once().accepted == 1
    assert read(committed, id).attempts == 2
    assert len(simulator.texts()) == 1


def test_a_stop_that_only_the_provider_knew_is_recorded(
    committed: Database, worker: MakeWorker, simulator: SimulatorClient
) -> None:
    """After a refusal with 21610 the number is suppressed here too, and its other queued texts are
    withdrawn.
    """
    simulator.script({"answer": "refuse", "code": 21610})
    id = put_committed(committed, "one")
    waiting = put_committed(committed, "two", send_after=NOW + timedelta(hours=1))
    worker().run_once()
    with committed.begin() as session:
        assert is_suppressed(session, number(1))
    assert read(committed, id).status is S.REFUSED
    assert read(committed, waiting).status is S.WITHDRAWN
