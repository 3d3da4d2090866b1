"""GOV.UK Notify through the gateway: its own client library, over real HTTP, to the simulator's
Notify.
"""

import logging
import socket
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import requests
from sqlalchemy import select

from engage.core.db import Database
from messaging import receipts
from messaging.gateways.base import (
    Accepted,
    Gateway,
    GatewayUnavailable,
    NotOffered,
    NotProcessed,
    Outcome,
    Refused,
    Unknown,
)
from messaging.gateways.notify import codes
from messaging.gateways.notify.send import NotifyGateway
from messaging.gateways.notify.webhooks import read_receipt
from messaging.gateways.registry import NOTIFY
from messaging.outbox import Route
from messaging.sending import retry
from messaging.sending.dispatch import Dispatcher
from messaging.sending.reconcile import Schedule, settle_unknown
from messaging.states import MessageStatus
from messaging.tables import Message, Receipt
from tests.messaging.builders import (
    NOW,
    StoppedClock,
    allow_all,
    let_leases_end,
    let_looks_be_due,
    number,
    put_committed,
    read,
)
from tests.messaging.gateways.by_notify import ACCOUNT, gateway_to, outgoing
from tests.simulator import Simulator, simulator_thread

S = MessageStatus
ANN = number(1)


@pytest.fixture(scope="module")
def running() -> Iterator[Simulator]:
    """One simulator for the module; it posts nowhere."""
    with simulator_thread(inbound_url=None, notify=ACCOUNT) as simulator:
        yield simulator


@pytest.fixture
def simulator(running: Simulator) -> Simulator:
    """The simulator, empty."""
    running.reset()
    return running


@pytest.fixture
def gateway(simulator: Simulator) -> NotifyGateway:
    """The real gateway, pointed at the simulator."""
    return gateway_to(simulator.url)


def test_it_is_a_gateway() -> None:
    """It has the type of a gateway, as Twilio's has."""
    standing: Gateway = gateway_to("http://127.0.0.1:9")
    assert (standing.name, list(standing.senders)) == ("notify", ["notify"])


def test_an_accepted_text_is_what_was_asked_for(
    gateway: NotifyGateway, simulator: Simulator
) -> None:
    """The same words, and our id as the reference."""
    text = outgoing("Siân, dŵr\nnext line")
    outcome = gateway.send(text)
    assert isinstance(outcome, Accepted) and outcome.segments is None
    (row,) = simulator.get("/simulator/ledger")["texts"]
    assert (row["sid"], row["reference"], row["provider"]) == (outcome.sid, str(text.id), "notify")
    assert (row["to"], row["body"], row["from"]) == (ANN, "Siân, dŵr\nnext line", ACCOUNT.number)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (
            21614,
            Refused(codes.BAD_NUMBER, codes.CODES.words(codes.BAD_NUMBER), permanent=True),
        ),
        (21617, Refused(codes.REFUSED, codes.CODES.words(codes.REFUSED))),
        (63038, NotProcessed(codes.DAILY_LIMIT)),
        (30002, NotProcessed(codes.ACCOUNT)),
    ],
    ids=["no mobile", "its words", "day's limit", "trial account"],
)
def test_a_refusal_is_about_the_number_the_words_or_our_account(
    gateway: NotifyGateway, simulator: Simulator, code: int, expected: Outcome
) -> None:
    """Only the first two refuse this text; a problem with our account may be corrected before the
    text expires.
    """
    simulator.script(answer="refuse", code=code)
    assert gateway.send(outgoing()) == expected
    assert simulator.accepted() == 0


def test_a_number_that_cannot_exist_is_refused_for_good(gateway: NotifyGateway) -> None:
    """Without a script: the simulator checks the number as Notify does."""
    outcome = gateway.send(outgoing(to="+44123"))
    assert isinstance(outcome, Refused) and outcome.permanent


@pytest.mark.parametrize("wrong", ["key", "template"])
def test_a_wrong_setting_refuses_no_text(simulator: Simulator, wrong: str) -> None:
    """A wrong key or template is for the administrator to correct: the texts wait."""
    given = {"template_id": str(uuid4())} if wrong == "template" else {}
    gateway = gateway_to(simulator.url, **given)
    if wrong == "key":
        gateway._given["api_key"] = f"stranger-{uuid4()}-{uuid4()}"
    assert gateway.send(outgoing()) == NotProcessed(codes.ACCOUNT)


