"""Texts to us: stored once, then handed out in order per number and in parallel across numbers.

A webhook stores and does nothing else. A worker hands the oldest text of a number to a handler, in
the handler's own transaction. A handler that fails loses nothing: the text is tried again later and
in the end set aside for a human, and only the texts behind it from the same number wait for that.
This module must never read what a text says.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import structlog
from sqlalchemy import Select, bindparam, select, text
from sqlalchemy.orm import Session, aliased

from messaging.fairness import Crowd
from messaging.gateways.webhooks import IncomingText
from messaging.sending.outage import is_outage
from messaging.tables import Inbound, InboundStatus
from messaging.text import clean

if TYPE_CHECKING:
    import psycopg

__all__ = [
    "CHANNEL",
    "MAX_ATTEMPTS",
    "Handled",
    "Handler",
    "Outcome",
    "dismiss",
    "handle_next",
    "retry",
    "store",
    "store_at_once",
]

CHANNEL = "messaging_inbound"
"""Notified, in the transaction, when a new text is stored."""

MAX_ATTEMPTS = 5
"""A text that a handler failed at this often is set aside."""

_log = structlog.get_logger(__name__)
_FIRST_WAIT = timedelta(seconds=1)

Handler = Callable[[Session, Inbound, datetime], None]
Begin = Callable[[], AbstractContextManager[Session]]


class Outcome(StrEnum):
    """How it went with one text."""

    HANDLED = "handled"
    RETRY = "retry"
    SET_ASIDE = "set_aside"


@dataclass(frozen=True, slots=True)
class Handled:
    """One text was taken up. `id` is its row; it stays readable there whatever the outcome."""

    id: int
    outcome: Outcome


# One statement, one journey. Waking inside it makes commits wait for one another, so a webhook
# wakes by itself, afterwards.
_KEEP = """
INSERT INTO inbound (message_sid, provider, from_number, to_number, body, num_media, params, received_at, status, attempts)
VALUES (%(message_sid)s, %(provider)s, %(from_number)s, %(to_number)s, %(body)s, %(num_media)s, %(params)s::jsonb, %(received_at)s, 'received', 0)
ON CONFLICT (message_sid) DO NOTHING
RETURNING id
"""
_KEEP_AND_WAKE = f"WITH kept AS ({_KEEP}) SELECT pg_notify('messaging_inbound', '') FROM kept"  # noqa: S608 — both parts are our own words


def store(session: Session, incoming: IncomingText, *, now: datetime) -> bool:
    """Store a text and wake the workers; False if it is stored already, by the provider's id.

    A text without an id is stored under a digest of all it says: a text that is proved to come from
    a provider must never be lost because a field is missing.
    """
    return (
        session.connection().exec_driver_sql(_KEEP_AND_WAKE, _row(incoming, now)).first()
        is not None
    )


def store_at_once(
    connection: "psycopg.Connection[Any]", incoming: IncomingText, *, now: datetime
) -> bool:
    """As `store`, for a webhook: on a bare connection that commits by itself. The caller wakes the
    workers (CHANNEL).
    """
    return connection.execute(_KEEP, _row(incoming, now)).fetchone() is not None


def _row(incoming: IncomingText, now: datetime) -> dict[str, Any]:
    kept = {clean(str(key)): clean(str(value)) for key, value in incoming.params.items()}
    return {
        "message_sid": _sid(incoming.sid, kept),
        "provider": incoming.provider,
        "from_number": clean(incoming.from_number)[:64],
        "to_number": clean(incoming.to_number)[:64],
        "body": clean(incoming.body),
        "num_media": incoming.num_media,
        "params": json.dumps(kept),
        "received_at": now,
    }


def _sid(given: str | None, params: Mapping[str, str]) -> str:
    given = clean(given or "")
    if given and len(given) <= 64:
        return given
    return "digest:" + hashlib.sha256(json.dumps(dict(params), sort_keys=True).encode()).hexdigest()


def handle_next(
    begin: Begin, handler: Handler, *, now: datetime, crowd: Crowd | None = None
) -> Handled | None:
    """Hand the next text to `handler` and return how it went, or None when nothing is due.

    `handler(session, inbound, now)` works in the transaction that marks the text as handled; it
    must not commit. When the database itself fails (a cut connection, a deadlock), that is not held
    against the text. With a `crowd`, numbers that press are served after the others.
    """
    taken: int | None = None
    try:
        with begin() as session:
            waiting = _next(session, now, [] if crowd is None else crowd.pressing)
            if waiting is None:
                return None
            taken = waiting.id
            if crowd is not None:
                crowd.served(waiting.from_number)
            handler(session, waiting, now)
            waiting.status, waiting.handled_at, waiting.problem = InboundStatus.HANDLED, now, None
        return Handled(taken, Outcome.HANDLED)
    except Exception as problem:
        if taken is None:
            raise
        return _record_failure(begin, taken, problem, now)


def _next(session: Session, now: datetime, pressing: list[str]) -> Inbound | None:
    """The oldest waiting text of a number whose oldest is due, locked.

    A number whose oldest text is locked by another worker is skipped whole: its later texts are
    never the oldest, and the lock on the oldest makes SKIP LOCKED pass over it.
    """
    if pressing:
        others = session.scalars(_NEXT_OF_OTHERS, {"now": now, "pressing": pressing}).first()
        if others is not None:
            return others
    return session.scalars(_NEXT, {"now": now}).first()


def _next_statement() -> Select[Inbound]:
    """Written once: to write it anew for each text costs more than to run it."""
    older = aliased(Inbound)
    behind = (
        select(older.id)
        .where(
            older.from_number == Inbound.from_number,
            older.status == InboundStatus.RECEIVED,
            older.id < Inbound.id,
        )
        .exists()
    )
    return (
        select(Inbound)
        .where(
            Inbound.status == InboundStatus.RECEIVED,
            Inbound.retry_at.is_(None) | (Inbound.retry_at <= bindparam("now")),
            ~behind,
        )
        .order_by(Inbound.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )


_NEXT = _next_statement()
_NEXT_OF_OTHERS = _NEXT.where(Inbound.from_number.not_in(bindparam("pressing", expanding=True)))


def _record_failure(begin: Begin, id: int, problem: Exception, now: datetime) -> Handled:
    """In a transaction of its own, because the handler's has been rolled back: count the attempt
    and put the text off or aside.
    """
    counts = not is_outage(problem)
    with begin() as session:
        row = session.get_one(Inbound, id, with_for_update=True)
        if row.status is not InboundStatus.RECEIVED:
            return Handled(id, Outcome.RETRY)
        row.attempts += counts
        row.problem = f"{type(problem).__name__}: {clean(str(problem))}"[:500]
        row.retry_at = now + _FIRST_WAIT * 2 ** max(row.attempts - 1, 0)
        if row.attempts >= MAX_ATTEMPTS:
            row.status = InboundStatus.SET_ASIDE
        outcome = Outcome.SET_ASIDE if row.status is InboundStatus.SET_ASIDE else Outcome.RETRY
        attempts = row.attempts
    _log.warning(
        "inbound.failed",
        inbound=id,
        problem=type(problem).__name__,
        attempts=attempts,
        outcome=outcome.value,
    )
    return Handled(id, outcome)


def retry(session: Session, id: int, *, now: datetime) -> bool:
    """Hand a text that was set aside out again, with a clean count; False if it is not set aside."""
    row = session.get(Inbound, id, with_for_update=True)
    if row is None or row.status is not InboundStatus.SET_ASIDE:
        return False
    row.status, row.attempts, row.retry_at = InboundStatus.RECEIVED, 0, now
    session.execute(text("SELECT pg_notify(:channel, '')"), {"channel": CHANNEL})
    return True


def dismiss(session: Session, id: int, *, now: datetime) -> bool:
    """Note that a human has read a text that was set aside and wants nothing done; False if it is
    not set aside.
    """
    row = session.get(Inbound, id, with_for_update=True)
    if row is None or row.status is not InboundStatus.SET_ASIDE:
        return False
    row.status, row.handled_at = InboundStatus.DISMISSED, now
    return True
