"""The webhooks of text providers: check what they post, store it once, and answer.

Each provider has two addresses, for texts to us and for receipts. How a post proves where it comes
from, how it is read and what it is answered stand in the provider's row of
messaging/gateways/registry.py. A post without proof is refused (403) and leaves nothing behind but
a log line. Nothing else is done in the request, and nothing here may read what a text says.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import structlog
from flask import Blueprint, Flask, Response, current_app, request
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from api.access import PROVIDER, allow
from api.database import database, now
from engage.core.errors import Forbidden
from engage.core.settings import Settings
from messaging import inbound, receipts
from messaging.gateways import registry
from messaging.gateways.registry import ProviderDefinition
from messaging.gateways.webhooks import NotProved, WebhookAnswer

if TYPE_CHECKING:
    from psycopg import Connection

log = structlog.get_logger(__name__)
FORM = "application/x-www-form-urlencoded"


def install(app: Flask) -> None:
    """Give `app` the addresses that providers post to."""
    webhooks = Blueprint("webhooks", __name__)
    for provider in registry.PROVIDERS:
        _add_addresses(webhooks, provider)
    app.register_blueprint(webhooks)


def _add_addresses(webhooks: Blueprint, provider: ProviderDefinition[Any]) -> None:
    @allow(PROVIDER)
    def text_received() -> Response:
        """A text to us: stored once per id of the provider's, however often it is posted."""
        incoming, moment = provider.read_text(_posted_by(provider)), now()
        _store(
            lambda connection: inbound.store_at_once(connection, incoming, now=moment),
            inbound.CHANNEL,
        )
        return _response(provider.answer)

    @allow(PROVIDER)
    def status_reported() -> Response:
        """A receipt for a text of ours; `mid` is our id of it. Stored once, whether we know the
        text or not.
        """
        posted = _posted_by(provider)
        incoming, moment = provider.read_receipt(posted, request.args.get("mid")), now()
        _store(
            lambda connection: receipts.store_at_once(connection, incoming, now=moment),
            receipts.CHANNEL,
        )
        return _response(provider.answer)

    for path, name, view in (
        (provider.inbound_path, f"{provider.name}_text_received", text_received),
        (provider.status_path, f"{provider.name}_status_reported", status_reported),
    ):
        webhooks.add_url_rule(path, name, view, methods=["POST"])


def _store(work: "Callable[[Connection[Any]], bool]", channel: str) -> None:
    """Store in one statement, then wake the workers if there was anything new."""
    database().autocommit(work, wakes=channel)


def _response(answer: WebhookAnswer) -> Response:
    return Response(answer.body, content_type=answer.content_type)


def _posted_by(provider: ProviderDefinition[Any]) -> Mapping[str, Any]:
    """What was posted. Raises Forbidden unless it comes from the provider, UnsupportedMediaType or
    BadRequest if it is not what the provider posts.
    """
    settings: Settings = current_app.extensions["engage.settings"]
    known = provider.settings_in(settings.providers)
    try:
        if known is None:
            raise NotProved
        return provider.read_post(_PostedRequest(settings.public_url), known)
    except NotProved:
        signed = any(name in request.headers for name in provider.proof_headers)
        log.warning("webhook.refused", route=request.path, signed=signed)
        raise Forbidden(provider.refusal) from None


class _PostedRequest:
    """The request of Flask as a provider's own module sees it."""

    def __init__(self, public_url: str) -> None:
        self._public_url = public_url

    @property
    def url(self) -> str:
        query = request.query_string.decode("latin-1")
        return f"{self._public_url}{request.path}" + (f"?{query}" if query else "")

    def header(self, name: str) -> str | None:
        return request.headers.get(name)

    def form(self) -> Mapping[str, Any]:
        if request.mimetype != FORM:
            raise UnsupportedMediaType
        return request.form

    def json_object(self) -> Mapping[str, Any]:
        posted = request.get_json()
        if not isinstance(posted, dict):
            raise BadRequest
        return posted

    def body(self) -> bytes:
        return request.get_data()
