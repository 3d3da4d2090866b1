"""What providers post to us: the request as a provider's own module sees it, and the texts and
receipts that it reads from it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

__all__ = ["IncomingReceipt", "IncomingText", "NotProved", "WebhookAnswer", "WebhookRequest"]


class NotProved(Exception):
    """The request does not show that it comes from the provider."""


class WebhookRequest(Protocol):
    """A request to a webhook. The body is read only when it is asked for."""

    @property
    def url(self) -> str:
        """Our public address of the webhook, with the query; never taken from the Host header."""

    def header(self, name: str) -> str | None:
        """The value of a header, or None."""

    def form(self) -> Mapping[str, Any]:
        """The posted form. Any other content type is answered 415."""

    def json_object(self) -> Mapping[str, Any]:
        """The posted JSON object. Anything else is answered 400 or 415."""

    def body(self) -> bytes:
        """The raw body."""


@dataclass(frozen=True, slots=True)
class WebhookAnswer:
    """The answer to a provider whose post is stored. `content_type` None is Flask's default."""

    body: str = ""
    content_type: str | None = None


@dataclass(frozen=True, slots=True)
class IncomingText:
    """A text to us as the provider posts it: `sid` is the provider's id, `params` all that was
    posted.
    """

    provider: str
    sid: str | None
    from_number: str
    to_number: str
    body: str
    num_media: int
    params: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class IncomingReceipt:
    """A receipt as the provider posts it: `mid` is our id of the text and `sid` the provider's,
    both unchecked; `status` is the provider's word; `params` all that was posted.
    """

    provider: str
    mid: str | None
    sid: str | None
    status: str | None
    error_code: int | None
    params: Mapping[str, str]
