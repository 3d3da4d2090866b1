"""The simulator's scripted faults, seen through Twilio's library."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from json import JSONDecodeError
from typing import Any

import pytest
import requests
from requests.exceptions import ConnectionError as NoConnection
from requests.exceptions import ReadTimeout
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.rest import Client

from messaging.gateways.simulator import Between, Delays
from tests.simulator import ENGAGE, Simulator, simulator_thread

ANN, BOB = "+447700900123", "+447700900124"
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


def send(client: Any, **changes: Any) -> Any:
    """Send a text to Ann, with these changes."""
    return client.messages.create(**{"to": ANN, "from_": ENGAGE, "body": "Hello", **changes})


@pytest.mark.parametrize(
    ("answer", "error", "taken_on"),
    [
        ("too_many", TwilioRestException, 0),
        ("error_before", TwilioRestException, 0),
        ("error_after", TwilioRestException, 1),
        ("drop_before", NoConnection, 0),
        ("drop_after", NoConnection, 1),
        ("hang_before", ReadTimeout, 0),
        ("hang_after", ReadTimeout, 1),
        ("unreadable", JSONDecodeError, 1),
    ],
)
def test_each_bad_answer_looks_as_it_does_at_twilio(
    simulator: Simulator, client: Client, answer: str, error: type[Exception], taken_on: int
) -> None:
    """The caller sees the same error whether or not the text was accepted; only the ledger shows
    it.
    """
    simulator.script(answer=answer, times=1)
    with pytest.raises(error):
        send(client)
    assert simulator.accepted() == taken_on
    assert [request["answer"] for request in simulator.requests()] == [answer]
    send(client)
    assert simulator.accepted() == taken_on + 1


def test_an_empty_answer_leaves_the_caller_without_a_sid(
    simulator: Simulator, client: Client
) -> None:
    """A 201 with an empty object: the library reports no sid, but the text is being sent."""
    simulator.script(answer="empty")
    assert send(client).sid is None
    assert simulator.accepted() == 1


def test_429_and_500_carry_twilios_codes(simulator: Simulator, client: Client) -> None:
    """20429 with the wait that was scripted, 20500 for a server error."""
    simulator.rules(
        [
            {"answer": "too_many", "retry_after": 7, "to": ANN},
            {"answer": "error_before", "to": BOB},
        ]
    )
    with pytest.raises(TwilioRestException) as refusal:
        send(client)
    assert (refusal.value.status, refusal.value.code) == (429, 20429)
    with pytest.raises(TwilioRestException) as refusal:
        send(client, to=BOB)
    assert (refusal.value.status, refusal.value.code) == (500, 20500)
    answer = requests.post(
        f"{simulator.url}/2010-04-01/Accounts/{simulator.account_sid}/Messages.json",
        auth=(simulator.account_sid, simulator.token),
        data={"To": ANN, "From": ENGAGE, "Body": "x"},
        timeout=5,
    )
    assert answer.headers["Retry-After"] == "7"


@pytest.mark.parametrize(
    ("code", "status"),
    [(21612, 400), (21408, 400), (21610, 400), (21635, 400), (63038, 429), (20503, 503)],
)
def test_a_refusal_with_any_code_can_be_scripted(
    simulator: Simulator, client: Client, code: int, status: int
) -> None:
    """For one number; others are not affected."""
    simulator.script(answer="refuse", code=code, to=ANN)
    with pytest.raises(TwilioRestException) as refusal:
        send(client)
    assert (refusal.value.status, refusal.value.code) == (status, code)
    assert send(client, to=BOB).status == "queued"


def test_latency_is_kept_and_drawn_from_its_range(simulator: Simulator, client: Client) -> None:
    """The answer takes as long as was scripted."""
    simulator.script(latency=[0.15, 0.2])
    began = time.monotonic()
    send(client)
    assert 0.15 <= time.monotonic() - began < 10


def test_the_first_rule_wins_and_others_add_fields(simulator: Simulator, client: Client) -> None:
    """One rule may give the answer, another the fate, and an earlier rule wins."""
    simulator.rules(
        [
            {"contains": "Hello", "ends": "undelivered", "error_code": 30005},
            {"ends": "undelivered", "error_code": 30003},
            {"answer": "error_after", "times": 1},
        ]
    )
    with pytest.raises(TwilioRestException):
        send(client)
    send(client, body="Goodbye")
    simulator.settle()
    assert [text.error_code for text in simulator.ledger()] == [30005, 30003]


def test_chance_is_drawn_from_the_seed_and_the_text_not_from_the_order_of_arrival(
    simulator: Simulator, client: Client
) -> None:
    """The same seed affects the same texts, sent in any order; another seed affects others."""

    def spoiled(seed: int, order: int) -> set[str]:
        simulator.reset()
        simulator.rules([{"answer": "error_before", "probability": 0.3}], seed=seed)
        bodies = [f"text {number}" for number in range(60)][::order]
        failed = set()
        for body in bodies:
            try:
                send(client, body=body)
            except TwilioRestException:
                failed.add(body)
        return failed

    once = spoiled(1, 1)
    assert once == spoiled(1, -1)
    assert once != spoiled(2, 1)
    assert 5 < len(once) < 35


def test_a_rule_with_times_is_used_up_exactly_even_by_many_at_once(simulator: Simulator) -> None:
    """Twenty requests at once meet a rule for five: five are refused."""
    simulator.script(answer="too_many", times=5)

    def one(number: int) -> int:
        answer = requests.post(
            f"{simulator.url}/2010-04-01/Accounts/{simulator.account_sid}/Messages.json",
            auth=(simulator.account_sid, simulator.token),
            data={"To": ANN, "From": ENGAGE, "Body": f"text {number}"},
            timeout=10,
        )
        return answer.status_code

    with ThreadPoolExecutor(20) as pool:
        statuses = list(pool.map(one, range(20)))
    assert sorted(statuses) == [201] * 15 + [429] * 5
    assert simulator.get("/simulator/script")["rules"] == []


def test_fetch_list_and_redact_can_fail_too(simulator: Simulator, client: Client) -> None:
    """Code that asks the provider about an unknown text must cope with its faults as well."""
    sid = send(client).sid
    simulator.settle()
    simulator.rules(
        [
            {"on": "fetch", "answer": "error_before"},
            {"on": "list", "to": ANN, "answer": "too_many"},
            {"on": "redact", "answer": "drop_after"},
        ]
    )
    with pytest.raises(TwilioRestException):
        client.messages(sid).fetch()
    with pytest.raises(TwilioException):
        client.messages.list(to=ANN)
    with pytest.raises(NoConnection):
        client.messages(sid).update(body="")
    assert simulator.ledger()[0].redacted


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("unavailable", TwilioRestException),
        ("error", TwilioRestException),
        ("too_many", TwilioRestException),
        ("drop", NoConnection),
        ("hang", ReadTimeout),
    ],
)
def test_an_outage_stops_everything_until_it_ends(
    simulator: Simulator, client: Client, kind: str, error: type[Exception]
) -> None:
    """Nothing is accepted during an outage; afterwards everything is as before."""
    with simulator.outage(kind), pytest.raises(error):
        send(client)
    assert simulator.accepted() == 0
    assert send(client).sid.startswith("SM")


def test_an_outage_can_end_after_a_time(simulator: Simulator, client: Client) -> None:
    """With seconds given, the outage need not be ended."""
    simulator.call("PUT", "/simulator/outage", {"kind": "error", "seconds": 0})
    assert send(client).sid.startswith("SM")
    assert simulator.get("/simulator/outage") == {"on": False, "kind": None}


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ({}, "does nothing"),
        ({"latencey": 1}, "unknown field: latencey"),
        ({"answer": "explode"}, "answer must be one of"),
        ({"answer": "refuse"}, "needs a code"),
        ({"code": 21610}, "code goes with"),
        ({"hold": 3}, "hold goes with"),
        ({"answer": "refuse", "code": 21610, "retry_after": 3}, "retry_after goes with"),
        ({"ends": "delivered", "error_code": 30003}, "error_code goes with"),
        ({"ends": "received"}, "ends must be one of"),
        ({"latency": -1}, "latency must be a number"),
        ({"latency": [2, 1]}, "shorter end first"),
        ({"latency": [1, 2, 3]}, "latency must be seconds"),
        ({"latency": "fast"}, "latency must be a number"),
        ({"answer": "too_many", "probability": 2}, "probability must be"),
        ({"answer": "too_many", "times": 0}, "times must be"),
        ({"answer": "too_many", "to": 7}, "to must be a text"),
        ({"early": 1}, "early must be true or false"),
        ({"withhold": ["gone"]}, "withhold must be one of"),
    ],
)
def test_a_rule_that_cannot_be_read_is_refused_in_words(
    simulator: Simulator, rule: dict[str, Any], words: str
) -> None:
    """A mistake in a test's script must be noticed."""
    with pytest.raises(AssertionError, match=words):
        simulator.script(**rule)
    assert simulator.get("/simulator/script")["rules"] == []
