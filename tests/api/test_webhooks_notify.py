"""GOV.UK Notify's posts, over HTTP: accepted by their token alone, stored once, and answered at
once.
"""

from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from api import create_app
from engage.core.db import Database
from messaging.gateways.notify.settings import DEMO_CALLBACK_TOKEN
from messaging.tables import Inbound, Receipt
from tests.api.conftest import ACCOUNT, TOKEN, StoppedClock, settings

INBOUND = "/webhooks/notify/inbound"
STATUS = "/webhooks/notify/status"
BEARER = {"Authorization": f"Bearer {DEMO_CALLBACK_TOKEN}"}
TEXT = {
    "id": "11111111-2222-4333-8444-555555555555",
    "source_number": "447700900123",
    "destination_number": "07700900997",
    "message": "👍 running 10 late",
    "date_received": "2027-03-20T09:00:00.000000Z",
}
DELIVERED = {
    "id": "66666666-7777-4888-8999-000000000000",
    "reference": str(uuid4()),
    "to": "+447700900123",
    "status": "delivered",
    "created_at": "2027-03-20T09:00:00.000000Z",
    "completed_at": "2027-03-20T09:00:02.000000Z",
    "sent_at": "2027-03-20T09:00:01.000000Z",
    "notification_type": "sms",
    "template_id": None,
    "template_version": 1,
}


def kept(database: Database, table: Any) -> list[Any]:
    """Every row of a table."""
    with database.begin() as session:
        return list(session.scalars(select(table)))


def test_a_text_is_kept_once(client: FlaskClient, committed: Database) -> None:
    """However often it is posted: one row, both numbers in one form, and everything that was
    posted.
    """
    for _ in range(3):
        assert client.post(INBOUND, json=TEXT, headers=BEARER).status_code == 200
    (text,) = kept(committed, Inbound)
    assert (text.provider, text.message_sid, text.body) == ("notify", TEXT["id"], TEXT["message"])
    assert (text.from_number, text.to_number) == ("+447700900123", "+447700900997")
    assert text.params == TEXT


def test_a_receipt_is_kept_once(client: FlaskClient, committed: Database) -> None:
    """Our id is Notify's reference."""
    for _ in range(3):
        assert client.post(STATUS, json=DELIVERED, headers=BEARER).status_code == 200
    (receipt,) = kept(committed, Receipt)
    assert (receipt.provider, receipt.provider_sid, receipt.status) == (
        "notify",
        DELIVERED["id"],
        "delivered",
    )
    assert str(receipt.message_id) == DELIVERED["reference"]


@pytest.mark.parametrize("address", [INBOUND, STATUS])
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer guess"},
        {"Authorization": DEMO_CALLBACK_TOKEN},
        {"Authorization": "Basic x"},
    ],
)
def test_without_the_token_nothing_is_kept(
    client: FlaskClient, committed: Database, address: str, headers: dict[str, str]
) -> None:
    """403, and no row."""
    assert client.post(address, json=TEXT, headers=headers).status_code == 403
    assert kept(committed, Inbound) == kept(committed, Receipt) == []


@pytest.mark.parametrize(
    ("body", "status"), [(b"[]", 400), (b"{", 400), (b"", 400), (b'"text"', 400)]
)
def test_anything_but_an_object_is_refused(client: FlaskClient, body: bytes, status: int) -> None:
    """It cannot come from Notify."""
    answer = client.post(INBOUND, data=body, content_type="application/json", headers=BEARER)
    assert answer.status_code == status


@pytest.mark.parametrize(
    "odd",
    [
        {},
        {"message": "no id"},
        {"id": 5, "message": None},
        {"id": "x" * 200, "source_number": "\x00"},
    ],
)
def test_an_odd_text_with_the_token_is_never_lost(
    client: FlaskClient, committed: Database, odd: dict[str, Any]
) -> None:
    """Fields that are missing or of another kind are no reason to lose a person's text."""
    assert client.post(INBOUND, json=odd, headers=BEARER).status_code == 200
    assert len(kept(committed, Inbound)) == 1


def test_without_a_service_every_post_is_refused(committed: Database, clock: StoppedClock) -> None:
    """If no GOV.UK Notify service is set, even the demonstration's token is refused."""
    real = settings(
        committed, TWILIO_ACCOUNT_SID=ACCOUNT, TWILIO_AUTH_TOKEN=TOKEN, TWILIO_FROM="+447700900999"
    )
    answer = (
        create_app(real, committed, clock).test_client().post(INBOUND, json=TEXT, headers=BEARER)
    )
    assert answer.status_code == 403
    assert kept(committed, Inbound) == []
