"""A message's life as one table of moves, and the one statement that makes a move.

Every change of status in this package goes through `apply`, a conditional UPDATE that names the
statuses it may leave, so two workers, an early receipt and a late answer can race without a message
ever going back. This module must never choose a move; it only allows or refuses one.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from messaging.text import clean

__all__ = [
    "ALLOWED",
    "DID_NOT_ARRIVE",
    "ENDED",
    "NEVER_LEFT",
    "MessageStatus",
    "Move",
    "Moved",
    "apply",
    "leaving",
    "move",
]


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


@dataclass(frozen=True, slots=True)
class Move:
    """One wished-for change. It happens only if the message is in a status that may become `to`
    (and in `only_from`, if given).

    `attempt` is a fence: the move counts only for that attempt to send. `hand_back` takes the
    attempt back, for a text whose send was never begun. `look_in` says when reconciliation first
    looks at an unknown one.
    """

    id: UUID
    to: MessageStatus
    at: datetime
    reason: str | None = None
    error_code: int | None = None
    provider: str | None = None
    provider_sid: str | None = None
    segments: int | None = None
    send_after: datetime | None = None
    attempt: int | None = None
    hand_back: bool = False
    look_in: timedelta = timedelta(seconds=15)
    only_from: frozenset[MessageStatus] | None = None


@dataclass(frozen=True, slots=True)
class Moved:
    """A change that happened."""

    id: UUID
    old: MessageStatus
    new: MessageStatus


def leaving(to: MessageStatus) -> frozenset[MessageStatus]:
    """The statuses that may become `to`."""
    return frozenset(old for old, news in ALLOWED.items() if to in news)


# Rows are locked in order of id before the UPDATE, so that bulk moves that overlap wait for each
# other and never deadlock. The status is tested again on the row itself: if it changed while we
# waited, PostgreSQL re-reads the row and the test is made on what it finds.
_APPLY = text("""
WITH wish AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset(CAST(:moves AS jsonb)) AS w(
        id uuid, "to" text, at timestamptz, reason text, error_code int, provider text, provider_sid text, segments int,
        send_after timestamptz, attempt int, hand_back int, look_in double precision, leaves text[])
), held AS MATERIALIZED (
    SELECT message.id, message.status AS old FROM message JOIN wish ON wish.id = message.id
    ORDER BY message.id FOR UPDATE OF message
)
UPDATE message SET
    status = wish."to",
    reason = wish.reason,
    error_code = wish.error_code,
    provider = COALESCE(message.provider, wish.provider),
    provider_sid = COALESCE(message.provider_sid, wish.provider_sid),
    segments = COALESCE(wish.segments, message.segments),
    send_after = COALESCE(wish.send_after, message.send_after),
    attempts = message.attempts - wish.hand_back,
    lease_until = CASE WHEN wish."to" = 'unknown' THEN message.lease_until END,
    claimed_by = CASE WHEN wish."to" <> 'queued' THEN message.claimed_by END,
    accepted_at = CASE WHEN wish."to" IN ('accepted', 'sent', 'delivered', 'undelivered', 'failed')
                       THEN COALESCE(message.accepted_at, wish.at) ELSE message.accepted_at END,
    sent_at = CASE WHEN wish."to" = 'sent' THEN wish.at ELSE message.sent_at END,
    delivered_at = CASE WHEN wish."to" = 'delivered' THEN wish.at ELSE message.delivered_at END,
    ended_at = CASE WHEN wish."to" = ANY(CAST(:ended AS text[])) THEN wish.at END,
    reconcile_at = CASE WHEN wish."to" = 'unknown'
                        THEN clock_timestamp() + make_interval(secs => wish.look_in) END,
    reconcile_looks = 0,
    reported_at = NULL
FROM wish JOIN held ON held.id = wish.id
WHERE message.id = wish.id
  AND message.status = ANY(wish.leaves)
  AND (wish.attempt IS NULL OR message.attempts = wish.attempt)
RETURNING message.id, held.old, message.status
""")


def apply(session: Session, moves: Sequence[Move]) -> list[Moved]:
    """Make every move that the table allows, in one statement, and return those that happened. At
    most one move per message.
    """
    if not moves:
        return []
    rows = session.execute(
        _APPLY,
        {
            "moves": json.dumps([_as_row(move) for move in moves]),
            "ended": [status.value for status in ENDED],
        },
    )
    return [Moved(row.id, MessageStatus(row.old), MessageStatus(row.status)) for row in rows]


def move(
    session: Session,
    ids: Iterable[UUID],
    to: MessageStatus,
    *,
    now: datetime,
    reason: str | None = None,
    error_code: int | None = None,
) -> list[Moved]:
    """Move all of `ids` to one status, as far as the table allows."""
    return apply(
        session,
        [Move(id, to, now, reason=reason, error_code=error_code) for id in dict.fromkeys(ids)],
    )


def _as_row(move: Move) -> dict[str, object]:
    leaves = leaving(move.to) if move.only_from is None else leaving(move.to) & move.only_from
    return {
        "id": str(move.id),
        "to": move.to.value,
        "at": move.at.isoformat(),
        "reason": clean(move.reason) if move.reason else None,
        "error_code": move.error_code,
        "provider": move.provider,
        "provider_sid": move.provider_sid,
        "segments": move.segments,
        "send_after": move.send_after.isoformat() if move.send_after else None,
        "attempt": move.attempt,
        "hand_back": int(move.hand_back),
        "look_in": move.look_in.total_seconds(),
        "leaves": sorted(status.value for status in leaves),
    }
