"""The audit chain: a hash chain over each person's events, so that tampering shows.

A link is the SHA-256 of the link before it and of the event as it was written. To change, remove or
insert an event afterwards breaks the chain from there on. Seals are written after the events, in
the order of the feed, and must never change. A record that was merged into another keeps its own
chain. This module does not interpret events.
"""

import hashlib
import json
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from engage.core.model import Event, EventSeal

START = "0" * 64
"""The value before the first link."""
_LOCK = 7_351_002
_EVERYWHERE = 1


@dataclass(frozen=True)
class BrokenSeal:
    """The first broken place of a chain, and why, in words for the auditor."""

    place: int
    why: str


def digest(event: Event, person_id: uuid.UUID) -> str:
    """The SHA-256 of everything an event says. The person is part of it, so that an event cannot be
    moved to another person.
    """
    content = [
        event.id,
        event.at.astimezone(UTC).isoformat(timespec="microseconds"),
        event.kind,
        str(event.hub_id),
        str(person_id),
        event.actor,
        event.data,
    ]
    written = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(written.encode()).hexdigest()


def link_of(before: str, event_digest: str) -> str:
    """The link of an event, given the link before it (`START` for the first)."""
    return hashlib.sha256(f"{before}{event_digest}".encode()).hexdigest()


def seal(session: Session, *, now: datetime, limit: int) -> int:
    """Seal up to `limit` next events of the feed. Returns how many were read, or 0 if another
    worker is sealing.

    Only transactions that have ended are sealed, and only if no earlier one is still open: their
    order is final.
    """
    if not session.scalar(select(func.pg_try_advisory_xact_lock(_LOCK))):
        return 0
    waiting = session.execute(_NEXT, {"limit": limit}).all()
    if not waiting:
        return 0
    _append(session, [row.id for row in waiting if row.person_id is not None], now)
    session.execute(
        _MOVE, {"id": _EVERYWHERE, "transaction": str(waiting[-1].place), "event": waiting[-1].id}
    )
    return len(waiting)


def seal_person(session: Session, person_id: uuid.UUID, *, now: datetime) -> None:
    """Seal every event of one person whose transaction has ended, without waiting for the feed."""
    session.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    _append(session, session.scalars(_OF_PERSON, {"person": person_id}).all(), now)


def head(session: Session, person_id: uuid.UUID) -> str:
    """The last link of a person's chain, or `START` if nothing is sealed yet."""
    found = session.scalar(
        select(EventSeal.link)
        .where(EventSeal.person_id == person_id)
        .order_by(EventSeal.place.desc())
        .limit(1)
    )
    return found or START


def verify(
    session: Session, person_id: uuid.UUID, *, heads: Collection[str] = ()
) -> BrokenSeal | None:
    """The first broken place of a person's chain, or None if it is intact.

    `heads` are links recorded elsewhere, on evidence packs given to a court. Each must still be in
    the chain.
    """
    chain = session.execute(
        select(EventSeal, Event)
        .outerjoin(Event, Event.id == EventSeal.event_id)
        .where(EventSeal.person_id == person_id)
        .order_by(EventSeal.place)
    ).all()
    before, known = START, {START}
    for expected, (seal, event) in enumerate(chain, 1):
        if why := _fault(seal, event, expected, before):
            return BrokenSeal(expected, why)
        before = seal.link
        known.add(before)
    if any(link not in known for link in heads):
        return BrokenSeal(
            len(chain) + 1, "A link on an evidence pack is not in the chain: its end was removed."
        )
    if session.scalar(_INSERTED_LATER, {"person": person_id}):
        return BrokenSeal(len(chain) + 1, "An event was inserted among sealed events.")
    return None


def _fault(seal: EventSeal, event: Event | None, expected: int, before: str) -> str | None:
    if seal.place != expected:
        return "A link is missing here."
    if event is None:
        return "The event was deleted."
    if event.person_id not in (None, seal.person_id):
        return "The event was moved to another person."
    if digest(event, seal.person_id) != seal.digest:
        return "The event was changed after it was sealed."
    if link_of(before, seal.digest) != seal.link:
        return "The link does not follow from the one before."
    return None


