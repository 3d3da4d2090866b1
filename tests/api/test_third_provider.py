"""A third provider needs only its folder and one row. This follows a made-up one from its settings
to the words that staff read.
"""

import hmac
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from api import create_app
from engage.core.db import Database
from engage.core.settings import SettingsError
from engage.labels.messaging import provider_label
from engage.worker import provider_routes
from messaging import failures, receipts
from messaging.environment import EnvironmentReader
from messaging.gateways import registry
from messaging.gateways.base import (
    Accepted,
    NotOffered,
    Outcome,
    OutgoingText,
    ProviderRoute,
    ProviderText,
)
from messaging.gateways.codes import ErrorCode, ErrorCodes
from messaging.gateways.registry import ProviderDefinition
from messaging.gateways.webhooks import (
    IncomingReceipt,
    IncomingText,
    NotProved,
    WebhookAnswer,
    WebhookRequest,
)
from messaging.outbox import Route
from messaging.sending.dispatch import Dispatcher
from messaging.states import MessageStatus
from messaging.tables import Inbound, Receipt
from tests.api.conftest import StoppedClock, settings
from tests.messaging.builders import allow_all, put_committed, read

NAME = "pigeon"
SECRET = "feathers-and-more-feathers"


# This part would be the folder messaging/gateways/pigeon.


@dataclass(frozen=True)
class PigeonSettings:
    """The address of the provider and the secret that it signs with."""

    loft: str
    secret: str = field(repr=False)


class PigeonGateway:
    """Accepts every text and keeps it."""

    name = NAME

    def __init__(self, loft: str) -> None:
        self.senders: Sequence[str] = (loft,)
        self.sent: list[OutgoingText] = []

    def send(self, outgoing: OutgoingText) -> Outcome:
        """Accept the text."""
        self.sent.append(outgoing)
        return Accepted(f"bird-{len(self.sent)}", "released")

    def find(self, to: str, since: datetime, ids: Collection[UUID]) -> Sequence[ProviderText]:
        """The provider lists nothing."""
        return []

    def redact(self, sid: str) -> None:
        """The provider erases nothing."""
        raise NotOffered


def read_settings(
    environment: EnvironmentReader, *, simulated: bool, simulator_url: str
) -> PigeonSettings | None:
    """The settings; None if PIGEON_LOFT is not set."""
    loft = environment.raw("PIGEON_LOFT")
    if loft is None:
        return None
    return PigeonSettings(loft, environment.required("PIGEON_SECRET", None, "the loft's secret"))


def connect(
    settings: PigeonSettings, *, callback_url: str, segments_per_second: float
) -> ProviderRoute:
    """The gateway."""
    return ProviderRoute(PigeonGateway(settings.loft), callback_url, segments_per_second)


def sign(secret: str, body: bytes) -> str:
    """The signature that the provider puts in its header."""
    return hmac.new(secret.encode(), body, "sha256").hexdigest()


def read_post(request: WebhookRequest, settings: PigeonSettings) -> Mapping[str, Any]:
    """The posted object. The signature covers the raw body."""
    if request.header("X-Pigeon") != sign(settings.secret, request.body()):
        raise NotProved
    return request.json_object()


def read_text(posted: Mapping[str, Any]) -> IncomingText:
    """A text to us."""
    return IncomingText(
        NAME, posted["ring"], posted["from"], posted["to"], posted["note"], 0, posted
    )


def read_receipt(posted: Mapping[str, Any], mid: str | None) -> IncomingReceipt:
    """A receipt."""
    return IncomingReceipt(
        NAME, mid, posted["ring"], posted["state"], posted.get("code"), dict(posted)
    )


PIGEON = ProviderDefinition(
    name=NAME,
    label="Pigeon Post",
    read_settings=read_settings,
    connect=connect,
    statuses={
        "released": MessageStatus.ACCEPTED,
        "landed": MessageStatus.DELIVERED,
        "lost": MessageStatus.UNDELIVERED,
    },
    codes=ErrorCodes({30003: ErrorCode("The house has no dovecote", dead=True)}),
    list_lasts=timedelta(days=1),
    read_post=read_post,
    proof_headers=("X-Pigeon",),
    refusal="This request does not come from our loft.",
    read_text=read_text,
    read_receipt=read_receipt,
    answer=WebhookAnswer("coo", "text/plain"),
)


