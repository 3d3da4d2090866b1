"""Take texts out of the queue: in one transaction, under a lease, after the final check.

`claim` is the only place where a text becomes `sending`. In the same transaction it checks
suppressed numbers, asks the caller's guard and reserves the sender's capacity, so whatever it
returns may be handed to the provider at once. It must never call the provider.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import text
from sqlalchemy.orm import Session

from messaging import transitions
from messaging.sending import pacing
from messaging.sending.outage import is_outage
from messaging.states import MessageStatus
from messaging.suppression import suppressed
from messaging.transitions import Move

__all__ = ["Claim", "Claimed", "Defer", "Guard", "Verdict", "Withhold", "claim", "expire", "lapse"]

_log = structlog.get_logger(__name__)
_GUARD_FAILED_WAIT = timedelta(minutes=1)
_FULL_SENDER_WAIT = timedelta(seconds=1)
_S = MessageStatus


@dataclass(frozen=True, slots=True)
class Claimed:
    """A text that a worker has leased. `attempts` counts this claim and is the fence for everything
    that the worker later reports about it.
    """

    id: UUID
    recipient: str | None
    to_number: str
    sender: str
    lane: int
    body: str
    segments: int
    attempts: int
    dedupe_key: str
    group_key: str | None
    context: Mapping[str, Any]
    despite_stop: bool
    send_after: datetime
    expires_at: datetime
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Withhold:
    """The guard's verdict that a text must not be sent at all."""

    reason: str


@dataclass(frozen=True, slots=True)
class Defer:
    """The guard's verdict that a text must not be sent before `until`."""

    until: datetime
    reason: str


Verdict = Withhold | Defer
Guard = Callable[[Session, Sequence[Claimed], datetime], Mapping[UUID, Verdict]]
"""The caller's final check of texts, in the transaction of the claim. Texts it does not name may be
sent. It may read and must not write.
"""


@dataclass(slots=True)
class Claim:
    """The result of one claim. `senders_full`: more may be due than the senders have capacity for.
    `nothing_left`: nothing more was due.
    """

    texts: list[Claimed] = field(default_factory=list)
    withheld: int = 0
    deferred: int = 0
    expired: int = 0
    senders_full: bool = False
    nothing_left: bool = False


_CLAIM = text("""
WITH next AS MATERIALIZED (
    SELECT id FROM message
    WHERE status = 'queued' AND provider = :provider AND lane = ANY('{0,1,2,3,4}'::smallint[])
      AND send_after <= :now AND expires_at > :now
    ORDER BY lane, send_after, id LIMIT :limit FOR UPDATE SKIP LOCKED
)
UPDATE message SET status = 'sending', attempts = message.attempts + 1, claimed_by = :worker,
    claimed_at = :now, lease_until = clock_timestamp() + :lease, sender = :sender, error_code = NULL
FROM next WHERE message.id = next.id
RETURNING message.id, recipient, to_number, sender, lane, body, segments, attempts, dedupe_key,
          group_key, context, despite_stop, send_after, expires_at, created_at
""")

_ASSIGN = text("""
UPDATE message SET sender = chosen.sender
FROM unnest(CAST(:ids AS uuid[]), CAST(:senders AS text[])) AS chosen(id, sender)
WHERE message.id = chosen.id
""")

_EXPIRE = text("""
WITH gone AS MATERIALIZED (
    SELECT id FROM message WHERE status = 'queued' AND expires_at <= :now
    ORDER BY expires_at LIMIT :limit FOR UPDATE SKIP LOCKED
)
UPDATE message SET status = 'expired', ended_at = :now,
    reason = concat_ws(': ', 'Too late to send', NULLIF(message.reason, ''))
FROM gone WHERE message.id = gone.id
RETURNING message.id
""")

_LAPSE = text("""
WITH lost AS MATERIALIZED (
    SELECT id FROM message WHERE status = 'sending' AND lease_until < clock_timestamp()
    ORDER BY lease_until LIMIT :limit FOR UPDATE SKIP LOCKED
)
UPDATE message SET status = 'unknown', reconcile_at = clock_timestamp(), reconcile_looks = 0,
    reason = 'It is not known whether the text service took this text:'
        ' the worker that was sending it stopped'
FROM lost WHERE message.id = lost.id
RETURNING message.id
""")


def expire(session: Session, now: datetime, limit: int = 500) -> int:
    """End queued texts that have expired, with the reason why they waited, and return how many."""
    return len(session.execute(_EXPIRE, {"now": now, "limit": limit}).all())


def lapse(session: Session, limit: int = 500) -> int:
    """Turn texts whose lease is over into `unknown`, never into `queued`: the worker may have sent
    them. Return how many.
    """
    return len(session.execute(_LAPSE, {"limit": limit}).all())


