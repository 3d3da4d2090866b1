"""The providers in: what they post is checked for who sent it, stored once, and answered. Nothing
else is done in the request.

Twilio's signature is over the public address of the settings, never over the Host header. What
cannot be believed is refused (403) and leaves nothing behind but a log line; unknown parameters are
kept with the rest. Nothing here may read what a text says.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import structlog
from flask import Blueprint, Flask, Response, current_app, request
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from api.access import NOTIFY, TWILIO, allow
from api.database import database, now
from engage.core.errors import Forbidden
from engage.core.settings import Settings
from messaging import inbound, receipts
from messaging.gateways.notify import send
from messaging.gateways.twilio.send import valid_signature

if TYPE_CHECKING:
    from psycopg import Connection

log = structlog.get_logger(__name__)
webhooks = Blueprint("webhooks", __name__)
FORM = "application/x-www-form-urlencoded"
PROOF = ("X-Twilio-Signature", "X-Twilio-Webhooks-Signature-Settings")
EMPTY_ANSWER = "<Response/>"


def install(app: Flask) -> None:
    """Give `app` the addresses that Twilio and GOV.UK Notify post to."""
    app.register_blueprint(webhooks)


@webhooks.post("/webhooks/twilio/inbound")
@allow(TWILIO)
def text_received() -> Response:
    """A text to us: stored once per id of Twilio's, however often it is posted."""
    params, moment = _signed_params(), now()
    _keep(lambda connection: inbound.store_at_once(connection, params, now=moment), inbound.CHANNEL)
    return Response(EMPTY_ANSWER, content_type="text/xml")


@webhooks.post("/webhooks/twilio/status")
@allow(TWILIO)
def status_reported() -> Response:
    """A receipt for a text of ours; `mid` is our id of it. Stored once, whether we know the text or
    not.
    """
    params, mid, moment = _signed_params(), request.args.get("mid"), now()
    _keep(
        lambda connection: receipts.store_at_once(connection, mid=mid, params=params, now=moment),
        receipts.CHANNEL,
    )
    return Response(EMPTY_ANSWER, content_type="text/xml")


@webhooks.post("/webhooks/notify/inbound")
@allow(NOTIFY)
def text_received_by_notify() -> Response:
    """A text to our number at GOV.UK Notify: stored once per id of Notify's."""
    received, moment = send.received(_posted_by_notify()), now()
    _keep(
        lambda connection: inbound.keep_at_once(connection, received, now=moment), inbound.CHANNEL
    )
    return Response(status=200)


@webhooks.post("/webhooks/notify/status")
@allow(NOTIFY)
def status_reported_by_notify() -> Response:
    """What became of a text of ours, whose id is Notify's reference. Stored once, whether we know
    the text or not.
    """
    said, moment = send.receipt(_posted_by_notify()), now()
    _keep(lambda connection: receipts.keep_at_once(connection, said, now=moment), receipts.CHANNEL)
    return Response(status=200)


def _keep(work: "Callable[[Connection[Any]], bool]", channel: str) -> None:
    """Store in one statement, then wake the workers if there was anything new."""
    database().autocommit(work, wakes=channel)


def _posted_by_notify() -> Mapping[str, Any]:
    """The posted object, if it carries the token. Raises Forbidden when it does not, BadRequest
    when it is no JSON object.
    """
    settings: Settings = current_app.extensions["engage.settings"]
    expected = settings.notify.callback_token if settings.notify else None
    if not send.valid_token(expected, request.headers.get("Authorization")):
        log.warning(
            "webhook.refused", route=request.path, signed="Authorization" in request.headers
        )
        raise Forbidden("This request does not carry the token of our GOV.UK Notify service.")
    posted = request.get_json()
    if not isinstance(posted, dict):
        raise BadRequest
    return posted


def _signed_params() -> Mapping[str, str]:
    """The posted form, if Twilio signed it. Raises Forbidden when it did not, UnsupportedMediaType
    when it is no form.
    """
    if request.mimetype != FORM:
        raise UnsupportedMediaType
    settings: Settings = current_app.extensions["engage.settings"]
    query = request.query_string.decode("latin-1")
    url = f"{settings.public_url}{request.path}" + (f"?{query}" if query else "")
    proof = {name: request.headers[name] for name in PROOF if name in request.headers}
    if not valid_signature(settings.twilio.auth_token, url, request.form, proof):
        log.warning("webhook.refused", route=request.path, signed=bool(proof))
        raise Forbidden("This request does not carry the signature of our Twilio account.")
    return request.form.to_dict()
