"""Unknown sends are resolved, and a text is sent again only when the provider is proved never to
have received it.
"""

from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update

from engage.core.db import Database
from messaging import receipts
from messaging.gateways.base import GatewayUnavailable, ProviderText
from messaging.gateways.twilio import webhooks as twilio
from messaging.gateways.twilio.send import TwilioGateway
from messaging.sending.dispatch import Dispatcher
from messaging.sending.reconcile import Reconciled, Schedule, check_now, settle_unknown
from messaging.states import MessageStatus
from messaging.tables import Message, Sender
from tests.messaging.builders import (
    NOW,
    let_leases_end,
    let_looks_be_due,
    number,
    put_committed,
    read,
)
from tests.messaging.conftest import SimulatorClient

S = MessageStatus
MakeWorker = Callable[..., Dispatcher]


def look(database: Database, gateway: TwilioGateway, **schedule: Any) -> Reconciled:
    """Make every unknown text due for a check, and check once."""
    with database.begin() as session:
        let_looks_be_due(session)
    return settle_unknown(database.begin, gateway, now=NOW, schedule=Schedule(**schedule))


@pytest.fixture
def lost(
    committed: Database, worker: MakeWorker, simulator: SimulatorClient
) -> Callable[..., UUID]:
    """Sends one text whose answer is lost, after the provider accepted it or before. The sender's
    circuit never opens, however many are lost.
    """

    def send(key: str, answer: str, **given: Any) -> UUID:
        simulator.script(
            {"answer": answer, "times": 1, **({"to": given["to"]} if "to" in given else {})}
        )
        id = put_committed(committed, key, **given)
        worker().run_once()
        assert read(committed, id).status is S.UNKNOWN
        with committed.begin() as session:
            session.execute(update(Sender).values(unanswered=0))
        return id

    return send


def test_a_text_that_the_provider_has_is_found(
    committed: Database,
    gateway: TwilioGateway,
    simulator: SimulatorClient,
    lost: Callable[..., UUID],
) -> None:
    """Accepted, and the answer lost: the list shows it, with its status, and it is not sent
    again.
    """
    id = lost("one", "drop_after")
    simulator.wait_until_idle()
    assert look(committed, gateway) == Reconciled(asked=1, found=1)
    message = read(committed, id)
    assert (message.status, message.provider_sid) == (S.DELIVERED, simulator.texts()[0]["sid"])
    assert message.reason is None
    assert len(simulator.texts()) == 1


def test_a_text_that_the_provider_never_received_is_sent_again(
    committed: Database,
    gateway: TwilioGateway,
    worker: MakeWorker,
    simulator: SimulatorClient,
    lost: Callable[..., UUID],
) -> None:
    """Two complete lists after the lease without it: it goes back to the queue, is sent, and the
    provider has it once.
    """
    id = lost("one", "drop_before")
    let_leases_end(committed)
    assert look(committed, gateway) == Reconciled(asked=1, open=1)
    assert look(committed, gateway) == Reconciled(asked=1, requeued=1)
    assert read(committed, id).status is S.QUEUED
    worker().run_once()
    assert read(committed, id).status is S.ACCEPTED
    assert len(simulator.texts()) == 1


def test_while_the_lease_runs_absence_proves_nothing(
    committed: Database, gateway: TwilioGateway, lost: Callable[..., UUID]
) -> None:
    """The request may still be under way: however often the list is read, the text stays
    unknown.
    """
    id = lost("one", "drop_before")
    for _ in range(5):
        assert look(committed, gateway) == Reconciled(asked=1, open=1)
    assert read(committed, id).status is S.UNKNOWN


def test_too_late_it_is_expired_and_not_sent(
    committed: Database, gateway: TwilioGateway, lost: Callable[..., UUID]
) -> None:
    """Proved never received, but too late to send: the record says that it was not sent."""
    id = lost("one", "drop_before")
    with committed.begin() as session:
        session.execute(update(Message).values(expires_at=NOW))
    let_leases_end(committed)
    look(committed, gateway)
    assert look(committed, gateway) == Reconciled(asked=1, expired=1)
    assert read(committed, id).status is S.EXPIRED


def test_a_provider_that_cannot_be_asked_proves_nothing(
    committed: Database,
    gateway: TwilioGateway,
    simulator: SimulatorClient,
    lost: Callable[..., UUID],
) -> None:
    """An error on the list does not count as a check: the text stays unknown, with its schedule
    unchanged.
    """
    id = lost("one", "drop_before")
    let_leases_end(committed)
    simulator.script({"on": "list", "answer": "error_before"})
    for _ in range(4):
        assert look(committed, gateway) == Reconciled(asked=1, unavailable=1)
    message = read(committed, id)
    assert (message.status, message.reconcile_looks) == (S.UNKNOWN, 0)