def claim(
    session: Session,
    *,
    now: datetime,
    limit: int,
    worker: str,
    lease: timedelta,
    provider: str,
    senders: Sequence[str],
    guard: Guard,
) -> Claim:
    """Claim up to `limit` due texts of `provider`, the most urgent lane first."""
    taken = Claim()
    capacities = {
        sender: room for sender, room in pacing.capacities(session, senders).items() if room > 0
    }
    if not capacities:
        taken.senders_full = True
        return taken
    wanted = min(limit, sum(capacities.values()))
    given = {
        "now": now,
        "limit": wanted,
        "worker": worker,
        "lease": lease,
        "provider": provider,
        "sender": senders[0],
    }
    rows = [Claimed(**row) for row in session.execute(_CLAIM, given).mappings()]
    rows.sort(key=lambda one: (one.lane, one.send_after, one.id))
    taken.senders_full = wanted < limit and len(rows) == wanted
    taken.nothing_left = len(rows) < wanted
    kept = _last_look(session, rows, guard, now, taken)
    taken.texts = _reserve_capacity(session, kept, senders, capacities, now, taken, lease)
    return taken


def _last_look(
    session: Session, rows: Sequence[Claimed], guard: Guard, now: datetime, taken: Claim
) -> list[Claimed]:
    """Apply suppressions and the guard's verdicts in the claim's own transaction; return the texts
    that may be sent.
    """
    if not rows:
        return []
    suppressed_numbers = suppressed(session, {row.to_number for row in rows})
    verdicts: dict[UUID, Verdict] = dict(_ask(session, guard, rows, now))
    for row in rows:
        if row.to_number in suppressed_numbers and not row.despite_stop:
            verdicts[row.id] = Withhold(
                f"This number must not be texted: {suppressed_numbers[row.to_number]}"
            )
    moves = [_stopping_move(row, verdicts[row.id], now) for row in rows if row.id in verdicts]
    for moved in transitions.apply(session, moves):
        taken.withheld += moved.new is _S.WITHHELD
        taken.deferred += moved.new is _S.QUEUED
        taken.expired += moved.new is _S.EXPIRED
    return [row for row in rows if row.id not in verdicts]


def _stopping_move(row: Claimed, verdict: Verdict, now: datetime) -> Move:
    if isinstance(verdict, Withhold):
        return Move(row.id, _S.WITHHELD, now, reason=verdict.reason, hand_back=True)
    if verdict.until >= row.expires_at:
        reason = f"Too late to send: {verdict.reason}"
        return Move(row.id, _S.EXPIRED, now, reason=reason, hand_back=True)
    return Move(
        row.id, _S.QUEUED, now, reason=verdict.reason, send_after=verdict.until, hand_back=True
    )


def _ask(
    session: Session, guard: Guard, rows: Sequence[Claimed], now: datetime
) -> Mapping[UUID, Verdict]:
    """Ask the guard about all texts at once; if it fails, about each alone, so that one text it
    cannot judge delays no other.

    A text it cannot judge is deferred, never sent. A failure of the database is not the guard's and
    is raised.
    """
    try:
        with session.begin_nested():
            return guard(session, rows, now)
    except Exception as problem:
        if is_outage(problem):
            raise
        if len(rows) > 1:
            return {id: one for row in rows for id, one in _ask(session, guard, [row], now).items()}
        _log.exception(
            "dispatch.guard_failed", message=str(rows[0].id), problem=type(problem).__name__
        )
        return {
            rows[0].id: Defer(
                now + _GUARD_FAILED_WAIT,
                "The final check before sending failed; it will be tried again",
            )
        }


def _reserve_capacity(
    session: Session,
    rows: list[Claimed],
    senders: Sequence[str],
    capacities: Mapping[str, int],
    now: datetime,
    taken: Claim,
    lease: timedelta,
) -> list[Claimed]:
    """Give each text its sender and use up the sender's capacity. Texts beyond the capacity go back
    to the queue.
    """
    assigned = _choose_senders(session, rows, senders, capacities) if len(senders) > 1 else rows
    to_send: list[Claimed] = []
    returned: list[Claimed] = []
    used: dict[str, int] = {}
    for row in assigned:
        if used.get(row.sender, 0) < capacities.get(row.sender, 0):
            used[row.sender] = used.get(row.sender, 0) + row.segments
            to_send.append(row)
        else:
            returned.append(row)
    for sender in sorted(used):
        first = next(row.id for row in to_send if row.sender == sender)
        pacing.use_capacity(session, sender, used[sender], first, lease)
    # With one sender the rest simply keep their place. In a pool they are delayed by a second, or a
    # full sender would block the others.
    wait = now + _FULL_SENDER_WAIT if len(senders) > 1 else None
    transitions.apply(
        session, [Move(row.id, _S.QUEUED, now, send_after=wait, hand_back=True) for row in returned]
    )
    taken.senders_full = taken.senders_full or bool(returned)
    return to_send


def _choose_senders(
    session: Session, rows: Sequence[Claimed], senders: Sequence[str], capacities: Mapping[str, int]
) -> list[Claimed]:
    """A number keeps the sender it knows; a new number gets the sender with most capacity left."""
    usual = pacing.usual_senders(session, [row.to_number for row in rows], senders)
    left = dict(capacities)
    chosen: list[Claimed] = []
    given: dict[str, str] = dict(usual)
    for row in rows:
        sender = given.setdefault(row.to_number, max(left, key=lambda one: left[one]))
        left[sender] = left.get(sender, 0) - row.segments
        chosen.append(replace(row, sender=sender))
    _assign(session, chosen)
    return chosen


def _assign(session: Session, rows: Iterable[Claimed]) -> None:
    rows = list(rows)
    session.execute(
        _ASSIGN, {"ids": [row.id for row in rows], "senders": [row.sender for row in rows]}
    )
