"""The interface between the engine and a provider of texts.

A provider is anything that can take a text and answer in one of four ways. The four say everything
about a send, so nothing above this interface ever looks at an HTTP status. A gateway must never
retry a send by itself and never raise from `send`.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

__all__ = [
    "Accepted",
    "Gateway",
    "GatewayUnavailable",
    "NotOffered",
    "NotProcessed",
    "Outcome",
    "OutgoingText",
    "ProviderRoute",
    "ProviderText",
    "Refused",
    "Unknown",
]


@dataclass(frozen=True, slots=True)
class OutgoingText:
    """A text to hand to a provider. `callback_url` already carries our id; `validity` is how long
    the provider may keep trying, in seconds.
    """

    id: UUID
    to: str
    sender: str
    body: str
    callback_url: str | None = None
    validity: int | None = None


@dataclass(frozen=True, slots=True)
class Accepted:
    """The provider has the text, under `sid`. `status` is its own word; `segments` is None if it
    does not say.
    """

    sid: str
    status: str
    segments: int | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """The provider will not take this text. `words` are for staff. `permanent`: the number can
    never be texted.
    """

    code: int
    words: str
    permanent: bool = False


@dataclass(frozen=True, slots=True)
class NotProcessed:
    """The provider certainly does not have the text. It may be tried again, after `retry_after` if
    the provider gave one.
    """

    code: int | None = None
    retry_after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Unknown:
    """The provider may or may not have the text."""

    why: str


Outcome = Accepted | Refused | NotProcessed | Unknown


@dataclass(frozen=True, slots=True)
class ProviderText:
    """A text to a phone as the provider's own list shows it. `id` is ours, if the provider keeps it
    with the text.
    """

    sid: str
    to: str
    body: str
    status: str
    created_at: datetime | None
    error_code: int | None = None
    id: UUID | None = None


class GatewayUnavailable(Exception):
    """The provider could not answer a question, or not completely; nothing may be concluded from
    it.
    """


class NotOffered(Exception):
    """The provider never does this."""


class Gateway(Protocol):
    """A provider. One object is used by many threads at once."""

    @property
    def name(self) -> str:
        """A short name, stored with each text it carries."""

    @property
    def senders(self) -> Sequence[str]:
        """The numbers or services it can send from; at least one."""

    def send(self, outgoing: OutgoingText) -> Outcome:
        """Hand over one text. Never raises and never retries."""

    def find(self, to: str, since: datetime, ids: Collection[UUID]) -> Sequence[ProviderText]:
        """Every text to `to` that the provider has received since then or, if it keeps our ids,
        every one of `ids` that it has received.

        Raises GatewayUnavailable unless the list is complete.
        """

    def redact(self, sid: str) -> None:
        """Erase the body of a text at the provider. Raises GatewayUnavailable, or NotOffered if it
        erases nothing on request.
        """


@dataclass(frozen=True)
class ProviderRoute:
    """A provider that texts can go by: its gateway, where it reports to, and how fast its senders
    may send, in segments a second. `rates` are for senders with a speed of their own.
    """

    gateway: Gateway
    callback_url: str | None
    segments_per_second: float
    rates: Mapping[str, float] = field(default_factory=dict)
