"""Twilio in: what it posts is checked for its signature, stored once, and answered. Nothing else is done in the request.

The signature is over the public address of the settings, never over the Host header. What cannot be believed is refused (403) and leaves
nothing behind but a log line; unknown parameters are kept with the rest. Nothing here may read what a text says.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import structlog
from flask import Blueprint, Flask, Response, current_app, request
from werkzeug.exceptions import UnsupportedMediaType

from api.access import TWILIO, allow
from api.database import database, now
from engage.errors import Forbidden
from engage.settings import Settings
from messaging import inbound, receipts
from messaging.gateways.twilio import valid_signature

if TYPE_CHECKING:
    import psycopg

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
    params = _signed_params()
    with _at_once() as connection:
        inbound.store_at_once(connection, params, now=now())
    return Response(EMPTY_ANSWER, content_type="text/xml")


@webhooks.post("/webhooks/twilio/status")
@allow(TWILIO)
def status_reported() -> Response:
    """A receipt for a text of ours; `mid` is our id of it. Stored once, whether we know the text or not."""
    params = _signed_params()
    with _at_once() as connection:
        receipts.store_at_once(connection, mid=request.args.get("mid"), params=params, now=now())
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


@contextmanager
def _at_once() -> "Iterator[psycopg.Connection[Any]]":
    """A pooled connection on which every statement is a transaction of its own.

    Storing is one statement, so BEGIN and COMMIT around it would only be two more journeys to the database.
    """
    pooled = database().engine.raw_connection()
    connection: psycopg.Connection[Any] = pooled.driver_connection  # type: ignore[assignment]
    try:
        connection.autocommit = True
        yield connection
        connection.autocommit = False
    except BaseException:
        pooled.invalidate()
        raise
    finally:
        pooled.close()
