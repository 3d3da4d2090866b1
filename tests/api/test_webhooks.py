"""Twilio's posts, over HTTP: accepted by their signature alone, stored once, and answered at
once.
"""

import base64
import hashlib
import hmac
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from wsgiref.simple_server import WSGIServer

import pytest
import requests
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from twilio.request_validator import SIGNATURE_SETTINGS_HEADER, RequestValidator
from werkzeug.serving import make_server

from api import create_app
from engage.core.db import Database
from messaging.tables import Inbound, InboundStatus, Receipt
from tests.api.conftest import ACCOUNT, TOKEN, StoppedClock, settings

INBOUND = "/webhooks/twilio/inbound"
STATUS = "/webhooks/twilio/status"
HERE = "http://127.0.0.1:5000"
TEXT = {
    "ApiVersion": "2010-04-01",
    "AccountSid": ACCOUNT,
    "Body": "👍 running 10 late",
    "From": "+447700900123",
    "FromCity": "",
    "FromCountry": "GB",
    "ToCountry": "GB",
    "MessageSid": "SM" + "2" * 32,
    "SmsSid": "SM" + "2" * 32,
    "SmsMessageSid": "SM" + "2" * 32,
    "NumMedia": "0",
    "NumSegments": "1",
    "SmsStatus": "received",
    "To": "+447700900999",
}
DELIVERED = {
    "ApiVersion": "2010-04-01",
    "AccountSid": ACCOUNT,
    "From": "+447700900999",
    "MessageSid": "SM" + "1" * 32,
    "SmsSid": "SM" + "1" * 32,
    "MessageStatus": "delivered",
    "SmsStatus": "delivered",
    "RawDlrDoneDate": "2607011001",
    "To": "+447700900123",
}


def signed(
    params: dict[str, str], address: str = HERE + INBOUND, token: str = TOKEN
) -> dict[str, str]:
    """The header that Twilio would send with these parameters to this address."""
    return {"X-Twilio-Signature": RequestValidator(token).compute_signature(address, params)}


def stored(database: Database) -> list[Inbound]:
    """Every stored text."""
    with database.begin() as session:
        return list(session.scalars(select(Inbound).order_by(Inbound.id)))


def receipts(database: Database) -> list[Receipt]:
    """Every stored receipt."""
    with database.begin() as session:
        return list(session.scalars(select(Receipt)))


def test_the_published_vector_of_a_text(client: FlaskClient, committed: Database) -> None:
    """Twilio's own signature of this post is accepted, the text is stored as it came, and the
    answer is an empty TwiML response.
    """
    answer = client.post(
        INBOUND, data=TEXT, headers={"X-Twilio-Signature": "aE9Tyq3rjaWXV7rAcsfF1Zyetoo="}
    )
    assert (answer.status_code, answer.mimetype, answer.text) == (200, "text/xml", "<Response/>")
    (text,) = stored(committed)
    assert (text.body, text.from_number, text.to_number) == (TEXT["Body"], TEXT["From"], TEXT["To"])
    assert text.status is InboundStatus.RECEIVED
    assert text.params == TEXT


def test_the_published_vector_of_a_receipt(committed: Database, clock: StoppedClock) -> None:
    """The signature covers the public address with the query, which comes from the settings and not
    from the Host header.
    """
    app = create_app(
        settings(committed, ENGAGE_PUBLIC_URL="https://engage.example.gov.uk"), committed, clock
    )
    answer = app.test_client().post(
        f"{STATUS}?mid=42",
        data=DELIVERED,
        headers={"X-Twilio-Signature": "0eZrleL1e41llinA/YiiKAnS8Us=", "Host": "elsewhere.example"},
    )
    assert (answer.status_code, answer.text) == (200, "<Response/>")
    (receipt,) = receipts(committed)
    assert (receipt.status, receipt.provider_sid, receipt.message_id) == (
        "delivered",
        DELIVERED["MessageSid"],
        None,
    )


