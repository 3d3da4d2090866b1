"""Each way a call to Twilio can end becomes one of four outcomes, over real HTTP through Twilio's
own library.
"""

import http.server
import json
import logging
import socket
import threading
from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4

import pytest

from messaging.gateways.base import (
    Accepted,
    GatewayUnavailable,
    NotProcessed,
    Outcome,
    OutgoingText,
    Refused,
    Unknown,
)
from messaging.gateways.twilio.send import TwilioGateway
from tests.messaging.builders import NOW, SENDER, number
from tests.messaging.conftest import SimulatorClient, gateway_to

LONG_AGO = NOW - timedelta(days=3000)


def outgoing(body: str = "Hello", to: str = number(1), sender: str = SENDER) -> OutgoingText:
    """A text as the dispatcher hands it over."""
    return OutgoingText(uuid4(), to, sender, body, "http://127.0.0.1:9/status?mid=1", 600)


def rule(answer: str) -> dict[str, object]:
    """A rule of the simulator for this answer; a hang lasts longer than the gateway waits."""
    return {"answer": answer, "hold": 1.5} if answer.startswith("hang") else {"answer": answer}


class Canned(http.server.BaseHTTPRequestHandler):
    """Answers every request with what the test has set."""

    status = 201
    body = b""
    headers_out: tuple[tuple[str, str], ...] = ()

    def do_POST(self) -> None:
        """Read the form and give the set answer."""
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(type(self).status)
        for name, value in type(self).headers_out:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(type(self).body)))
        self.end_headers()
        self.wfile.write(type(self).body)

    def do_GET(self) -> None:
        """Answer a list in the same way."""
        self.do_POST()

    def log_message(self, *given: object) -> None:
        """Log nothing."""


@pytest.fixture
def canned() -> Iterator[str]:
    """The address of a server that answers what `Canned` is set to."""
    Canned.status, Canned.body, Canned.headers_out = 201, b"", ()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Canned)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def answer(url: str, status: int, body: object, *headers: tuple[str, str]) -> Outcome:
    """Send one text to a server that gives this answer."""
    Canned.status, Canned.headers_out = status, headers
    Canned.body = body if isinstance(body, bytes) else json.dumps(body).encode()
    return gateway_to(url).send(outgoing())


def test_an_accepted_text_is_what_was_asked_for(
    gateway: TwilioGateway, simulator: SimulatorClient
) -> None:
    """The provider has the body, the number and our callback address, and we have its id and its
    count.
    """
    outcome = gateway.send(outgoing("Siân, dŵr " + "a" * 80))
    assert isinstance(outcome, Accepted)
    assert outcome.segments == 2
    (text,) = simulator.texts()
    assert (text["sid"], text["to"], text["from"]) == (outcome.sid, number(1), SENDER)
    assert text["body"] == "Siân, dŵr " + "a" * 80
    assert text["callback_url"] == "http://127.0.0.1:9/status?mid=1"


@pytest.mark.parametrize(
    ("code", "permanent"),
    [(21211, True), (21610, False), (21614, True), (21408, False), (21617, False), (21612, True)],
)
def test_a_refusal_has_its_code_and_words(
    gateway: TwilioGateway, simulator: SimulatorClient, code: int, permanent: bool
) -> None:
    """Refused by code, and whether the number itself is dead."""
    simulator.script({"answer": "refuse", "code": code})
    outcome = gateway.send(outgoing())
    assert isinstance(outcome, Refused)
    assert (outcome.code, outcome.permanent) == (code, permanent)
    assert "Twilio" not in outcome.words


def test_too_many_is_not_processed_and_says_when(
    gateway: TwilioGateway, simulator: SimulatorClient
) -> None:
    """A 429 with Retry-After: nothing was accepted, and the wait is the requested one."""
    simulator.script({"answer": "too_many", "retry_after": 7})
    assert gateway.send(outgoing()) == NotProcessed(20429, timedelta(seconds=7))
    assert simulator.texts() == []


@pytest.mark.parametrize(
    ("script", "taken"),
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
    gateway: TwilioGateway, simulator: SimulatorClient, script: str, taken: int
) -> None:
    """A server error, a broken connection, silence or an unreadable answer looks the same whether
    the text was accepted or not, so it is unknown.
    """
    simulator.script(rule(script))
    assert isinstance(gateway.send(outgoing()), Unknown)
    assert len(simulator.texts()) == taken