def _append(session: Session, event_ids: Sequence[int], now: datetime) -> None:
    """Append links for these events, given in the order of the feed, to the chains of their people.
    Events that have a link are skipped.
    """
    unsealed = {
        event.id: event
        for event in session.scalars(
            select(Event)
            .outerjoin(EventSeal, EventSeal.event_id == Event.id)
            .where(Event.id.in_(event_ids), EventSeal.event_id.is_(None))
            .execution_options(populate_existing=True)
        )
    }
    ends = _ends(
        session, {event.person_id for event in unsealed.values() if event.person_id is not None}
    )
    for id in event_ids:
        event = unsealed.get(id)
        if event is None or event.person_id is None:
            continue
        place, before = ends.get(event.person_id, (0, START))
        event_digest = digest(event, event.person_id)
        link = link_of(before, event_digest)
        ends[event.person_id] = (place + 1, link)
        session.add(
            EventSeal(
                event_id=id,
                person_id=event.person_id,
                place=place + 1,
                digest=event_digest,
                link=link,
                sealed_at=now,
            )
        )
    session.flush()


def _ends(session: Session, people: Collection[uuid.UUID]) -> dict[uuid.UUID, tuple[int, str]]:
    rows = session.execute(_ENDS, {"people": list(people)})
    return {row.person_id: (row.place, row.link) for row in rows}


_ENDS = text("""
SELECT chain.person_id, last.place, last.link
FROM unnest(CAST(:people AS uuid[])) AS chain (person_id)
CROSS JOIN LATERAL (
    SELECT place, link FROM event_seal
    WHERE event_seal.person_id = chain.person_id ORDER BY place DESC LIMIT 1) AS last
""")

# The oldest transaction that may still write an event. Transactions of other databases on the
# server are ignored: they cannot.
_OLDEST_OPEN = """COALESCE((
    SELECT running
    FROM (SELECT pg_snapshot_xip(pg_current_snapshot())
          UNION ALL SELECT pg_current_xact_id_if_assigned()) AS open (running)
    WHERE running IS NOT NULL AND NOT EXISTS (
        SELECT FROM pg_locks JOIN pg_stat_activity ON pg_stat_activity.pid = pg_locks.pid
        WHERE pg_locks.locktype = 'transactionid'
          AND pg_locks.transactionid = CAST(running AS xid) AND pg_locks.granted
          AND pg_locks.mode = 'ExclusiveLock' AND pg_stat_activity.datname <> current_database())
    ORDER BY running LIMIT 1), pg_snapshot_xmax(pg_current_snapshot()))"""

_NEXT = text(f"""
SELECT event.id, event.person_id, event.transaction::text AS place
FROM event
WHERE (event.transaction, event.id) > (
    COALESCE((SELECT transaction FROM seal_cursor), CAST('0' AS xid8)),
    COALESCE((SELECT event_id FROM seal_cursor), 0))
  AND event.transaction < {_OLDEST_OPEN}
ORDER BY event.transaction, event.id LIMIT :limit
""")  # noqa: S608 (a constant)

_MOVE = text("""
INSERT INTO seal_cursor (id, transaction, event_id) VALUES (:id, CAST(:transaction AS xid8), :event)
ON CONFLICT (id) DO UPDATE SET transaction = excluded.transaction, event_id = excluded.event_id
""")

_OF_PERSON = text(f"""
SELECT event.id FROM event LEFT JOIN event_seal ON event_seal.event_id = event.id
WHERE event.person_id = :person AND event_seal.event_id IS NULL
  AND event.transaction < {_OLDEST_OPEN}
ORDER BY event.transaction, event.id
""")  # noqa: S608 (a constant)

_INSERTED_LATER = text("""
SELECT 1 FROM event
JOIN seal_cursor
  ON (event.transaction, event.id) <= (seal_cursor.transaction, seal_cursor.event_id)
LEFT JOIN event_seal ON event_seal.event_id = event.id
WHERE event.person_id = :person AND event_seal.event_id IS NULL LIMIT 1
""")
