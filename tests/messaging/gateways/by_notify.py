"""Gateways to a simulated GOV.UK Notify, and texts to send through them."""

from typing import Any
from uuid import UUID, uuid4

from messaging.gateways.base import (
    OutgoingText,
)
from messaging.gateways.notify.send import NotifyGateway
from messaging.gateways.simulator import NotifyAccount
from tests.messaging.builders import (
    number,
)

ACCOUNT = NotifyAccount(status_url=None, inbound_url=None)


def gateway_to(url: str, **given: Any) -> NotifyGateway:
    """The real gateway, pointed at any address, with a short timeout."""
    wanted: dict[str, Any] = {"base_url": url, "timeout": 1.0}
    return NotifyGateway(
        ACCOUNT.api_key, given.pop("template_id", ACCOUNT.template_id), **{**wanted, **given}
    )


def outgoing(body: str = "Hello", to: str = number(1), id: UUID | None = None) -> OutgoingText:
    """A text as the dispatcher hands it over."""
    return OutgoingText(id or uuid4(), to, "notify", body, None, 600)
