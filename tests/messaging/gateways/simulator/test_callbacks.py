"""The simulator's scripted status callbacks: early, late, repeated, withheld or out of order."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from requests.exceptions import ConnectionError as NoConnection
from twilio.rest import Client

from messaging.gateways.simulator import Between, Delays
from tests.simulator import ENGAGE, Simulator, simulator_thread
from tests.webhook_receiver import Receiver, webhook_receiver

ANN = "+447700900123"
AT_ONCE = Delays(*[Between(0, 0)] * 4)


@pytest.fixture(scope="module")
def running() -> Iterator[Simulator]:
    """One simulator for the module, without delays."""
    with simulator_thread(delays=AT_ONCE, inbound_url=None, hold=5) as simulator:
        yield simulator


@pytest.fixture
def simulator(running: Simulator) -> Simulator:
    """The simulator, empty."""
    running.reset()
    return running


@pytest.fixture
def client(running: Simulator) -> Iterator[Client]:
    """Twilio's library, which gives up after a second."""
    client: Any = running.client(timeout=2)
    yield client
    client.http_client.session.close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Where status callbacks are posted."""
    with webhook_receiver() as receiver:
        yield receiver


def send(client: Any, **changes: Any) -> Any:
    """Send a text to Ann, with these changes."""
    return client.messages.create(**{"to": ANN, "from_": ENGAGE, "body": "Hello", **changes})


def test_callbacks_before_the_answer(
    simulator: Simulator, client: Client, receiver: Receiver
) -> None:
    """early: the last receipt is in before the caller knows the sid."""
    simulator.script(early=True)
    sid = send(client, status_callback=f"{receiver.url}/status?mid=1").sid
    assert receiver.statuses() == ["sending", "sent", "delivered"]
    assert receiver.posts[0].params["MessageSid"] == sid


def test_callbacks_of_a_text_whose_answer_was_lost(
    simulator: Simulator, client: Client, receiver: Receiver
) -> None:
    """After a dropped answer the callback with our own id is the only report."""
    simulator.script(answer="drop_after")
    with pytest.raises(NoConnection):
        send(client, status_callback=f"{receiver.url}/status?mid=7")
    simulator.settle()
    assert receiver.statuses("/status?mid=7") == ["sending", "sent", "delivered"]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({"order": "reversed"}, ["delivered", "sent", "sending"]),
        ({"repeat": 1}, ["sending", "sending", "sent", "sent", "delivered", "delivered"]),
        ({"withhold": True}, []),
        ({"withhold": ["sending", "delivered"]}, ["sent"]),
        ({"ends": "failed", "error_code": 30008}, ["sending", "failed"]),
        ({"ends": "sent"}, ["sending", "sent"]),
        ({"ends": "undelivered", "error_code": 30003}, ["sending", "sent", "undelivered"]),
    ],
)
def test_callbacks_as_scripted(
    simulator: Simulator,
    client: Client,
    receiver: Receiver,
    rule: dict[str, Any],
    expected: list[str],
) -> None:
    """Reversed, repeated, withheld, or reporting a failure."""
    simulator.script(**rule)
    send(client, status_callback=f"{receiver.url}/status")
    simulator.settle()
    assert receiver.statuses() == expected
    assert all(posted.signed for posted in receiver.posts)


@pytest.mark.parametrize("order", ["shuffled", "together"])
def test_callbacks_in_any_order(
    simulator: Simulator, client: Client, receiver: Receiver, order: str
) -> None:
    """Shuffled or all at once: each comes once, in any order."""
    simulator.script(order=order)
    for number in range(5):
        send(client, status_callback=f"{receiver.url}/{number}")
    simulator.settle()
    for number in range(5):
        assert sorted(receiver.statuses(f"/{number}")) == ["delivered", "sending", "sent"]


def test_many_texts_at_once_keep_their_callbacks_apart_and_in_order(
    simulator: Simulator, receiver: Receiver
) -> None:
    """Two hundred texts from eight threads: each has its own three callbacks, once each and in
    order.
    """

    def burst(thread: int) -> None:
        client: Any = simulator.client()
        for number in range(25):
            send(client, status_callback=f"{receiver.url}/{thread}-{number}/")
        client.http_client.session.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(burst, range(8)))
    simulator.settle()
    assert simulator.accepted() == 200
    assert len({text.sid for text in simulator.ledger()}) == 200
    for path in (f"/{thread}-{number}/" for thread in range(8) for number in range(25)):
        assert receiver.statuses(path) == ["sending", "sent", "delivered"]


def test_late_callbacks(simulator: Simulator, client: Client, receiver: Receiver) -> None:
    """late: the text is delivered at once, the receipts come afterwards."""
    simulator.script(late=[0.2, 0.25])
    sid = send(client, status_callback=receiver.url).sid
    assert client.messages(sid).fetch().status == "delivered"
    assert receiver.posts == []
    simulator.settle()
    assert sorted(receiver.statuses()) == ["delivered", "sending", "sent"]


def test_a_receiver_that_fails_is_seen_in_the_ledger(
    simulator: Simulator, client: Client, receiver: Receiver
) -> None:
    """A callback answered with a 500 is not posted again under Twilio's usual policy, and the
    ledger says so.
    """
    receiver.answer = lambda posted: 500 if posted.params["MessageStatus"] == "sent" else 200
    send(client, status_callback=receiver.url)
    simulator.settle()
    callbacks = simulator.ledger()[0].callbacks
    assert [(one["status"], one["http_status"], one["attempts"]) for one in callbacks] == [
        ("sending", 200, 1),
        ("sent", 500, 1),
        ("delivered", 200, 1),
    ]


def test_a_reset_drops_texts_under_way(
    simulator: Simulator, client: Client, receiver: Receiver
) -> None:
    """After a reset nothing from an earlier test is posted any more."""
    simulator.script(late=0.2)
    send(client, status_callback=f"{receiver.url}/old")
    simulator.reset()
    simulator.script(late=0.3)
    send(client, status_callback=f"{receiver.url}/new")
    simulator.settle()
    assert receiver.statuses("/old") == []
    assert len(receiver.statuses("/new")) == 3