def test_too_fast_is_not_processed(gateway: NotifyGateway, simulator: Simulator) -> None:
    """Notify's rate limit: nothing was accepted, the sender slows."""
    simulator.script(answer="too_many")
    assert gateway.send(outgoing()) == NotProcessed(429)
    assert retry.after(
        NotProcessed(429),
        codes=codes.CODES,
        attempts=1,
        now=NOW,
        expires_at=NOW + timedelta(days=1),
        chance=0.5,
    ).slow_sender


@pytest.mark.parametrize(
    ("answer", "taken"),
    [
        ("error_before", 0),
        ("error_after", 1),
        ("drop_before", 0),
        ("drop_after", 1),
        ("hang_before", 0),
        ("hang_after", 1),
        ("unreadable", 1),
        ("empty", 1),
    ],
)
def test_without_a_clear_answer_the_outcome_is_unknown(
    gateway: NotifyGateway, simulator: Simulator, answer: str, taken: int
) -> None:
    """The library raises one error for a server error and for a broken connection; neither says
    whether the text was accepted.
    """
    simulator.script(answer=answer, **({"hold": 1.5} if answer.startswith("hang") else {}))
    assert isinstance(gateway.send(outgoing()), Unknown)
    assert simulator.accepted() == taken


def test_nothing_listening_is_not_processed() -> None:
    """A refused connection never carried the text, although the library calls it a 503."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        assert (
            gateway_to(f"http://127.0.0.1:{taken.getsockname()[1]}").send(outgoing())
            == NotProcessed()
        )


def test_the_library_logs_nothing(
    gateway: NotifyGateway, simulator: Simulator, caplog: pytest.LogCaptureFixture
) -> None:
    """Its log lines contain requests and answers."""
    with caplog.at_level(logging.DEBUG):
        simulator.script(answer="error_before", times=1)
        gateway.send(outgoing())
        gateway.send(outgoing())
    assert [line for line in caplog.records if line.name.startswith("notifications")] == []


def test_many_threads_have_a_client_each(gateway: NotifyGateway, simulator: Simulator) -> None:
    """The library's client is not thread-safe: twenty threads at once, twenty texts."""
    texts = [outgoing(f"text {n}", number(n)) for n in range(20)]
    threads = [threading.Thread(target=gateway.send, args=(text,)) for text in texts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {text.body for text in simulator.ledger()} == {text.body for text in texts}


def test_texts_are_found_by_our_id(gateway: NotifyGateway, simulator: Simulator) -> None:
    """The texts with the given ids, each with its id; no others."""
    simulator.script(ends="undelivered", error_code=30005, contains="gone")
    ours, gone, other = outgoing("ours"), outgoing("gone"), outgoing("other")
    for text in (ours, gone, other):
        gateway.send(text)
    simulator.settle()
    found = {one.id: one for one in gateway.find(ANN, NOW, [ours.id, gone.id, uuid4()])}
    assert set(found) == {ours.id, gone.id}
    assert (found[ours.id].status, found[ours.id].body, found[ours.id].to) == (
        "delivered",
        "ours",
        ANN,
    )
    assert (found[gone.id].status, found[gone.id].error_code) == (
        "permanent-failure",
        codes.PERMANENT,
    )


@pytest.mark.parametrize("answer", ["error_before", "drop_before", "unreadable", "empty"])
def test_a_list_that_cannot_be_read_proves_nothing(
    gateway: NotifyGateway, simulator: Simulator, answer: str
) -> None:
    """Nothing is concluded from a server error, a broken connection or an unreadable answer."""
    simulator.script(on="list", answer=answer)
    with pytest.raises(GatewayUnavailable):
        gateway.find(ANN, NOW, [uuid4()])


def test_nothing_is_erased_on_request(gateway: NotifyGateway) -> None:
    """Notify has no such call: it erases by its own settings."""
    with pytest.raises(NotOffered):
        gateway.redact(str(uuid4()))


def test_a_key_and_an_address_are_required() -> None:
    """A gateway that could not send is not created."""
    with pytest.raises(ValueError, match="key"):
        NotifyGateway("secret", ACCOUNT.template_id)
    with pytest.raises(ValueError, match="http"):
        gateway_to("ftp://somewhere")


# The engine with Notify: claim, send, settle, receipts, unknown.


@pytest.fixture
def worker(committed: Database, gateway: NotifyGateway) -> Iterator[Callable[[], Dispatcher]]:
    """Makes dispatchers that send through Notify; they are stopped when the test ends."""
    made: list[Dispatcher] = []

    def make() -> Dispatcher:
        made.append(
            Dispatcher(committed.begin, gateway, allow_all, None, StoppedClock(), f"w{len(made)}")
        )
        return made[-1]

    yield make
    for dispatcher in made:
        dispatcher.stop(10)


def put(database: Database, key: str, **given: Any) -> UUID:
    """A queued text that goes through Notify."""
    return put_committed(database, key, route=Route(NOTIFY.name), **given)


def test_a_text_goes_by_notify_and_its_receipt_finds_it(
    committed: Database, worker: Callable[[], Dispatcher], simulator: Simulator
) -> None:
    """Accepted under Notify's id; the receipt names ours."""
    id = put(committed, "one")
    assert worker().run_once().accepted == 1
    message = read(committed, id)
    assert (message.status, message.provider, message.sender) == (S.ACCEPTED, "notify", "notify")
    said = read_receipt({"id": message.provider_sid, "reference": str(id), "status": "delivered"})
    with committed.begin() as session:
        assert receipts.store(session, said, now=NOW)
        assert not receipts.store(session, said, now=NOW)
        (applied,) = receipts.apply_waiting(session, NOW)
    assert (applied.message_id, applied.new) == (id, S.DELIVERED)


def test_a_receipt_of_one_provider_moves_no_text_of_the_other(
    committed: Database, worker: Callable[[], Dispatcher], simulator: Simulator
) -> None:
    """Whatever id it names: Notify cannot report on a text that goes through Twilio."""
    id = put_committed(committed, "one")
    with committed.begin() as session:
        receipts.store(
            session,
            read_receipt({"id": "n1", "reference": str(id), "status": "delivered"}),
            now=NOW,
        )
        assert receipts.apply_waiting(session, NOW) == []
        assert "another text" in (session.scalars(select(Receipt)).one().problem or "")
    assert read(committed, id).status is S.QUEUED


@pytest.mark.parametrize(("answer", "sent_again"), [("drop_after", False), ("drop_before", True)])
def test_an_unknown_is_found_by_its_reference_or_sent_again(
    committed: Database,
    worker: Callable[[], Dispatcher],
    gateway: NotifyGateway,
    simulator: Simulator,
    answer: str,
    sent_again: bool,
) -> None:
    """A text that Notify has under our id is found, although another text has the same words; one
    it never received goes back to the queue, once.
    """
    simulator.script(answer=answer, times=1)
    id = put(committed, "one", body="the same words")
    worker().run_once()
    assert read(committed, id).status is S.UNKNOWN
    gateway.send(outgoing("the same words"))
    simulator.settle()
    let_leases_end(committed)
    for _ in range(2):
        with committed.begin() as session:
            let_looks_be_due(session)
        settle_unknown(committed.begin, gateway, now=NOW, schedule=Schedule())
    worker().run_once()
    message = read(committed, id)
    assert message.status is (S.ACCEPTED if sent_again else S.DELIVERED)
    with committed.begin() as session:
        assert session.scalars(select(Message.provider_sid)).one() == message.provider_sid
    references = [row["reference"] for row in simulator.get("/simulator/ledger")["texts"]]
    assert references.count(str(id)) == 1


def test_a_text_that_notify_may_have_forgotten_is_never_sent_again(
    committed: Database,
    worker: Callable[[], Dispatcher],
    gateway: NotifyGateway,
    simulator: Simulator,
) -> None:
    """It keeps a text for a week: after that its absence proves nothing."""
    simulator.script(answer="drop_before", times=1)
    id = put(committed, "one", expires_at=NOW + timedelta(days=30))
    worker().run_once()
    let_leases_end(committed, timedelta(days=8))
    for _ in range(3):
        with committed.begin() as session:
            let_looks_be_due(session)
        settle_unknown(committed.begin, gateway, now=NOW, schedule=Schedule())
    assert read(committed, id).status is S.UNKNOWN


def test_the_two_accounts_do_not_see_each_other(simulator: Simulator) -> None:
    """Twilio's list shows none of Notify's texts, and vice versa."""
    gateway_to(simulator.url).send(outgoing())
    simulator.client().messages.create(to=ANN, from_=ACCOUNT_NUMBER, body="by Twilio")
    assert [one.body for one in simulator.client().messages.list(to=ANN)] == ["by Twilio"]
    listed = gateway_to(simulator.url)._client().get_all_notifications()["notifications"]
    assert [row["body"] for row in listed] == ["Hello"]


ACCOUNT_NUMBER = "+447700900999"


@pytest.mark.parametrize(
    ("path", "status"),
    [("/v2/notifications", 403), ("/v2/nowhere", 403), ("/v2/notifications/x", 403)],
)
def test_strangers_are_refused_in_notifys_format(
    simulator: Simulator, path: str, status: int
) -> None:
    """A request without a token is refused."""
    answer = requests.get(f"{simulator.url}{path}", timeout=5)
    assert answer.status_code == status
    assert answer.json()["errors"][0]["error"] == "AuthError"