@pytest.fixture(autouse=True)
def third(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Add the provider's row to the registry."""
    monkeypatch.setattr(registry, "PROVIDERS", (*registry.PROVIDERS, PIGEON))
    return None


ENVIRONMENT = {"PIGEON_LOFT": "roof", "PIGEON_SECRET": SECRET}


@pytest.fixture
def client(committed: Database, clock: StoppedClock) -> FlaskClient:
    """The web service of an installation that uses the provider."""
    return create_app(settings(committed, **ENVIRONMENT), committed, clock).test_client()


def post(client: FlaskClient, path: str, said: Mapping[str, Any], secret: str = SECRET) -> Any:
    """Post as the provider does."""
    body = json.dumps(said).encode()
    return client.post(
        path,
        data=body,
        content_type="application/json",
        headers={"X-Pigeon": sign(secret, body)},
    )


TEXT = {"ring": "r1", "from": "+447700900123", "to": "roof", "note": "running late"}


def test_its_settings_are_read_beside_the_others(committed: Database) -> None:
    """They are read if its variables are set, and the error names a missing one."""
    assert NAME not in settings(committed).providers
    found = settings(committed, **ENVIRONMENT)
    assert PIGEON.settings_in(found.providers) == PigeonSettings("roof", SECRET)
    assert SECRET not in repr(found)
    with pytest.raises(SettingsError, match="PIGEON_SECRET is not set: the loft's secret"):
        settings(committed, PIGEON_LOFT="roof")


def test_a_text_to_us_is_stored_once(client: FlaskClient, committed: Database) -> None:
    """It is proved and answered as the provider's row says."""
    for _ in range(2):
        answer = post(client, "/webhooks/pigeon/inbound", TEXT)
        assert (answer.status_code, answer.mimetype, answer.text) == (200, "text/plain", "coo")
    with committed.begin() as session:
        text = session.scalars(select(Inbound)).one()
        assert (text.provider, text.message_sid, text.body) == (NAME, "r1", "running late")


@pytest.mark.parametrize("path", ["/webhooks/pigeon/inbound", "/webhooks/pigeon/status"])
def test_without_its_proof_nothing_is_stored(
    client: FlaskClient, committed: Database, path: str
) -> None:
    """The answer is 403, with the provider's refusal."""
    answer = post(client, path, TEXT, secret="guess")
    assert (answer.status_code, answer.json["detail"]) == (403, PIGEON.refusal)
    with committed.begin() as session:
        assert not session.scalars(select(Inbound)).all()
        assert not session.scalars(select(Receipt)).all()


def test_a_text_goes_by_it_and_its_receipt_is_understood(
    client: FlaskClient, committed: Database, clock: StoppedClock
) -> None:
    """The worker sends through it. Its status words and codes have the meanings of its row,
    although Twilio uses the same code for another reason.
    """
    route = next(
        route
        for route in provider_routes(settings(committed, **ENVIRONMENT))
        if route.gateway.name == NAME
    )
    id = put_committed(committed, "one", route=Route(NAME), now=clock.now())
    dispatcher = Dispatcher(
        committed.begin, route.gateway, allow_all, route.callback_url, clock, "w"
    )
    dispatcher.run_once()
    dispatcher.stop()
    message = read(committed, id)
    assert (message.status, message.provider_sid) == (MessageStatus.ACCEPTED, "bird-1")
    assert isinstance(route.gateway, PigeonGateway)
    (sent,) = route.gateway.sent
    assert sent.callback_url == f"http://127.0.0.1:5000/webhooks/pigeon/status?mid={id}"

    said = {"ring": "bird-1", "state": "Lost", "code": 30003}
    assert post(client, f"/webhooks/pigeon/status?mid={id}", said).status_code == 200
    with committed.begin() as session:
        (applied,) = receipts.apply_waiting(session, clock.now())
        assert (applied.new, applied.number_dead) == (MessageStatus.UNDELIVERED, True)
        assert applied.reason == "The house has no dovecote"
        (failed,) = failures.take(session, now=clock.now())
        assert (failed.words, failed.number_dead) == ("The house has no dovecote", True)


def test_staff_read_its_name(committed: Database) -> None:
    """A provider that only old texts have is called by its stored name."""
    assert provider_label(NAME) == "Pigeon Post"
    assert provider_label("one of long ago") == "one of long ago"
