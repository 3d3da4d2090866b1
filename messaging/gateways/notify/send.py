"""Send through GOV.UK Notify, with its own client library.

Notify sends templates, not words: the service has one template, whose whole content is `((body))`.
It stores a reference with each text. Ours is the message's id, and a send without an answer is
looked up by it. Notify does not refuse a second text with the same reference, so an unknown send
stays unknown until it has been looked up. This module must never retry a send, and never let the
library log.
"""

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
from messaging.gateways.codes import HTTP_BUSY
from messaging.gateways.connection_failures import describe, was_never_sent
from messaging.gateways.notify import NAME, codes

__all__ = ["DEFAULT_SENDER", "NotifyGateway"]

DEFAULT_SENDER = "notify"
"""Our name for the sender that Notify chooses when no sender is named."""

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

    name = NAME

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

        Raises ValueError for a malformed key, or an address that is not http(s).
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
        """This thread's client: the library's client is not thread-safe."""
        client: NotificationsAPIClient | None = getattr(self._threads, "client", None)
        if client is None:
            client = self._threads.client = NotificationsAPIClient(**self._given)
        return client

    def send(self, outgoing: OutgoingText) -> Outcome:
        """Hand one text to Notify. Never raises, never retries. Notify accepts neither a callback
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
            return NotProcessed() if was_never_sent(problem) else Unknown(describe(problem))
        except Exception as problem:
            # Notify answered 2xx with JSON of another shape.
            return Unknown(f"its answer could not be read ({type(problem).__name__})")

    def find(self, to: str, since: datetime, ids: Collection[UUID]) -> Sequence[ProviderText]:
        """Every text that Notify has received under one of our ids. Raises GatewayUnavailable
        unless all could be looked up.
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
        until everything is deleted).
        """
        raise NotOffered


def _refused(problem: APIError) -> Outcome:
    """An error that Notify (or something on the way to it) answered, or a broken connection, which
    the library turns into the same error.
    """
    cause = problem.__cause__
    if problem.response is None:
        known = isinstance(cause, requests.exceptions.RequestException)
        if known and was_never_sent(cause):  # type: ignore[arg-type]
            return NotProcessed()
        return Unknown(describe(cause) if known else "the connection broke")  # type: ignore[arg-type]
    status = problem.status_code
    words = str(problem.message)
    if status == HTTP_BUSY:
        return NotProcessed(codes.DAILY_LIMIT if _LIMIT.search(words) else HTTP_BUSY)
    if not 400 <= status < 500 or status == 408:
        return Unknown(f"it answered with a fault of its own ({status})")
    if status in codes.CODES.about_account or _SETUP.search(words):
        return NotProcessed(codes.ACCOUNT)
    code = codes.BAD_NUMBER if _NUMBER.search(words) else codes.REFUSED
    return Refused(code, codes.CODES.words(code), permanent=codes.CODES.number_dead(code))


def _as_found(row: Mapping[str, Any], id: UUID) -> ProviderText:
    status = str(row["status"])
    return ProviderText(
        sid=str(UUID(row["id"])),
        to=str(row["phone_number"]),
        body=str(row.get("body") or ""),
        status=status,
        created_at=datetime.fromisoformat(row["created_at"]),
        error_code=codes.delivery_code(status),
        id=id,
    )
