"""Which provider a text goes by, and what happens if that provider cannot be reached.

A text is given its provider when it is queued and keeps it from the first attempt on, whatever
happens: two providers that each may have a text cannot be compared. Only a text that was never
tried may go by another provider, and only if the caller who queued it allowed that. This module
must never move a text that a provider may have.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import text
from sqlalchemy.orm import Session

from messaging.gateways import registry
from messaging.gateways.base import Accepted, NotProcessed, Outcome, Refused

__all__ = ["Route", "channel", "record_outcomes", "reroute"]

CHANNELS = "messaging_outbox_"

_log = structlog.get_logger(__name__)
_FRESH = timedelta(minutes=15)
"""A provider that has not been tried for this long is tried again before it counts as out of reach.
"""


@dataclass(frozen=True, slots=True)
class Route:
    """The provider of a text and, if another may take it, which one and after how long out of
    reach.

    Raises ValueError if the other is the same, or has no time.
    """

    provider: str = registry.DEFAULT
    fallback: str | None = None
    after: timedelta | None = None

    def __post_init__(self) -> None:
        if (self.fallback is None) != (self.after is None) or self.fallback == self.provider:
            raise ValueError(
                "a fallback is another provider and the time after which it may be used"
            )


def channel(provider: str) -> str:
    """What is notified, in the transaction, when a text is queued for `provider`. Workers of other
    providers are not woken.
    """
    return f"{CHANNELS}{provider}"


_WAKE = text("SELECT pg_notify(:channel, '')")

_ANSWERED = text(
    "UPDATE provider SET failing_since = NULL WHERE id = :id AND failing_since IS NOT NULL"
)

_FAILED = text("""
INSERT INTO provider (id, failing_since, failed_at) VALUES (:id, :now, :now)
ON CONFLICT (id) DO UPDATE SET
    failing_since = COALESCE(provider.failing_since, excluded.failing_since),
    failed_at = excluded.failed_at
""")

_FAILING = text("SELECT id FROM provider WHERE failing_since IS NOT NULL AND failed_at > :fresh")

_REROUTE = text("""
WITH stuck AS MATERIALIZED (
    SELECT message.id FROM message JOIN provider ON provider.id = message.provider
    WHERE message.status = 'queued' AND message.attempts = 0 AND message.send_after <= :now
      AND message.provider = ANY(:failing) AND NOT message.fallback = ANY(:failing)
      AND provider.failing_since <= :now - message.fallback_after
    ORDER BY message.lane, message.send_after, message.id
    LIMIT :limit FOR UPDATE OF message SKIP LOCKED
)
UPDATE message SET provider = message.fallback, fallback = NULL, fallback_after = NULL,
    reason = 'Moved to the other text service: the usual one could not be reached'
FROM stuck WHERE message.id = stuck.id RETURNING message.provider
""")


def record_outcomes(
    session: Session,
    provider: str,
    outcomes: Sequence[Outcome],
    now: datetime,
    *,
    circuit_open: bool = False,
) -> None:
    """Record since when `provider` has processed nothing. One answer about a text, even a refusal,
    shows that it can be reached.

    `circuit_open`: a sender's circuit is open, which counts as out of reach.
    """
    if any(isinstance(outcome, Accepted | Refused) for outcome in outcomes):
        session.execute(_ANSWERED, {"id": provider})
    elif circuit_open or any(isinstance(outcome, NotProcessed) for outcome in outcomes):
        session.execute(_FAILED, {"id": provider, "now": now})


def reroute(session: Session, *, now: datetime, limit: int = 200) -> int:
    """Move due texts that were never tried to their other provider, if the usual one has been out
    of reach for long enough.

    Returns how many. A text whose other provider is out of reach too stays where it is.
    """
    failing = list(session.scalars(_FAILING, {"fresh": now - _FRESH}))
    if not failing:
        return 0
    moved = session.scalars(_REROUTE, {"now": now, "failing": failing, "limit": limit}).all()
    for provider in sorted(set(moved)):
        session.execute(_WAKE, {"channel": channel(provider)})
    if moved:
        _log.warning("outbox.rerouted", texts=len(moved), out_of_reach=failing)
    return len(moved)
