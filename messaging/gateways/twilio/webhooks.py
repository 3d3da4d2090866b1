"""What Twilio posts to us: how a post is proved, and how a text and a receipt are read.

A field that is missing or malformed is left out, never refused.
"""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from messaging.gateways.twilio import NAME
from messaging.gateways.twilio.settings import TwilioSettings
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
    "valid_signature",
]

PROOF_HEADERS = ("X-Twilio-Signature", "X-Twilio-Webhooks-Signature-Settings")
REFUSAL = "This request does not carry the signature of our Twilio account."
ANSWER = WebhookAnswer("<Response/>", "text/xml")


def read_post(request: WebhookRequest, settings: TwilioSettings) -> Mapping[str, str]:
    """The posted form. Raises NotProved unless Twilio signed it."""
    form = request.form()
    proof = {name: value for name in PROOF_HEADERS if (value := request.header(name)) is not None}
    if not valid_signature(settings.auth_token, request.url, form, proof):
        raise NotProved
    return {name: form[name] for name in form}


def read_text(posted: Mapping[str, Any]) -> IncomingText:
    """A text to us."""
    media = posted.get("NumMedia", "")
    return IncomingText(
        NAME,
        posted.get("MessageSid") or posted.get("SmsSid") or posted.get("SmsMessageSid"),
        posted.get("From", ""),
        posted.get("To", ""),
        posted.get("Body", ""),
        int(media) if re.fullmatch(r"[0-9]{1,3}", media) else 0,
        posted,
    )


def read_receipt(posted: Mapping[str, Any], mid: str | None) -> IncomingReceipt:
    """A receipt. `mid` is our id from the callback's address."""
    code = posted.get("ErrorCode")
    return IncomingReceipt(
        NAME,
        mid,
        posted.get("MessageSid") or posted.get("SmsSid"),
        posted.get("MessageStatus") or posted.get("SmsStatus"),
        int(code) if code and re.fullmatch(r"[0-9]{1,9}", code) else None,
        posted,
    )


def valid_signature(
    token: str, url: str, params: Mapping[str, Any] | str | bytes | None, headers: Mapping[str, str]
) -> bool:
    """Whether Twilio signed this request. `url` is the public address with its query; `params` the
    form as it came, or a JSON body.

    False, never an error, for a missing header, a body without its `bodySHA256`, or anything that
    the library cannot read.
    """
    # Imported here: programs that receive no webhook load this module too.
    from twilio.request_validator import (
        SIGNATURE_HEADER,
        SIGNATURE_SETTINGS_HEADER,
        RequestValidator,
        get_signature_algorithm,
    )

    named = {name.lower(): value for name, value in headers.items()}
    signature = named.get(SIGNATURE_HEADER.lower())
    if not signature:
        return False
    try:
        if isinstance(params, bytes):
            params = params.decode()
        if isinstance(params, str) and "bodySHA256" not in parse_qs(urlsplit(url).query):
            return False
        algorithm = get_signature_algorithm(named.get(SIGNATURE_SETTINGS_HEADER.lower()))
        return bool(RequestValidator(token).validate(url, params, signature, algorithm))
    except (ValueError, TypeError, AttributeError):
        return False
