"""GOV.UK Notify behind the seam, through its own client library.

Notify sends templates, not words: the service has one template, whose whole content is `((body))`.
It keeps a reference with each text, so ours goes with it, and a send that nobody answered is looked
up by that. It does not refuse a second text with the same reference, so an unknown send stays
unknown until it has been looked up. This module must never retry a send, and never let the library
log.
"""

import hmac
import logging
import re
import threading
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import requests
from notifications_python_client.errors import APIError, InvalidResponse
from notifications_python_client.notifications import NotificationsAPIClient

from messaging.gateways.base import (
    Accepted,
    GatewayUnavailable,
    NotOffered,
    NotProcessed,
    Outcome,
    OutgoingText,
    ProviderText,
    Refused,
    Unknown,
)
from messaging.gateways.lines import broken, never_left
from messaging.inbound import Received
from messaging.receipts import Said
from messaging.sending import retry, routes

__all__ = ["DEFAULT_SENDER", "NotifyGateway", "delivery_code", "receipt", "received", "valid_token"]

DEFAULT_SENDER = "notify"
"""What our record calls the sender that Notify chooses when none is named."""

_API_KEY = re.compile(r".*[0-9a-f-]{36}-[0-9a-f-]{36}")
_MOST_OF_ONE = 200
_READING = (
    APIError,
    requests.exceptions.RequestException,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
)
_LIMIT = re.compile(r"daily limit|exceeded send limits", re.IGNORECASE)
_SETUP = re.compile(r"trial mode|team-only|template|sms_sender_id|personalisation", re.IGNORECASE)
_NUMBER = re.compile(r"phone[ _]number|number is not|mobile number", re.IGNORECASE)

for _name in ("base", "notifications"):
    logging.getLogger(f"notifications_python_client.{_name}").disabled = True


class NotifyGateway:
    """Sends through one GOV.UK Notify service."""

    name = routes.NOTIFY

    def __init__(
        self,
        api_key: str,
        template_id: str,
        *,
        sms_sender_id: str | None = None,
        base_url: str | None = None,
        timeout: float = 10.0,
    ) -> None:
        """`template_id` is the template whose content is `((body))`; `timeout` is in seconds, for
        connecting and for each read.

        Raises ValueError for a key that is none, or an address that is not http(s).
        """
        if not _API_KEY.fullmatch(api_key):
            raise ValueError("a key of GOV.UK Notify ends in two ids: name-service-secret")
        if base_url and (
            urlsplit(base_url).scheme not in ("http", "https") or not urlsplit(base_url).hostname
        ):
            raise ValueError("the address of GOV.UK Notify must be http:// or https://")
        self._template_id = template_id
        self._sms_sender_id = sms_sender_id
        self.senders: tuple[str, ...] = (sms_sender_id or DEFAULT_SENDER,)
        self._given: dict[str, Any] = {"api_key": api_key, "timeout": timeout}
        if base_url:
            self._given["base_url"] = base_url
        self._threads = threading.local()

    def _client(self) -> NotificationsAPIClient:
        """The library's client is for one thread alone."""
        client: NotificationsAPIClient | None = getattr(self._threads, "client", None)
        if client is None:
            client = self._threads.client = NotificationsAPIClient(**self._given)
        return client

    def send(self, outgoing: OutgoingText) -> Outcome:
        """Hand one text to Notify. Never raises, never retries. Notify takes neither a callback
        address nor a validity with a text.
        """
        try:
            made = self._client().send_sms_notification(
                phone_number=outgoing.to,
                template_id=self._template_id,
                personalisation={"body": outgoing.body},
                reference=str(outgoing.id),
                sms_sender_id=self._sms_sender_id,
            )
            return Accepted(str(UUID(made["id"])), "created")
        except InvalidResponse:
            return Unknown("its answer could not be read")
        except APIError as problem:
            return _refused(problem)
        except requests.exceptions.RequestException as problem:
            return NotProcessed() if never_left(problem) else Unknown(broken(problem))
        except Exception as problem:
            # Notify answered 2xx with JSON of another shape.
            return Unknown(f"its answer could not be read ({type(problem).__name__})")

    def find(self, to: str, since: datetime, ids: Collection[UUID]) -> Sequence[ProviderText]:
        """Every text that Notify has had under one of our ids. Raises GatewayUnavailable unless all
        could be looked up.
        """
        found: list[ProviderText] = []
        for id in ids:
            try:
                listed = self._client().get_all_notifications(
                    reference=str(id), template_type="sms"
                )
                found += [_as_found(row, id) for row in listed["notifications"]]
            except _READING as problem:
                raise GatewayUnavailable(
                    f"GOV.UK Notify could not look up a text ({type(problem).__name__})"
                ) from problem
            if len(found) > _MOST_OF_ONE * len(ids):
                raise GatewayUnavailable("GOV.UK Notify has too many texts under one of our ids")
        return found

    def redact(self, sid: str) -> None:
        """Raises NotOffered: Notify erases by its own settings (redaction of the template, and days
        until all is deleted).
        """
        raise NotOffered


