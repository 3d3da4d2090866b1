"""What GOV.UK Notify posts to us, how a post is proved, and what its words mean."""

import http.server
import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from messaging.gateways import registry
from messaging.gateways.base import (
    Accepted,
)
from messaging.gateways.notify.codes import CODES, PERMANENT
from messaging.gateways.notify.webhooks import read_receipt, read_text, valid_token
from messaging.gateways.simulator import NotifyAccount
from messaging.states import MessageStatus
from tests.messaging.builders import (
    number,
)
from tests.messaging.gateways.by_notify import gateway_to, outgoing
from tests.simulator import simulator_thread

S = MessageStatus
ANN = number(1)


@pytest.mark.parametrize(
    ("expected", "header", "valid"),
    [
        ("a-token-of-ours", "Bearer a-token-of-ours", True),
        ("a-token-of-ours", "bearer a-token-of-ours", True),
        ("a-token-of-ours", "Bearer another", False),
        ("a-token-of-ours", "Bearer á", False),
        ("a-token-of-ours", "a-token-of-ours", False),
        ("a-token-of-ours", None, False),
        (None, "Bearer ", False),
        ("", "Bearer ", False),
    ],
)
def test_callbacks_are_proved_by_the_token(
    expected: str | None, header: str | None, valid: bool
) -> None:
    """Exactly the token, and never an empty one."""
    assert valid_token(expected, header) is valid


def test_a_receipt_is_read_as_notify_writes_it() -> None:
    """Our id is its reference, its word the status; a failure gets our code."""
    said = read_receipt(
        {"id": "n1", "reference": "r1", "status": "permanent-failure", "to": ANN, "sent_at": None}
    )
    assert (said.provider, said.mid, said.sid, said.status) == (
        "notify",
        "r1",
        "n1",
        "permanent-failure",
    )
    assert said.error_code == PERMANENT and CODES.number_dead(said.error_code)
    assert registry.meaning("notify", said.status) is S.UNDELIVERED
    assert read_receipt({"status": ["delivered"]}).sid is None


@pytest.mark.parametrize(
    ("word", "meaning"),
    [
        ("created", S.ACCEPTED),
        ("sending", S.ACCEPTED),
        ("pending", S.SENT),
        ("sent", S.SENT),
        ("delivered", S.DELIVERED),
        ("permanent-failure", S.UNDELIVERED),
        ("temporary-failure", S.UNDELIVERED),
        ("technical-failure", S.FAILED),
        ("something-new", None),
    ],
)
def test_each_word_of_notify_has_its_meaning(word: str, meaning: MessageStatus | None) -> None:
    """Words that we do not know mean nothing, and move nothing."""
    assert registry.meaning("notify", word) is meaning


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("447700900101", "+447700900101"),
        ("07700900101", "+447700900101"),
        ("+447700900101", "+447700900101"),
        ("60777", "60777"),
        ("GOVUK", "GOVUK"),
        ("", ""),
    ],
)
def test_numbers_are_kept_in_one_form(given: str, kept: str) -> None:
    """Notify leaves out the plus, and writes our own number as people dial it."""
    text = read_text(
        {"id": "1", "source_number": given, "destination_number": "07700900997", "message": "yes"}
    )
    assert (text.from_number, text.to_number, text.body) == (kept, "+447700900997", "yes")


# The simulator's own behaviour.


class Posts(http.server.BaseHTTPRequestHandler):
    """Stores what is posted."""

    kept: list[tuple[str, str | None, dict[str, Any]]] = []

    def do_POST(self) -> None:
        """Store the post and answer 200."""
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        type(self).kept.append((self.path, self.headers.get("Authorization"), body))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *given: object) -> None:
        """Log nothing."""


@pytest.fixture
def posts() -> Iterator[str]:
    """The address of a service that stores what is posted to it."""
    Posts.kept = []
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Posts)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_it_posts_the_final_status_of_a_text_and_the_answer_to_it(posts: str) -> None:
    """One callback, at the end; the phone answers the number that texted it; both carry the token,
    and a forgery does not.
    """
    account = NotifyAccount(status_url=f"{posts}/status", inbound_url=f"{posts}/inbound")
    with simulator_thread(inbound_url=None, notify=account) as simulator:
        text = outgoing()
        gateway_to(simulator.url).send(text)
        simulator.settle()
        simulator.phone(ANN).reply("STOP")
        simulator.phone(ANN).reply("forged", signature="wrong")
        again = gateway_to(simulator.url).send(outgoing())
    assert isinstance(again, Accepted), "Notify acts on no keyword"
    (path, token, receipt), (path_in, token_in, said), (_, forged, _) = Posts.kept[:3]
    assert (path, token, receipt["status"], receipt["reference"]) == (
        "/status",
        f"Bearer {account.token}",
        "delivered",
        str(text.id),
    )
    assert (path_in, token_in) == ("/inbound", token)
    assert (said["source_number"], said["destination_number"], said["message"]) == (
        "447700900001",
        "07700900997",
        "STOP",
    )
    assert forged != token
