"""What the simulator refuses, with Twilio's codes, seen through Twilio's library."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests
from twilio.base.exceptions import TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from messaging.gateways.simulator import Between, Delays
from tests.simulator import ACCOUNT, ENGAGE, Simulator, simulator_thread

ANN = "+447700900123"
AT_ONCE = Delays(*[Between(0, 0)] * 4)


@pytest.fixture(scope="module")
def running() -> Iterator[Simulator]:
    """One simulator for the module, without delays."""
    with simulator_thread(
        delays=AT_ONCE,
        messaging_service_sid="MG" + "1" * 32,
        inbound_url=None,
        api_keys={"SK" + "2" * 32: "s"},
    ) as simulator:
        yield simulator


@pytest.fixture
def simulator(running: Simulator) -> Simulator:
    """The simulator, empty."""
    running.reset()
    return running


@pytest.fixture(scope="module")
def client(running: Simulator) -> Iterator[Client]:
    """Twilio's library, pointed at the simulator."""
    client = running.client()
    yield client
    client.http_client.session.close()


def send(client: Client, **changes: Any) -> Any:
    """Send a text to Ann, with these changes."""
    return client.messages.create(**{"to": ANN, "from_": ENGAGE, "body": "Hello", **changes})


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"to": ""}, 21604),
        ({"to": "hello"}, 21211),
        ({"to": "+4477009"}, 21211),
        ({"to": "07700900123"}, 21211),
        ({"to": "+12025550123"}, 21408),
        ({"from_": ""}, 21603),
        ({"from_": "Probation"}, 21212),
        ({"from_": "+447700900998"}, 21606),
        ({"to": ENGAGE}, 21266),
        ({"body": ""}, 21602),
        ({"body": "  \n"}, 21602),
        ({"body": "a" * 1601}, 21617),
        ({"status_callback": "engage.example/status"}, 21609),
        ({"status_callback": "http://"}, 21609),
        ({"validity_period": 0}, 21624),
        ({"validity_period": 36001}, 21624),
        ({"from_": "", "messaging_service_sid": "MG" + "9" * 32}, 21701),
    ],
)
def test_a_bad_request_is_refused_with_twilios_code(
    simulator: Simulator, client: Client, changes: dict[str, object], code: int
) -> None:
    """Each mistake has its own code and status 400, and nothing is accepted."""
    with pytest.raises(TwilioRestException) as refusal:
        send(client, **changes)
    assert (refusal.value.status, refusal.value.code) == (400, code)
    assert simulator.ledger() == []
    assert [request["code"] for request in simulator.requests()] == [code]


def test_the_longest_body_and_a_landline_are_accepted(simulator: Simulator, client: Client) -> None:
    """1600 characters are allowed, and Twilio does not refuse a British landline."""
    assert send(client, body="a" * 1600, to="+44 20 7946 0000").to == "+442079460000"


def test_a_landline_is_refused_if_the_settings_say_so() -> None:
    """With refuse_landlines the code for a number that is not a mobile is 21614."""
    with simulator_thread(refuse_landlines=True) as simulator:
        with pytest.raises(TwilioRestException) as refusal:
            send(simulator.client(), to="+442079460000")
        assert refusal.value.code == 21614


def test_an_error_has_the_exact_format_of_twilios_answer(simulator: Simulator) -> None:
    """code, message, more_info, status; a wrong login also names the realm."""
    url = f"{simulator.url}/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
    answer = requests.post(url, auth=(ACCOUNT, "wrong"), data={}, timeout=5)
    assert answer.headers["WWW-Authenticate"] == 'Basic realm="Twilio API"'
    assert answer.status_code == 401
    assert answer.json() == {
        "code": 20003,
        "message": "Authenticate",
        "more_info": "https://www.twilio.com/docs/errors/20003",
        "status": 401,
    }


@pytest.mark.parametrize(
    "header", ["", "Basic", "Basic !!!", "Basic /w==", "Bearer abc", "Basic " + "QUM6eA=="]
)
def test_a_login_that_cannot_be_read_is_refused(simulator: Simulator, header: str) -> None:
    """No login, or a broken one, is 401 and never 500."""
    url = f"{simulator.url}/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
    answer = requests.post(
        url, headers={"Authorization": header} if header else {}, data={}, timeout=5
    )
    assert answer.status_code == 401


def test_an_api_key_may_log_in_and_another_account_may_not(
    simulator: Simulator, client: Client
) -> None:
    """SK sid and secret replace the token; the account in the address must be the caller's own."""
    keyed = Client("SK" + "2" * 32, "s", ACCOUNT, http_client=TwilioHttpClient(timeout=5))
    keyed.api.base_url = simulator.url
    assert send(keyed).sid.startswith("SM")
    keyed.http_client.session.close()
    with pytest.raises(TwilioRestException) as refusal:
        client.api.v2010.accounts("AC" + "9" * 32).messages.create(to=ANN, from_=ENGAGE, body="x")
    assert refusal.value.code == 20003
    assert client.api.v2010.accounts(ACCOUNT).fetch().status == "active"


def test_an_unknown_text_is_not_found(simulator: Simulator, client: Client) -> None:
    """20404 with the address that was requested."""
    with pytest.raises(TwilioRestException) as refusal:
        client.messages("SM" + "0" * 32).fetch()
    assert (refusal.value.status, refusal.value.code) == (404, 20404)
    assert "/Messages/SM" in refusal.value.msg


def test_resources_that_are_not_simulated_are_not_found(
    simulator: Simulator, client: Client
) -> None:
    """Another resource, or a method that a resource does not support, is refused in Twilio's
    format.
    """
    with pytest.raises(TwilioRestException) as refusal:
        client.calls("CA" + "0" * 32).fetch()
    assert refusal.value.code == 20404
    answer = requests.put(
        f"{simulator.url}/2010-04-01/Accounts/{ACCOUNT}/Messages.json",
        auth=(ACCOUNT, simulator.token),
        timeout=5,
    )
    assert answer.status_code in {404, 405} and answer.json()["code"] in {20404, 20004}
