"""Send through Twilio, with its own client library.

Every way a call can end becomes one of four outcomes. If it is not clear whether Twilio has the
text, the outcome is Unknown: Twilio has no idempotency, so a second send is a second text. This
module must never retry a send, and never let the library log, because it logs numbers.
"""

import logging
import re
import threading
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import requests
from requests.adapters import HTTPAdapter
from twilio.base.exceptions import TwilioException, TwilioRestException, TwilioServiceException
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from messaging.gateways.base import (
    Accepted,
    GatewayUnavailable,
    NotProcessed,
    Outcome,
    OutgoingText,
    ProviderText,
    Refused,
    Unknown,
)
from messaging.gateways.codes import HTTP_BUSY
from messaging.gateways.connection_failures import describe, was_never_sent
from messaging.gateways.twilio import NAME
from messaging.gateways.twilio.codes import BUSY, CODES

__all__ = ["TwilioGateway"]

_SID = re.compile(r"(SM|MM)[0-9a-f]{32}")
_PAGE = 500
_LONGEST_LIST = 5000
_CONNECTIONS = 64

_UNREADABLE = (
    TwilioException,
    requests.exceptions.RequestException,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
)
"""How the library fails on an error, on a broken connection, and on an answer it does not expect.
"""

_silent = logging.getLogger("messaging.gateways.twilio.library")
_silent.disabled = True


class _Wire(TwilioHttpClient):
    """The library's HTTP client, with connections for many threads. It keeps the answer's
    Retry-After, which the library's errors drop.
    """

    def __init__(self, timeout: float) -> None:
        super().__init__(timeout=timeout, logger=_silent)
        self.last = threading.local()
        if self.session is not None:
            for scheme in ("https://", "http://"):
                self.session.mount(scheme, HTTPAdapter(pool_maxsize=_CONNECTIONS))

    def request(self, *given: Any, **named: Any) -> Response:
        self.last.retry_after = None
        answer = super().request(*given, **named)
        self.last.retry_after = (answer.headers or {}).get("Retry-After")
        return answer


class TwilioGateway:
    """Sends through one Twilio account, from one number, several, or a messaging service."""

    name = NAME

    def __init__(
        self,
        account_sid: str,
        auth_token: str,
        *,
        from_number: str | Sequence[str] | None = None,
        messaging_service_sid: str | None = None,
        api_base_url: str | None = None,
        timeout: float = 10.0,
    ) -> None:
        """`api_base_url` is another server that speaks Twilio's API; `timeout` is in seconds, for
        connecting and for each read.

        Raises ValueError if there is nothing to send from, or the address is not http(s).
        """
        numbers = [from_number] if isinstance(from_number, str) else list(from_number or [])
        self.senders: tuple[str, ...] = (
            (messaging_service_sid,) if messaging_service_sid else tuple(numbers)
        )
        if not self.senders:
            raise ValueError("Twilio needs a number or a messaging service to send from")
        self._wire = _Wire(timeout)
        self._client = Client(account_sid, auth_token, http_client=self._wire)
        # The library reads these from the environment and then rewrites every address, ours
        # included.
        self._client.edge = None
        self._client.region = None
        if api_base_url:
            if (
                urlsplit(api_base_url).scheme not in ("http", "https")
                or not urlsplit(api_base_url).hostname
            ):
                raise ValueError("the address of the Twilio API must be http:// or https://")
            self._client.api.base_url = api_base_url.rstrip("/")

    def send(self, outgoing: OutgoingText) -> Outcome:
        """Hand one text to Twilio. Never raises, never retries."""
        try:
            made = self._client.messages.create(**_fields(outgoing))
        except (TwilioRestException, TwilioServiceException) as problem:
            return self._answered(problem.status, problem.code)
        except requests.exceptions.RequestException as problem:
            return NotProcessed() if was_never_sent(problem) else Unknown(describe(problem))
        except Exception as problem:
            # Twilio answered 2xx with something the library cannot read (not JSON, or JSON of
            # another shape).
            return Unknown(f"its answer could not be read ({type(problem).__name__})")
        if not _SID.fullmatch(str(made.sid)):
            return Unknown("its answer did not name the text")
        return Accepted(str(made.sid), str(made.status or ""), _positive(made.num_segments))

    def _answered(self, status: int, code: int | None) -> Outcome:
        """An error that Twilio (or something on the way to it) answered."""
        known = int(code or status)
        if status == HTTP_BUSY or known == BUSY:
            return NotProcessed(known, self._retry_after())
        if not 400 <= status < 500 or status == 408:
            return Unknown(f"it answered with a fault of its own ({known})")
        if known in CODES.about_account:
            return NotProcessed(known, self._retry_after())
        return Refused(known, CODES.words(known), permanent=CODES.number_dead(known))

    def _retry_after(self) -> timedelta | None:
        given = getattr(self._wire.last, "retry_after", None)
        return (
            timedelta(seconds=int(given)) if given and re.fullmatch(r"[0-9]{1,5}", given) else None
        )

    def find(self, to: str, since: datetime, ids: Collection[UUID] = ()) -> Sequence[ProviderText]:
        """Texts that Twilio has received for `to` since then.

        The list is requested by number alone and cut here: a filter on DateSent leaves out texts
        that Twilio has accepted and not sent yet, and exactly those must not be sent twice. Raises
        GatewayUnavailable unless the list is complete.
        """
        try:
            rows = list(self._client.messages.stream(to=to, page_size=_PAGE, limit=_LONGEST_LIST))
        except _UNREADABLE as problem:
            raise GatewayUnavailable(
                f"Twilio could not list texts ({type(problem).__name__})"
            ) from problem
        if len(rows) >= _LONGEST_LIST:
            raise GatewayUnavailable(
                "Twilio's list of texts to this number is too long to read whole"
            )
        return [
            one for one in map(_as_found, rows) if one.created_at is None or one.created_at >= since
        ]

    def redact(self, sid: str) -> None:
        """Erase the body at Twilio; the text's other fields stay. A text that Twilio no longer has
        counts as erased. Raises GatewayUnavailable.
        """
        try:
            self._client.messages(sid).update(body="")
        except _UNREADABLE as problem:
            if isinstance(problem, TwilioRestException) and problem.status == 404:
                return
            raise GatewayUnavailable(
                f"Twilio could not erase a text ({type(problem).__name__})"
            ) from problem


def _fields(outgoing: OutgoingText) -> dict[str, Any]:
    """The form to post. SmartEncoded is off: the body is plain already, and must come back from the
    list as it was sent.
    """
    service = outgoing.sender.startswith("MG")
    fields: dict[str, Any] = {
        "to": outgoing.to,
        "messaging_service_sid" if service else "from_": outgoing.sender,
        "body": outgoing.body,
        "smart_encoded": False,
    }
    if outgoing.callback_url:
        fields["status_callback"] = outgoing.callback_url
    if outgoing.validity:
        fields["validity_period"] = outgoing.validity
    return fields


def _positive(given: str | None) -> int | None:
    """Segments as Twilio counts them. Through a messaging service it says 0 at first, which is not
    a count.
    """
    return int(given) if given and re.fullmatch(r"[1-9][0-9]?", given) else None


def _as_found(row: Any) -> ProviderText:
    return ProviderText(
        sid=str(row.sid),
        to=str(row.to),
        body=row.body or "",
        status=str(row.status or ""),
        created_at=row.date_created if isinstance(row.date_created, datetime) else None,
        error_code=int(row.error_code) if row.error_code else None,
    )