def test_a_callback_with_our_id_is_the_answer(
    committed: Database,
    gateway: TwilioGateway,
    simulator: SimulatorClient,
    lost: Callable[..., UUID],
) -> None:
    """The callback settles it before anyone asks; then there is nothing to ask."""
    id = lost("one", "drop_after")
    params = {"MessageSid": simulator.texts()[0]["sid"], "MessageStatus": "sent"}
    with committed.begin() as session:
        receipts.store(session, twilio.read_receipt(params, str(id)), now=NOW)
        receipts.apply_waiting(session, NOW, 10)
    assert read(committed, id).status is S.SENT
    assert look(committed, gateway) == Reconciled()


def test_another_messages_text_with_the_same_words_is_not_taken_for_it(
    committed: Database,
    gateway: TwilioGateway,
    worker: MakeWorker,
    simulator: SimulatorClient,
    lost: Callable[..., UUID],
) -> None:
    """The same words were sent to the same phone before, and that text is accounted for: the lost
    one was never received, and is sent again.
    """
    put_committed(committed, "one", body="See you at 10")
    worker().run_once()
    id = lost("two", "drop_before", body="See you at 10")
    let_leases_end(committed)
    look(committed, gateway)
    assert look(committed, gateway) == Reconciled(asked=1, requeued=1)
    worker().run_once()
    assert read(committed, id).status is S.ACCEPTED
    assert len(simulator.texts()) == 2


def test_two_lost_texts_with_the_same_words_both_accepted(
    committed: Database,
    gateway: TwilioGateway,
    simulator: SimulatorClient,
    lost: Callable[..., UUID],
) -> None:
    """As many in the list as were lost: each gets a different one."""
    ids = [lost(key, "drop_after", body="See you at 10") for key in ("one", "two")]
    assert look(committed, gateway) == Reconciled(asked=2, found=2)
    sids = {read(committed, id).provider_sid for id in ids}
    assert sids == {text["sid"] for text in simulator.texts()}
    assert len(sids) == 2


def test_of_two_lost_texts_with_the_same_words_none_is_matched_by_guessing(
    committed: Database,
    gateway: TwilioGateway,
    simulator: SimulatorClient,
    lost: Callable[..., UUID],
) -> None:
    """The list cannot show which of the two it was: both stay unknown and say why, and neither is
    sent again.
    """
    ids = [
        lost(key, answer, body="See you at 10")
        for key, answer in (("one", "drop_after"), ("two", "drop_before"))
    ]
    let_leases_end(committed)
    for _ in range(2):
        assert look(committed, gateway, give_up_after=3) == Reconciled(asked=2, open=2)
    assert look(committed, gateway, give_up_after=3) == Reconciled(asked=2, given_up=2)
    assert look(committed, gateway) == Reconciled()
    for id in ids:
        message = read(committed, id)
        assert message.status is S.UNKNOWN
        assert "same words" in (message.reason or "")
    assert len(simulator.texts()) == 1
    with committed.begin() as session:
        receipts.store(
            session,
            twilio.read_receipt(
                {"MessageSid": simulator.texts()[0]["sid"], "MessageStatus": "delivered"},
                str(ids[0]),
            ),
            now=NOW,
        )
        receipts.apply_waiting(session, NOW, 10)
        assert check_now(session, ids[1])
        assert not check_now(session, ids[0])
    look(committed, gateway)
    assert look(committed, gateway) == Reconciled(asked=1, requeued=1)


def test_a_text_being_sent_may_own_a_listed_text(
    committed: Database, gateway: TwilioGateway, lost: Callable[..., UUID]
) -> None:
    """A worker has claimed a second text with the same words: the text in the list may be that one,
    so nothing is concluded.
    """
    lost("one", "drop_after", body="See you at 10")
    other = put_committed(committed, "two", body="See you at 10")
    with committed.begin() as session:
        session.execute(
            update(Message).where(Message.id == other).values(status=S.SENDING, provider="twilio")
        )
    assert look(committed, gateway) == Reconciled(asked=1, open=1)


