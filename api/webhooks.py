"""Twilio in: what it posts is checked for its signature, stored once, and answered. Nothing else is done in the request.

The signature is over the public address of the settings, never over the Host header. What cannot be believed is refused (403) and leaves
nothing behind but a log line; unknown parameters are kept with the rest. Nothing here may read what a text says.
"""

from collections.abc import Mapping

import structlog
from flask import Blueprint, Flask, Response, current_app, request
from werkzeug.exceptions import UnsupportedMediaType

from api.access import TWILIO, allow
from api.database import database, now
from engage.errors import Forbidden
from engage.settings import Settings
from messaging import inbound, receipts
from messaging.gateways.twilio import valid_signature

log = structlog.get_logger(__name__)
webhooks = Blueprint("webhooks", __name__)
FORM = "application/x-www-form-urlencoded"
EMPTY_ANSWER = "<Response/>"


def install(app: Flask) -> None:
    """Give `app` the addresses that Twilio posts to."""
    app.register_blueprint(webhooks)


@webhooks.post("/webhooks/twilio/inbound")
@allow(TWILIO)
def text_received() -> Response:
    """A text to us: stored once per id of Twilio's, however often it is posted."""
    params, moment = _signed_params(), now()
    database().at_once(lambda connection: inbound.store_at_once(connection, params, now=moment))
    return Response(EMPTY_ANSWER, content_type="text/xml")


@webhooks.post("/webhooks/twilio/status")
@allow(TWILIO)
def status_reported() -> Response:
    """A receipt for a text of ours; `mid` is our id of it. Stored once, whether we know the text or not."""
    params, mid, moment = _signed_params(), request.args.get("mid"), now()
    database().at_once(
        lambda connection: receipts.store_at_once(connection, mid=mid, params=params, now=moment)
    )
    return Response(EMPTY_ANSWER, content_type="text/xml")


def _signed_params() -> Mapping[str, str]:
    """The posted form, if Twilio signed it. Raises Forbidden when it did not, UnsupportedMediaType when it is no form."""
    if request.mimetype != FORM:
        raise UnsupportedMediaType
    settings: Settings = current_app.extensions["engage.settings"]
    query = request.query_string.decode("latin-1")
    url = f"{settings.public_url}{request.path}" + (f"?{query}" if query else "")
    if not valid_signature(settings.twilio.auth_token, url, request.form, dict(request.headers)):
        log.warning("webhook.refused", route=request.path, signed="X-Twilio-Signature" in request.headers)
        raise Forbidden("This request does not carry the signature of our Twilio account.")
    return request.form.to_dict()
