"""The one statement that changes the status of messages.

Every change of status in this package goes through `apply`, a conditional UPDATE that names the
statuses it may leave. So two workers, an early receipt and a late answer can race without a message
ever going back. This module must never choose a move; it only allows or refuses one.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from messaging.states import ENDED, MessageStatus, may_become
from messaging.text import clean

__all__ = ["Move", "Moved", "apply", "move"]


@dataclass(frozen=True, slots=True)
class Move:
    """One requested change. It happens only if the message is in a status that may change to `to`
    (and in `only_from`, if given).

    `attempt` is a fence: the move counts only for that attempt to send. `hand_back` takes the
    attempt back, for a text whose send was never started. `look_in` says when reconciliation first
    checks an unknown text.
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


# Rows are locked in order of id before the UPDATE, so that overlapping bulk moves wait for each
# other and never deadlock. The status is tested again on the row itself: if it changed while we
# waited, PostgreSQL reads the row again and tests what it finds.
_APPLY = text("""
WITH wanted AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset(CAST(:moves AS jsonb)) AS w(
        id uuid, "to" text, at timestamptz, reason text, error_code int, provider text,
        provider_sid text, segments int, send_after timestamptz, attempt int, hand_back int,
        look_in double precision, leaves text[])
), locked AS MATERIALIZED (
    SELECT message.id, message.status AS old FROM message JOIN wanted ON wanted.id = message.id
    ORDER BY message.id FOR UPDATE OF message
)
UPDATE message SET
    status = wanted."to",
    reason = wanted.reason,
    error_code = wanted.error_code,
    provider = COALESCE(message.provider, wanted.provider),
    provider_sid = COALESCE(message.provider_sid, wanted.provider_sid),
    segments = COALESCE(wanted.segments, message.segments),
    send_after = COALESCE(wanted.send_after, message.send_after),
    attempts = message.attempts - wanted.hand_back,
    lease_until = CASE WHEN wanted."to" = 'unknown' THEN message.lease_until END,
    claimed_by = CASE WHEN wanted."to" <> 'queued' THEN message.claimed_by END,
    accepted_at = CASE
        WHEN wanted."to" IN ('accepted', 'sent', 'delivered', 'undelivered', 'failed')
        THEN COALESCE(message.accepted_at, wanted.at) ELSE message.accepted_at END,
    sent_at = CASE WHEN wanted."to" = 'sent' THEN wanted.at ELSE message.sent_at END,
    delivered_at = CASE WHEN wanted."to" = 'delivered' THEN wanted.at ELSE message.delivered_at END,
    ended_at = CASE WHEN wanted."to" = ANY(CAST(:ended AS text[])) THEN wanted.at END,
    reconcile_at = CASE WHEN wanted."to" = 'unknown'
                        THEN clock_timestamp() + make_interval(secs => wanted.look_in) END,
    reconcile_looks = 0,
    reported_at = NULL
FROM wanted JOIN locked ON locked.id = wanted.id
WHERE message.id = wanted.id
  AND message.status = ANY(wanted.leaves)
  AND (wanted.attempt IS NULL OR message.attempts = wanted.attempt)
RETURNING message.id, locked.old, message.status
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
    leaves = may_become(move.to) if move.only_from is None else may_become(move.to) & move.only_from
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
