"""Texts to us: stored once, then handled in order for each number and in parallel across numbers.

A webhook stores a text and does nothing else. A worker passes the oldest text of a number to a
handler, in the handler's own transaction. If the handler fails, nothing is lost: the text is tried
again later and in the end set aside for staff. Only later texts from the same number wait for that.
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

from messaging.fairness import RecentNumbers
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
"""After this many failures of the handler the text is set aside."""

_log = structlog.get_logger(__name__)
_FIRST_WAIT = timedelta(seconds=1)

Handler = Callable[[Session, Inbound, datetime], None]
Begin = Callable[[], AbstractContextManager[Session]]


class Outcome(StrEnum):
    """What happened to one text."""

    HANDLED = "handled"
    RETRY = "retry"
    SET_ASIDE = "set_aside"


@dataclass(frozen=True, slots=True)
class Handled:
    """One text was handled, or handling it failed. `id` is its row, which stays readable in either
    case.
    """

    id: int
    outcome: Outcome


# One statement, one round trip. A NOTIFY inside it makes commits wait for each other, so a webhook
# wakes the workers afterwards.
_STORE = """
INSERT INTO inbound (message_sid, provider, from_number, to_number, body, num_media, params,
                     received_at, status, attempts)
VALUES (%(message_sid)s, %(provider)s, %(from_number)s, %(to_number)s, %(body)s, %(num_media)s,
        %(params)s::jsonb, %(received_at)s, 'received', 0)
ON CONFLICT (message_sid) DO NOTHING
RETURNING id
"""
_STORE_AND_WAKE = f"WITH kept AS ({_STORE}) SELECT pg_notify('messaging_inbound', '') FROM kept"  # noqa: S608 — both parts are our own words


def store(session: Session, incoming: IncomingText, *, now: datetime) -> bool:
    """Store a text and wake the workers; False if it is stored already, by the provider's id.

    A text without an id is stored under a digest of all its fields: a text that is proved to come
    from a provider must never be lost because a field is missing.
    """
    return (
        session.connection().exec_driver_sql(_STORE_AND_WAKE, _row(incoming, now)).first()
        is not None
    )


def store_at_once(
    connection: "psycopg.Connection[Any]", incoming: IncomingText, *, now: datetime
) -> bool:
    """As `store`, for a webhook: on a bare connection that commits by itself. The caller wakes the
    workers (CHANNEL).
    """
    return connection.execute(_STORE, _row(incoming, now)).fetchone() is not None


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
    begin: Begin, handler: Handler, *, now: datetime, recent: RecentNumbers | None = None
) -> Handled | None:
    """Pass the next text to `handler` and return what happened, or None if nothing is due.

    `handler(session, inbound, now)` runs in the transaction that marks the text as handled; it must
    not commit. A failure of the database itself (a cut connection, a deadlock) does not count as a
    failed attempt. With `recent`, numbers that send very often are served after the others.
    """
    taken: int | None = None
    try:
        with begin() as session:
            waiting = _next(session, now, [] if recent is None else recent.frequent)
            if waiting is None:
                return None
            taken = waiting.id
            if recent is not None:
                recent.add(waiting.from_number)
            handler(session, waiting, now)
            waiting.status, waiting.handled_at, waiting.problem = InboundStatus.HANDLED, now, None
        return Handled(taken, Outcome.HANDLED)
    except Exception as problem:
        if taken is None:
            raise
        return _record_failure(begin, taken, problem, now)


def _next(session: Session, now: datetime, frequent: list[str]) -> Inbound | None:
    """The oldest waiting text of a number whose oldest text is due, locked.

    If another worker has locked a number's oldest text, the whole number is skipped: its later
    texts are never the oldest, and SKIP LOCKED passes over the locked one.
    """
    if frequent:
        others = session.scalars(_NEXT_OF_OTHERS, {"now": now, "frequent": frequent}).first()
        if others is not None:
            return others
    return session.scalars(_NEXT, {"now": now}).first()


def _next_statement() -> Select[Inbound]:
    """Built once: building it for each text costs more than running it."""
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
_NEXT_OF_OTHERS = _NEXT.where(Inbound.from_number.not_in(bindparam("frequent", expanding=True)))


def _record_failure(begin: Begin, id: int, problem: Exception, now: datetime) -> Handled:
    """Count the attempt and postpone the text or set it aside. In a transaction of its own, because
    the handler's was rolled back.
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
    """Queue a text that was set aside again, with its attempts reset; False if it is not set
    aside.
    """
    row = session.get(Inbound, id, with_for_update=True)
    if row is None or row.status is not InboundStatus.SET_ASIDE:
        return False
    row.status, row.attempts, row.retry_at = InboundStatus.RECEIVED, 0, now
    session.execute(text("SELECT pg_notify(:channel, '')"), {"channel": CHANNEL})
    return True


def dismiss(session: Session, id: int, *, now: datetime) -> bool:
    """Record that staff have read a text that was set aside and want nothing done; False if it is
    not set aside.
    """
    row = session.get(Inbound, id, with_for_update=True)
    if row is None or row.status is not InboundStatus.SET_ASIDE:
        return False
    row.status, row.handled_at = InboundStatus.DISMISSED, now
    return True