def test_two_workers_ask_once(
    committed: Database, gateway: TwilioGateway, lost: Callable[..., UUID]
) -> None:
    """A text that one worker is asking about is left alone by the others."""
    for n in range(6):
        lost(f"text-{n}", "drop_after", to=number(n))
    with committed.begin() as session:
        let_looks_be_due(session)
    start, done = Barrier(3), list[Reconciled]()

    def run() -> None:
        start.wait()
        done.append(settle_unknown(committed.begin, gateway, now=NOW, limit=3))

    threads = [Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(one.asked for one in done) == sum(one.found for one in done) == 6
    with committed.begin() as session:
        sids = session.scalars(select(Message.provider_sid)).all()
    assert len(set(sids)) == 6


def test_while_one_worker_asks_no_other_does_until_the_hold_is_over(
    committed: Database,
    gateway: TwilioGateway,
    simulator: SimulatorClient,
    lost: Callable[..., UUID],
) -> None:
    """A worker that dies between taking a question and judging the answer keeps it from the others
    for the length of the hold, not longer.
    """
    id = lost("one", "drop_after")
    with committed.begin() as session:
        let_looks_be_due(session)

    class Dying:
        name = "twilio"

        def find(self, to: str, since: object, ids: object) -> list[ProviderText]:
            raise KeyboardInterrupt

    hold = Schedule(hold=timedelta(seconds=40))
    with pytest.raises(KeyboardInterrupt):
        settle_unknown(committed.begin, Dying(), now=NOW, schedule=hold)  # type: ignore[arg-type]
    with committed.begin() as session:
        moment = session.connection().exec_driver_sql("SELECT clock_timestamp()").scalar_one()
    held = read(committed, id).reconcile_at
    assert held is not None
    assert timedelta(seconds=30) < held - moment <= hold.hold
    assert settle_unknown(committed.begin, gateway, now=NOW, schedule=hold) == Reconciled()
    _advance(committed, timedelta(seconds=20))
    assert settle_unknown(committed.begin, gateway, now=NOW, schedule=hold) == Reconciled()
    _advance(committed, timedelta(seconds=21))
    assert settle_unknown(committed.begin, gateway, now=NOW, schedule=hold) == Reconciled(
        asked=1, found=1
    )
    assert len(simulator.texts()) == 1


def test_a_list_that_could_not_be_read_is_read_again_when_the_hold_is_over(
    committed: Database,
    gateway: TwilioGateway,
    simulator: SimulatorClient,
    lost: Callable[..., UUID],
) -> None:
    """A failed check does not count against the text, and the next comes after the hold, whatever
    the other waits are.
    """
    id = lost("one", "drop_after")
    with committed.begin() as session:
        let_looks_be_due(session)
    simulator.script({"on": "list", "answer": "error_before", "times": 1})
    hold = Schedule(
        hold=timedelta(seconds=40), first_wait=timedelta(days=1), longest_wait=timedelta(days=1)
    )
    assert settle_unknown(committed.begin, gateway, now=NOW, schedule=hold) == Reconciled(
        asked=1, unavailable=1
    )
    assert read(committed, id).reconcile_looks == 0
    assert settle_unknown(committed.begin, gateway, now=NOW, schedule=hold) == Reconciled()
    _advance(committed, timedelta(seconds=41))
    assert settle_unknown(committed.begin, gateway, now=NOW, schedule=hold) == Reconciled(
        asked=1, found=1
    )


def _advance(database: Database, gone: timedelta) -> None:
    """Move the planned checks back, as if that long had passed."""
    with database.begin() as session:
        session.execute(update(Message).values(reconcile_at=Message.reconcile_at - gone))


def test_checks_come_less_and_less_often(
    committed: Database, gateway: TwilioGateway, lost: Callable[..., UUID]
) -> None:
    """Each check without a result doubles the wait for the next."""
    id = lost("one", "drop_before")
    waits = []
    for _ in range(3):
        with committed.begin() as session:
            let_looks_be_due(session)
            before = session.connection().exec_driver_sql("SELECT clock_timestamp()").scalar_one()
        settle_unknown(committed.begin, gateway, now=NOW)
        at = read(committed, id).reconcile_at
        assert at is not None
        waits.append((at - before) // timedelta(seconds=10) * 10)
    assert waits == [30, 60, 120]


def test_nothing_is_asked_with_a_session_open(
    committed: Database, lost: Callable[..., UUID]
) -> None:
    """While the provider lists texts, no transaction of ours is open."""
    lost("one", "drop_before")

    class Watching:
        name = "twilio"

        def find(self, to: str, since: object, ids: object) -> list[ProviderText]:
            with committed.engine.connect() as connection:
                open_now = connection.exec_driver_sql(
                    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                    " AND state = 'idle in transaction' AND pid <> pg_backend_pid()"
                ).scalar_one()
            assert open_now == 0
            raise GatewayUnavailable("enough seen")

    assert look(committed, Watching()) == Reconciled(asked=1, unavailable=1)  # type: ignore[arg-type]