def _refused(problem: APIError) -> Outcome:
    """An error that Notify (or something on the way) stated, or a line that broke, which the
    library turns into the same error.
    """
    cause = problem.__cause__
    if problem.response is None:
        known = isinstance(cause, requests.exceptions.RequestException)
        if known and never_left(cause):  # type: ignore[arg-type]
            return NotProcessed()
        return Unknown(broken(cause) if known else "the connection broke")  # type: ignore[arg-type]
    status = problem.status_code
    words = str(problem.message)
    if status == 429:
        return NotProcessed(retry.NOTIFY_DAILY_LIMIT if _LIMIT.search(words) else 429)
    if not 400 <= status < 500 or status == 408:
        return Unknown(f"it answered with a fault of its own ({status})")
    if retry.says_nothing_about_the_text(status) or _SETUP.search(words):
        return NotProcessed(retry.NOTIFY_ACCOUNT)
    code = retry.NOTIFY_BAD_NUMBER if _NUMBER.search(words) else retry.NOTIFY_REFUSED
    return Refused(code, retry.words(code), permanent=retry.number_dead(code))


def _as_found(row: Mapping[str, Any], id: UUID) -> ProviderText:
    status = str(row["status"])
    return ProviderText(
        sid=str(UUID(row["id"])),
        to=str(row["phone_number"]),
        body=str(row.get("body") or ""),
        status=status,
        created_at=datetime.fromisoformat(row["created_at"]),
        error_code=delivery_code(status),
        id=id,
    )


def delivery_code(status: str | None) -> int | None:
    """The code under which we keep why a text was not delivered: Notify itself has words only."""
    return {
        "permanent-failure": retry.NOTIFY_PERMANENT,
        "temporary-failure": retry.NOTIFY_TEMPORARY,
        "technical-failure": retry.NOTIFY_TECHNICAL,
    }.get(status or "")


def valid_token(expected: str | None, authorization: str | None) -> bool:
    """Does this `Authorization` header carry the token that Notify was given for its callbacks?
    False where none is expected.
    """
    if not expected or not authorization:
        return False
    scheme, _, given = authorization.partition(" ")
    return scheme.lower() == "bearer" and hmac.compare_digest(
        given.strip().encode(), expected.encode()
    )


def receipt(posted: Mapping[str, Any]) -> Said:
    """What a delivery callback says; fields that are missing or of another kind are left out, never
    refused.
    """
    kept = _words(posted)
    status = kept.get("status")
    return Said(
        routes.NOTIFY, kept.get("reference"), kept.get("id"), status, delivery_code(status), kept
    )


def received(posted: Mapping[str, Any]) -> Received:
    """A text to us as Notify posts it. It writes numbers without the plus, or as people dial them."""
    kept = _words(posted)
    theirs, ours = _e164(kept.get("source_number", "")), _e164(kept.get("destination_number", ""))
    return Received(routes.NOTIFY, kept.get("id"), theirs, ours, kept.get("message", ""), 0, kept)


def _words(posted: Mapping[str, Any]) -> dict[str, str]:
    return {
        str(name): value if isinstance(value, str) else str(value)
        for name, value in posted.items()
        if value is not None
    }


def _e164(given: str) -> str:
    """A number as Notify writes it; a short code or a word stays what it is."""
    if re.fullmatch(r"0[1-9][0-9]{9}", given):
        return f"+44{given[1:]}"
    return f"+{given}" if re.fullmatch(r"[1-9][0-9]{9,14}", given) else given
