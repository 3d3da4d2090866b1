"""The providers: one row each, with everything that differs between them.

Everything else in the service asks here and names no provider. A new provider is a folder beside
this module and a row in PROVIDERS. The rows are loaded by every program, so a row must not import
the provider's own library, nor SQLAlchemy: what needs them imports them when it is called.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Generic, Protocol, TypeVar

from messaging.environment import EnvironmentReader
from messaging.gateways import notify, twilio
from messaging.gateways.base import ProviderRoute
from messaging.gateways.codes import ErrorCodes
from messaging.gateways.notify import codes as notify_codes
from messaging.gateways.notify import settings as notify_settings
from messaging.gateways.notify import webhooks as notify_webhooks
from messaging.gateways.twilio import codes as twilio_codes
from messaging.gateways.twilio import settings as twilio_settings
from messaging.gateways.twilio import webhooks as twilio_webhooks
from messaging.gateways.webhooks import (
    IncomingReceipt,
    IncomingText,
    WebhookAnswer,
    WebhookRequest,
)
from messaging.states import MessageStatus

__all__ = [
    "DEFAULT",
    "NOTIFY",
    "PROVIDERS",
    "TWILIO",
    "ProviderDefinition",
    "codes",
    "fallback_for",
    "find",
    "label",
    "meaning",
    "names",
]

S = TypeVar("S")
ReadSettings = TypeVar("ReadSettings", covariant=True)
GivenSettings = TypeVar("GivenSettings", contravariant=True)


class SettingsReader(Protocol[ReadSettings]):
    """Reads a provider's settings; None if this installation does not use the provider."""

    def __call__(
        self, environment: EnvironmentReader, *, simulated: bool, simulator_url: str
    ) -> ReadSettings | None: ...


class Connector(Protocol[GivenSettings]):
    """Builds the gateway. `segments_per_second` is for providers without a speed of their own."""

    def __call__(
        self, settings: GivenSettings, *, callback_url: str, segments_per_second: float
    ) -> ProviderRoute: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderDefinition(Generic[S]):
    """Everything that differs between providers.

    name: stored with each text, and part of the webhooks' addresses; at most 20 characters, never
    changed. label: what staff read. real_account: the variable that names a real account; if it is
    set, nothing is simulated. statuses: the provider's words, in lower case. list_lasts: how long
    the provider's list of texts is certain to show a text. read_post: what was posted; raises
    NotProved. proof_headers: where a request carries its proof. refusal: the answer to a request
    without proof. read_receipt takes our id from the callback's address, if there is one.
    """

    name: str
    label: str
    real_account: str | None = None
    read_settings: SettingsReader[S]
    connect: Connector[S]
    statuses: Mapping[str, MessageStatus]
    codes: ErrorCodes
    list_lasts: timedelta
    read_post: Callable[[WebhookRequest, S], Mapping[str, Any]]
    proof_headers: tuple[str, ...]
    refusal: str
    read_text: Callable[[Mapping[str, Any]], IncomingText]
    read_receipt: Callable[[Mapping[str, Any], str | None], IncomingReceipt]
    answer: WebhookAnswer

    @property
    def inbound_path(self) -> str:
        """Where texts to us are posted."""
        return f"/webhooks/{self.name}/inbound"

    @property
    def status_path(self) -> str:
        """Where receipts are posted."""
        return f"/webhooks/{self.name}/status"

    def settings_in(self, read: Mapping[str, Any]) -> S | None:
        """This provider's settings among those of all; None if it is not used here."""
        return read.get(self.name)


TWILIO = ProviderDefinition(
    name=twilio.NAME,
    label="Twilio",
    real_account=twilio_settings.REAL_ACCOUNT,
    read_settings=twilio_settings.read,
    connect=twilio_settings.connect,
    statuses=twilio_codes.STATUSES,
    codes=twilio_codes.CODES,
    list_lasts=timedelta(days=5),
    read_post=twilio_webhooks.read_post,
    proof_headers=twilio_webhooks.PROOF_HEADERS,
    refusal=twilio_webhooks.REFUSAL,
    read_text=twilio_webhooks.read_text,
    read_receipt=twilio_webhooks.read_receipt,
    answer=twilio_webhooks.ANSWER,
)

NOTIFY = ProviderDefinition(
    name=notify.NAME,
    label="GOV.UK Notify",
    read_settings=notify_settings.read,
    connect=notify_settings.connect,
    statuses=notify_codes.STATUSES,
    codes=notify_codes.CODES,
    list_lasts=timedelta(days=5),  # Notify forgets after a week.
    read_post=notify_webhooks.read_post,
    proof_headers=notify_webhooks.PROOF_HEADERS,
    refusal=notify_webhooks.REFUSAL,
    read_text=notify_webhooks.read_text,
    read_receipt=notify_webhooks.read_receipt,
    answer=notify_webhooks.ANSWER,
)

PROVIDERS: tuple[ProviderDefinition[Any], ...] = (TWILIO, NOTIFY)

DEFAULT = TWILIO.name
"""The provider of a text for which none is named; the database's default too."""

_NO_CODES = ErrorCodes()


def names() -> tuple[str, ...]:
    """The names of all providers."""
    return tuple(provider.name for provider in PROVIDERS)


def find(name: str) -> ProviderDefinition[Any] | None:
    """The provider of that name; None for a name that only old rows of the database have."""
    return next((provider for provider in PROVIDERS if provider.name == name), None)


def fallback_for(name: str) -> str | None:
    """The provider that may take a text if `name` is out of reach: the first other row; None if
    there is no other.
    """
    return next((other for other in names() if other != name), None)


def label(name: str) -> str:
    """What staff read for a provider; its name if only old rows of the database have it."""
    provider = find(name)
    return provider.label if provider else name


def codes(name: str) -> ErrorCodes:
    """What a provider's error codes mean."""
    provider = find(name)
    return provider.codes if provider else _NO_CODES


def meaning(name: str, word: str | None) -> MessageStatus | None:
    """What a provider's word for a status means for a message; None for a word we do not know."""
    provider = find(name)
    return provider.statuses.get((word or "").lower()) if provider else None
