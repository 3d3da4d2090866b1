"""The statuses of a message, and which of them may follow which.

Pure: `transitions.apply` makes the moves that this table allows.
"""

from collections.abc import Mapping
from enum import StrEnum

__all__ = ["ALLOWED", "DID_NOT_ARRIVE", "ENDED", "NEVER_LEFT", "MessageStatus", "leaving"]


class MessageStatus(StrEnum):
    """Where a message stands."""

    QUEUED = "queued"
    """Waiting for its time, its turn and a worker."""
    SENDING = "sending"
    """Held by a worker under a lease; the provider may or may not have it."""
    ACCEPTED = "accepted"
    """The provider has it and has said so."""
    SENT = "sent"
    """The provider has handed it to a phone network."""
    DELIVERED = "delivered"
    """The phone has it."""
    UNDELIVERED = "undelivered"
    """The phone network could not deliver it."""
    FAILED = "failed"
    """The provider took it and then could not send it."""
    REFUSED = "refused"
    """The provider would not take it."""
    UNKNOWN = "unknown"
    """Nobody has said what became of the send. Never sent again until it is shown that the provider
    never had it.
    """
    WITHDRAWN = "withdrawn"
    """Called back by whoever wrote it, before it was sent."""
    WITHHELD = "withheld"
    """Stopped by the last look before sending."""
    EXPIRED = "expired"
    """Its use was over before it could be sent."""


_S = MessageStatus
_PROVIDER_SAYS = frozenset({_S.ACCEPTED, _S.SENT, _S.DELIVERED, _S.UNDELIVERED, _S.FAILED})

ALLOWED: Mapping[MessageStatus, frozenset[MessageStatus]] = {
    # A receipt that carries our id proves that the provider has the text whatever we believed, so
    # it may move every status that does not already rest on the provider's word.
    _S.QUEUED: frozenset({_S.SENDING, _S.WITHDRAWN, _S.WITHHELD, _S.EXPIRED}) | _PROVIDER_SAYS,
    _S.SENDING: frozenset({_S.REFUSED, _S.UNKNOWN, _S.QUEUED, _S.EXPIRED, _S.WITHHELD})
    | _PROVIDER_SAYS,
    _S.UNKNOWN: frozenset({_S.QUEUED, _S.REFUSED, _S.EXPIRED}) | _PROVIDER_SAYS,
    _S.WITHDRAWN: _PROVIDER_SAYS,
    _S.WITHHELD: _PROVIDER_SAYS,
    _S.EXPIRED: _PROVIDER_SAYS,
    _S.REFUSED: _PROVIDER_SAYS,
    _S.ACCEPTED: frozenset({_S.SENT, _S.DELIVERED, _S.UNDELIVERED, _S.FAILED}),
    _S.SENT: frozenset({_S.DELIVERED, _S.UNDELIVERED, _S.FAILED}),
    _S.DELIVERED: frozenset(),
    _S.UNDELIVERED: frozenset(),
    _S.FAILED: frozenset(),
}

NEVER_LEFT = frozenset({_S.WITHDRAWN, _S.WITHHELD, _S.EXPIRED, _S.REFUSED})
"""The provider never took the text, so the person cannot have seen it."""

DID_NOT_ARRIVE = frozenset({_S.UNDELIVERED, _S.FAILED})
"""The provider took the text, but it reached no phone."""

ENDED = frozenset({_S.DELIVERED}) | DID_NOT_ARRIVE | NEVER_LEFT
"""Statuses in which nothing more is expected. `unknown` is not one of them: a callback may still
come.
"""


def leaving(to: MessageStatus) -> frozenset[MessageStatus]:
    """The statuses that may become `to`."""
    return frozenset(old for old, news in ALLOWED.items() if to in news)