def test_nothing_listening_is_not_processed() -> None:
    """A refused connection never carried the text."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        assert gateway_to(f"http://127.0.0.1:{port}").send(outgoing()) == NotProcessed()


def test_a_host_that_does_not_resolve_is_not_processed() -> None:
    """Without an address nothing was sent."""
    outcome = gateway_to("http://no-such-host.invalid:1").send(outgoing())
    assert outcome == NotProcessed()


def test_a_connect_timeout_is_not_processed() -> None:
    """A connect timeout comes before any of the text was sent."""
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        address = full.getsockname()
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(address)
        outcome = gateway_to(f"http://127.0.0.1:{address[1]}", timeout=0.3).send(outgoing())
        for one in waiting:
            one.close()
    assert outcome == NotProcessed()


_PROBLEM = {"type": "about:blank", "title": "Bad number", "status": 400, "code": 21211}


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (400, _PROBLEM, Refused),
        (429, {**_PROBLEM, "status": 429, "code": 20429}, NotProcessed),
        (500, {**_PROBLEM, "status": 500, "code": 20500}, Unknown),
        (503, {"code": 20503, "message": "Down", "status": 503}, Unknown),
        (400, {"code": 21611, "message": "Queue full", "status": 400}, NotProcessed),
        (401, {"code": 20003, "message": "Who are you", "status": 401}, NotProcessed),
        (403, b"<html>A proxy says no</html>", NotProcessed),
        (400, b"not json", Refused),
        (408, b"", Unknown),
        (302, b"", Unknown),
        (502, b"<html>Bad gateway</html>", Unknown),
        (201, b"", Unknown),
        (201, b"{", Unknown),
        (201, b"[]", Unknown),
        (201, b"null", Unknown),
        (201, {}, Unknown),
        (201, {"sid": None}, Unknown),
        (201, {"sid": "SM1"}, Unknown),
        (201, {"sid": "SM" + "a" * 32, "num_segments": "many", "date_created": "never"}, Accepted),
        (201, {"sid": "SM" + "a" * 32, "num_segments": "0", "status": "accepted"}, Accepted),
    ],
)
def test_answers_of_every_shape(canned: str, status: int, body: object, kind: type) -> None:
    """Both error formats of the library, a proxy's page, an empty, broken or odd answer: each has
    its outcome and none raises.
    """
    assert type(answer(canned, status, body)) is kind


def test_zero_segments_from_a_messaging_service_are_ignored(canned: str) -> None:
    """A service says 0 until it has chosen a number; our own count is kept."""
    outcome = answer(
        canned, 201, {"sid": "SM" + "a" * 32, "num_segments": "0", "status": "accepted"}
    )
    assert outcome == Accepted("SM" + "a" * 32, "accepted", None)


@pytest.mark.parametrize("given", ["soon", "-3", "", "Wed, 21 Oct 2026 07:28:00 GMT"])
def test_a_retry_after_that_is_not_a_number_is_ignored(canned: str, given: str) -> None:
    """Anything but seconds counts as no Retry-After."""
    body = {"code": 20429, "message": "Too many", "status": 429}
    assert answer(canned, 429, body, ("Retry-After", given)) == NotProcessed(20429, None)


def test_edge_and_region_in_the_environment_change_nothing(
    monkeypatch: pytest.MonkeyPatch, simulator: SimulatorClient
) -> None:
    """The library would rewrite the address by them, and texts would go elsewhere."""
    monkeypatch.setenv("TWILIO_EDGE", "dublin")
    monkeypatch.setenv("TWILIO_REGION", "ie1")
    assert isinstance(gateway_to(simulator.url).send(outgoing()), Accepted)


def test_the_library_logs_no_number(
    gateway: TwilioGateway, caplog: pytest.LogCaptureFixture
) -> None:
    """Sending and listing leave neither number nor body in the log at the level that is shown."""
    with caplog.at_level(logging.INFO):
        gateway.send(outgoing("Secret"))
        gateway.find(number(1), LONG_AGO)
    assert number(1).lstrip("+") not in caplog.text
    assert "Secret" not in caplog.text


def test_find_lists_the_providers_texts_to_a_number(
    gateway: TwilioGateway, simulator: SimulatorClient
) -> None:
    """Texts to that number with their words and statuses, and to no other, none from before."""
    for n in range(3):
        gateway.send(outgoing(f"Text {n}"))
    gateway.send(outgoing("Elsewhere", to=number(2)))
    simulator.wait_until_idle()
    found = gateway.find(number(1), LONG_AGO)
    assert sorted(one.body for one in found) == ["Text 0", "Text 1", "Text 2"]
    assert {one.status for one in found} == {"delivered"}
    assert gateway.find(number(1), NOW + timedelta(days=3000)) == []


@pytest.mark.parametrize("script", ["too_many", "error_before", "drop_before", "hang_before"])
def test_a_list_that_cannot_be_read_says_so(
    gateway: TwilioGateway, simulator: SimulatorClient, script: str
) -> None:
    """An error is never treated as an empty list."""
    simulator.script({"on": "list", **rule(script)})
    with pytest.raises(GatewayUnavailable):
        gateway.find(number(1), LONG_AGO)


def test_a_list_of_the_wrong_shape_says_so(canned: str) -> None:
    """Neither is an answer that is not a list."""
    for body in (b"", b"{}", b"null", b"[]", b'{"messages": null}', b'{"messages": [null]}'):
        Canned.status, Canned.body = 200, body
        with pytest.raises(GatewayUnavailable):
            gateway_to(canned).find(number(1), LONG_AGO)


def test_redact_erases_the_words_there(gateway: TwilioGateway, simulator: SimulatorClient) -> None:
    """After delivery the provider keeps the record but not the words."""
    sent = gateway.send(outgoing("Private"))
    assert isinstance(sent, Accepted)
    simulator.wait_until_idle()
    gateway.redact(sent.sid)
    assert simulator.texts()[0]["redacted"]
    gateway.redact(
        "SM" + "f" * 32
    )  # Twilio has no such text any more, so there is nothing left to erase


def test_redact_fails_before_the_text_has_ended(
    gateway: TwilioGateway, simulator: SimulatorClient
) -> None:
    """Twilio erases nothing before a text is delivered; the caller must ask again."""
    simulator.script({"sending": 60})
    sent = gateway.send(outgoing("Private"))
    assert isinstance(sent, Accepted)
    with pytest.raises(GatewayUnavailable):
        gateway.redact(sent.sid)
    assert not simulator.texts()[0]["redacted"]


def test_a_sender_and_an_address_are_required() -> None:
    """A gateway that could not send is not created."""
    with pytest.raises(ValueError, match="send from"):
        TwilioGateway("AC", "token")
    with pytest.raises(ValueError, match="http"):
        gateway_to("ftp://somewhere")
