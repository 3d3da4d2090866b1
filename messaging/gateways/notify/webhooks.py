"""What GOV.UK Notify posts to us: how a post is proved, and how a text and a receipt are read.

A field that is missing or malformed is left out, never refused.
"""

import hmac
import re
from collections.abc import Mapping
from typing import Any

from messaging.gateways.notify import NAME
from messaging.gateways.notify.codes import delivery_code
from messaging.gateways.notify.settings import NotifySettings
from messaging.gateways.webhooks import (
    IncomingReceipt,
    IncomingText,
    NotProved,
    WebhookAnswer,
    WebhookRequest,
)

__all__ = [
    "ANSWER",
    "PROOF_HEADERS",
    "REFUSAL",
    "read_post",
    "read_receipt",
    "read_text",
    "valid_token",
]

PROOF_HEADERS = ("Authorization",)
REFUSAL = "This request does not carry the token of our GOV.UK Notify service."
ANSWER = WebhookAnswer()


def read_post(request: WebhookRequest, settings: NotifySettings) -> Mapping[str, Any]:
    """The posted object. Raises NotProved unless the request carries our token."""
    if not valid_token(settings.callback_token, request.header("Authorization")):
        raise NotProved
    return request.json_object()


def read_text(posted: Mapping[str, Any]) -> IncomingText:
    """A text to us. Notify writes numbers without the plus, or as people dial them."""
    kept = _words(posted)
    theirs, ours = _e164(kept.get("source_number", "")), _e164(kept.get("destination_number", ""))
    return IncomingText(NAME, kept.get("id"), theirs, ours, kept.get("message", ""), 0, kept)


def read_receipt(posted: Mapping[str, Any], mid: str | None = None) -> IncomingReceipt:
    """A receipt. Our id is Notify's reference; Notify's address has no `mid`."""
    kept = _words(posted)
    status = kept.get("status")
    return IncomingReceipt(
        NAME, kept.get("reference"), kept.get("id"), status, delivery_code(status), kept
    )


def valid_token(expected: str | None, authorization: str | None) -> bool:
    """Whether this `Authorization` header carries the token that Notify was given for its
    callbacks. False if no token is expected.
    """
    if not expected or not authorization:
        return False
    scheme, _, given = authorization.partition(" ")
    return scheme.lower() == "bearer" and hmac.compare_digest(
        given.strip().encode(), expected.encode()
    )


def _words(posted: Mapping[str, Any]) -> dict[str, str]:
    return {
        str(name): value if isinstance(value, str) else str(value)
        for name, value in posted.items()
        if value is not None
    }


def _e164(given: str) -> str:
    """A number in E.164, whichever way Notify writes it; a short code or a word is left
    unchanged.
    """
    if re.fullmatch(r"0[1-9][0-9]{9}", given):
        return f"+44{given[1:]}"
    return f"+{given}" if re.fullmatch(r"[1-9][0-9]{9,14}", given) else given