def test_the_host_header_cannot_help_a_forger(client: FlaskClient, committed: Database) -> None:
    """A post signed for the address in its Host header is refused: only our public address
    counts.
    """
    header = signed(TEXT, "http://elsewhere.example" + INBOUND)
    answer = client.post(INBOUND, data=TEXT, headers={**header, "Host": "elsewhere.example"})
    assert answer.status_code == 403
    assert stored(committed) == []


def test_the_newer_signature_is_accepted_too(client: FlaskClient, committed: Database) -> None:
    """Twilio may sign with SHA-256 and say so in a header."""
    said = HERE + INBOUND + "".join(name + TEXT[name] for name in sorted(TEXT))
    digest = base64.b64encode(
        hmac.new(TOKEN.encode(), said.encode(), hashlib.sha256).digest()
    ).decode()
    headers = {"X-Twilio-Signature": digest, SIGNATURE_SETTINGS_HEADER: "algorithm=HMAC_SHA256"}
    assert client.post(INBOUND, data=TEXT, headers=headers).status_code == 200
    assert len(stored(committed)) == 1


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Twilio-Signature": ""},
        {"X-Twilio-Signature": "bm90IGl0"},
        {"X-Twilio-Signature": "not base64 é"},
        signed(TEXT, token="f" * 32),
        signed({**TEXT, "Body": "yes"}),
        signed(TEXT, HERE + STATUS),
    ],
    ids=["none", "empty", "wrong", "rubbish", "other token", "other text", "other address"],
)
def test_unsigned_posts_are_refused_and_store_nothing(
    client: FlaskClient, committed: Database, headers: dict[str, str]
) -> None:
    """An unsigned or wrongly signed post gets 403 and stores nothing."""
    answer = client.post(INBOUND, data=TEXT, headers=headers)
    assert answer.status_code == 403
    assert answer.mimetype == "application/problem+json"
    assert client.post(f"{STATUS}?mid=1", data=DELIVERED, headers=headers).status_code == 403
    assert stored(committed) == []
    assert receipts(committed) == []


