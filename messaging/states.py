"""The statuses of a message, and which of them may follow which.

Pure: `transitions.apply` makes the moves that this table allows.
"""

from collections.abc import Mapping
from enum import StrEnum

__all__ = ["ALLOWED", "DID_NOT_ARRIVE", "ENDED", "NEVER_LEFT", "MessageStatus", "may_become"]


class MessageStatus(StrEnum):
    """The status of a message."""

    QUEUED = "queued"
    """Waiting for its send time, for capacity and for a worker."""
    SENDING = "sending"
    """Leased by a worker; the provider may or may not have it."""
    ACCEPTED = "accepted"
    """The provider has it and has said so."""
    SENT = "sent"
    """The provider has handed it to a phone network."""
    DELIVERED = "delivered"
    """The phone has it."""
    UNDELIVERED = "undelivered"
    """The phone network could not deliver it."""
    FAILED = "failed"
    """The provider accepted it and then could not send it."""
    REFUSED = "refused"
    """The provider would not accept it."""
    UNKNOWN = "unknown"
    """It is not known whether the provider has it. Never sent again until it is proved that the
    provider never received it.
    """
    WITHDRAWN = "withdrawn"
    """Withdrawn before it was sent."""
    WITHHELD = "withheld"
    """Stopped by the final check before sending."""
    EXPIRED = "expired"
    """Too late to send."""


_S = MessageStatus
_REPORTED = frozenset({_S.ACCEPTED, _S.SENT, _S.DELIVERED, _S.UNDELIVERED, _S.FAILED})

ALLOWED: Mapping[MessageStatus, frozenset[MessageStatus]] = {
    # A receipt that carries our id proves that the provider has the text, whatever we believed. So
    # it may change every status that does not already rest on the provider's report.
    _S.QUEUED: frozenset({_S.SENDING, _S.WITHDRAWN, _S.WITHHELD, _S.EXPIRED}) | _REPORTED,
    _S.SENDING: frozenset({_S.REFUSED, _S.UNKNOWN, _S.QUEUED, _S.EXPIRED, _S.WITHHELD}) | _REPORTED,
    _S.UNKNOWN: frozenset({_S.QUEUED, _S.REFUSED, _S.EXPIRED}) | _REPORTED,
    _S.WITHDRAWN: _REPORTED,
    _S.WITHHELD: _REPORTED,
    _S.EXPIRED: _REPORTED,
    _S.REFUSED: _REPORTED,
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
"""Statuses after which nothing more is expected. `unknown` is not one of them: a callback may still
come.
"""


def may_become(to: MessageStatus) -> frozenset[MessageStatus]:
    """The statuses that may change to `to`."""
    return frozenset(old for old, news in ALLOWED.items() if to in news)
