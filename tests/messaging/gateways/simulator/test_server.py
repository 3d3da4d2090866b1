"""The simulator's own web server: persistent connections, malformed requests, and a quick stop."""

import http.client
import json
import socket
import subprocess
import sys
import threading
import time
from base64 import b64encode
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest

from messaging.gateways.simulator import SimulatorServer, SimulatorSettings, create_simulator
from tests.simulator import ACCOUNT, ENGAGE, TOKEN, Simulator, simulator_process, simulator_thread

ANN = "+447700900123"
PATH = f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
HEADERS = {
    "Authorization": "Basic " + b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode(),
    "Content-Type": "application/x-www-form-urlencoded",
}
FORM = urlencode({"To": ANN, "From": ENGAGE, "Body": "Hello"})


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    """One simulator for the module."""
    with simulator_thread(inbound_url=None) as simulator:
        yield simulator


@pytest.fixture
def connection(simulator: Simulator) -> Iterator[http.client.HTTPConnection]:
    """One connection to it."""
    connection = http.client.HTTPConnection(
        "127.0.0.1", int(simulator.url.rsplit(":", 1)[1]), timeout=5
    )
    yield connection
    connection.close()


def talk(simulator: Simulator, words: bytes) -> bytes:
    """Send these bytes and read until the server closes the connection or has answered."""
    with socket.create_connection(
        ("127.0.0.1", int(simulator.url.rsplit(":", 1)[1])), timeout=5
    ) as raw:
        raw.sendall(words)
        raw.shutdown(socket.SHUT_WR)
        answer = b""
        while part := raw.recv(65_536):
            answer += part
        return answer


def test_one_connection_carries_many_requests(connection: http.client.HTTPConnection) -> None:
    """Refusals included: an answer leaves no unread part of a request on the connection."""
    locals_seen = set()
    for number in range(20):
        headers = HEADERS if number % 2 else {**HEADERS, "Authorization": "Basic wrong"}
        connection.request("POST", PATH, FORM, headers)
        locals_seen.add(connection.sock.getsockname())
        response = connection.getresponse()
        body = json.loads(response.read())
        assert response.status == (201 if number % 2 else 401)
        assert body["body" if number % 2 else "code"] == ("Hello" if number % 2 else 20003)
    assert len(locals_seen) == 1


@pytest.mark.parametrize(
    ("request_words", "status"),
    [
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: nine\r\n\r\n", b"411"),
        (b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", b"411"),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10000000\r\n\r\n", b"413"),
        (b"nonsense\r\n\r\n", b"400"),
        (b"GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n", b"404"),
        (b"HEAD / HTTP/1.1\r\nHost: x\r\n\r\n", b"200"),
    ],
)
def test_malformed_requests_are_answered(
    simulator: Simulator, request_words: bytes, status: bytes
) -> None:
    """A body without a length, too large a body, no HTTP at all: a clear answer, and the server
    keeps running.
    """
    assert status in talk(simulator, request_words).split(b"\r\n", 1)[0]
    assert simulator.get("/simulator/health")["ok"]


def test_half_a_body_is_not_accepted(simulator: Simulator) -> None:
    """A caller that disconnects while sending gets no answer, and nothing is accepted."""
    before = simulator.accepted()
    head = f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(FORM) + 1}\r\n"
    head += "".join(f"{name}: {value}\r\n" for name, value in HEADERS.items())
    assert talk(simulator, (head + "\r\n" + FORM).encode()) == b""
    assert simulator.accepted() == before


def test_the_port_is_taken() -> None:
    """A second simulator on the same port fails instead of sharing it."""
    with simulator_thread() as simulator:
        port = int(simulator.url.rsplit(":", 1)[1])
        with pytest.raises((OSError, SystemExit)):
            SimulatorServer(SimulatorSettings(), port=port)


def test_sigterm_does_not_wait_for_a_hanging_caller() -> None:
    """A hanging request and a late callback do not keep the process alive."""
    with simulator_process(inbound_url=None) as simulator:
        simulator.script(answer="hang_after", hold=30, late=30)
        port = int(simulator.url.rsplit(":", 1)[1])
        held = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        held.request("POST", PATH, FORM + "&StatusCallback=http%3A%2F%2F127.0.0.1%3A1%2F", HEADERS)
        while not simulator.accepted():
            time.sleep(0.01)
        began = time.monotonic()
    assert time.monotonic() - began < 20
    with pytest.raises((OSError, http.client.HTTPException)):
        held.getresponse()
    held.close()


def test_a_caller_that_gives_up_frees_its_thread(simulator: Simulator) -> None:
    """A hang ends when the caller closes the connection, not after its whole time."""
    simulator.script(answer="hang_before", hold=60, times=1)
    before = threading.active_count()
    connection = http.client.HTTPConnection(
        "127.0.0.1", int(simulator.url.rsplit(":", 1)[1]), timeout=0.2
    )
    connection.request("POST", PATH, FORM, HEADERS)
    with pytest.raises(TimeoutError):
        connection.getresponse()
    connection.close()
    end = time.monotonic() + 5
    while threading.active_count() > before and time.monotonic() < end:
        time.sleep(0.01)
    assert threading.active_count() <= before


def test_the_application_also_runs_without_its_own_server() -> None:
    """create_simulator returns a plain WSGI application; only dropped connections need the
    server.
    """
    app = create_simulator(SimulatorSettings(inbound_url=None))
    answer = app.test_client().post(
        PATH, data={"To": ANN, "From": ENGAGE, "Body": "x"}, headers=HEADERS
    )
    assert answer.status_code == 201
    app.extensions["messaging.simulator"].stop()


def test_nothing_of_the_service_is_imported() -> None:
    """The simulator is a separate program: it imports neither engage nor api."""
    program = (
        "import messaging.gateways.simulator, sys;"
        " print([m for m in sys.modules if m.split('.')[0] in ('engage', 'api')])"
    )
    printed = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert printed.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("method", "path", "status", "kind"),
    [
        ("POST", "/2010-04-01/Accounts.json", 401, "application/json"),
        ("PATCH", PATH, 405, "application/json"),
        ("GET", "/simulator/nowhere", 404, "application/json"),
        ("DELETE", "/simulator/ledger", 405, "application/json"),
        ("GET", "/nowhere", 404, "text/html; charset=utf-8"),
    ],
)
def test_unknown_paths_are_refused_in_the_format_of_their_interface(
    connection: http.client.HTTPConnection, method: str, path: str, status: int, kind: str
) -> None:
    """Twilio's format for Twilio's paths, JSON for the control interface, a page for people."""
    connection.request(method, path)
    response = connection.getresponse()
    body = response.read().decode()
    assert (response.status, response.headers["Content-Type"]) == (status, kind)
    assert ("code" in body) == path.startswith("/2010")