def test_the_same_text_five_times_at_once_is_one_text(app: Flask, committed: Database) -> None:
    """Five posts of one id in five threads leave one row, and each is answered 200."""
    codes: list[int] = []
    together = threading.Barrier(5)

    def post() -> None:
        together.wait()
        codes.append(app.test_client().post(INBOUND, data=TEXT, headers=signed(TEXT)).status_code)

    threads = [threading.Thread(target=post) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert codes == [200] * 5
    assert len(stored(committed)) == 1


def test_a_receipt_that_is_repeated_is_kept_once(client: FlaskClient, committed: Database) -> None:
    """Callbacks repeat; an identical one adds nothing."""
    address = f"{STATUS}?mid=0197f2a8-0000-7000-8000-000000000001"
    for _ in range(3):
        assert (
            client.post(
                address, data=DELIVERED, headers=signed(DELIVERED, HERE + address)
            ).status_code
            == 200
        )
    (receipt,) = receipts(committed)
    assert str(receipt.message_id) == "0197f2a8-0000-7000-8000-000000000001"


@pytest.mark.parametrize(
    "changes",
    [
        {"Body": "a\x00b"},
        {"Body": "\u202eolleh"},
        {"Body": ""},
        {"Body": "x" * 20000},
        {"From": ""},
        {"From": "+" + "4" * 500, "NumMedia": "lots"},
        {"MessageSid": "", "SmsSid": "", "SmsMessageSid": ""},
        {"MessageSid": "SM" + "9" * 5000},
        {"SomethingNew": "\x00" * 10, "Other\x00Name": "1"},
        {"NumMedia": "99999999999999999999"},
    ],
    ids=[
        "nul",
        "right to left",
        "no words",
        "long",
        "no sender",
        "odd sender",
        "no id",
        "long id",
        "unknown",
        "numbers",
    ],
)
def test_odd_texts_are_kept(
    client: FlaskClient, committed: Database, changes: dict[str, str]
) -> None:
    """Whatever a signed text contains, it is stored and answered 200: a text must never be lost
    because it looks odd.
    """
    params = {**TEXT, **changes}
    answer = client.post(INBOUND, data=params, headers=signed(params))
    assert answer.status_code == 200
    (text,) = stored(committed)
    assert "\x00" not in text.body
    assert text.body == params["Body"].replace("\x00", "\ufffd")


def test_a_lone_surrogate_does_no_harm(client: FlaskClient, committed: Database) -> None:
    """Bytes that are not UTF-8 cannot match a signature over what they are decoded to: refused, not
    an error.
    """
    raw = b"Body=%ED%A0%80&MessageSid=SM1&From=%FF%FE"
    answer = client.post(
        INBOUND, data=raw, content_type="application/x-www-form-urlencoded", headers=signed(TEXT)
    )
    assert answer.status_code == 403
    assert stored(committed) == []


@pytest.mark.parametrize(
    "kind", ["application/json", "multipart/form-data; boundary=x", "text/plain", ""]
)
def test_only_forms_are_read(client: FlaskClient, committed: Database, kind: str) -> None:
    """Another content type is refused before anything is read."""
    answer = client.post(INBOUND, data=b"{}", content_type=kind, headers=signed(TEXT))
    assert answer.status_code == 415
    assert stored(committed) == []


def test_ten_megabytes_are_not_read(client: FlaskClient, committed: Database) -> None:
    """A body beyond 64 kB is refused by its length."""
    answer = client.post(
        INBOUND,
        data=b"Body=" + b"x" * 10_000_000,
        content_type="application/x-www-form-urlencoded",
        headers=signed(TEXT),
    )
    assert answer.status_code == 413
    assert stored(committed) == []


def test_other_methods_are_refused(client: FlaskClient) -> None:
    """Twilio posts; there is nothing to get."""
    for method in ("GET", "PUT", "DELETE", "PATCH", "OPTIONS"):
        assert client.open(INBOUND, method=method).status_code == 405


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """The app on a real port."""
    server: WSGIServer = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_half_sent_body_does_no_harm(app: Flask, committed: Database) -> None:
    """A caller that promises more than it sends and hangs up leaves nothing behind, and the next
    caller is served.
    """
    import socket
    from urllib.parse import urlsplit

    with serving(app) as address:
        port = urlsplit(address).port
        with socket.create_connection(("127.0.0.1", port or 0)) as line:
            line.sendall(
                f"POST {INBOUND} HTTP/1.1\r\nHost: x\r\n"
                f"Content-Type: application/x-www-form-urlencoded\r\n"
                f"X-Twilio-Signature: x\r\nContent-Length: 500\r\n\r\nBody=hal".encode()
            )
            line.shutdown(socket.SHUT_WR)
            answer = line.recv(4096).decode()
        assert answer.split()[1] in ("400", "403")
        assert (
            requests.post(
                address + INBOUND, data=TEXT, headers=signed(TEXT), timeout=10
            ).status_code
            == 200
        )
    assert len(stored(committed)) == 1


def test_workers_are_woken(client: FlaskClient, committed: Database) -> None:
    """A new text notifies the workers; a repeat does not."""
    import psycopg

    plain = committed.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as listener:
        listener.execute("LISTEN messaging_inbound")
        client.post(INBOUND, data=TEXT, headers=signed(TEXT))
        client.post(INBOUND, data=TEXT, headers=signed(TEXT))
        heard = list(listener.notifies(timeout=2, stop_after=2))
    assert len(heard) == 1


def test_nothing_else_is_done_in_the_request(client: FlaskClient, committed: Database) -> None:
    """No session cookie, no event, no answer to the text: only the row."""
    from engage.core.model import Event
    from messaging.tables import Message

    answer = client.post(INBOUND, data=TEXT, headers=signed(TEXT))
    assert "Set-Cookie" not in answer.headers
    with committed.begin() as session:
        assert session.scalar(select(func.count()).select_from(Event)) == 0
        assert session.scalar(select(func.count()).select_from(Message)) == 0
