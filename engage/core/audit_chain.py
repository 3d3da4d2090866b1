"""The chain over the log of events: each person's events sealed one upon the other, so that
tampering shows.

A link is the SHA-256 of the link before it and of the event as it was written. Whoever changes,
removes or slips in an event afterwards breaks the chain from there on. The seals are written behind
the events, in the order of the feed, and never changed. A record that was merged into another keeps
its own chain. Nothing here reads what an event means.
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
"""What stands before the first link."""
_LOCK = 7_351_002
_EVERYWHERE = 1


@dataclass(frozen=True)
class BrokenSeal:
    """The first place of a chain at which it does not hold, and why, in words for whoever must look
    into it.
    """

    place: int
    why: str


def digest(event: Event, person_id: uuid.UUID) -> str:
    """What an event is known by: the SHA-256 of all that it says. It names the person, so that an
    event cannot be given to another.
    """
    whole = [
        event.id,
        event.at.astimezone(UTC).isoformat(timespec="microseconds"),
        event.kind,
        str(event.hub_id),
        str(person_id),
        event.actor,
        event.data,
    ]
    written = json.dumps(whole, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(written.encode()).hexdigest()


def link_of(before: str, event_digest: str) -> str:
    """The link that an event makes upon the one before it (`START` before the first)."""
    return hashlib.sha256(f"{before}{event_digest}".encode()).hexdigest()


def seal(session: Session, *, now: datetime, limit: int) -> int:
    """Seal the next events of the feed, at most `limit`; returns how many were looked at, 0 when
    another worker is at it.

    Only transactions that have ended are sealed, and those no earlier one can still come before:
    their order is settled.
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
    """Seal every event of one person whose transaction has ended, ahead of the feed."""
    session.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    _append(session, session.scalars(_OF_PERSON, {"person": person_id}).all(), now)


def head(session: Session, person_id: uuid.UUID) -> str:
    """The last link of a person's chain; `START` while nothing is sealed."""
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
    """The first broken place of a person's chain, or None where it holds.

    `heads` are last links that were written down elsewhere, on packs given to a court: each must
    still be a link of the chain.
    """
    chain = session.execute(
        select(EventSeal, Event)
        .outerjoin(Event, Event.id == EventSeal.event_id)
        .where(EventSeal.person_id == person_id)
        .order_by(EventSeal.place)
    ).all()
    before, known = START, {START}
    for expected, (one, event) in enumerate(chain, 1):
        if why := _fault(one, event, expected, before):
            return BrokenSeal(expected, why)
        before = one.link
        known.add(before)
    if any(written not in known for written in heads):
        return BrokenSeal(
            len(chain) + 1, "A link that stands on a pack is not in the chain: its end was removed."
        )
    if session.scalar(_SLIPPED_IN, {"person": person_id}):
        return BrokenSeal(len(chain) + 1, "An event was put among those that had been sealed.")
    return None


def _fault(one: EventSeal, event: Event | None, expected: int, before: str) -> str | None:
    if one.place != expected:
        return "A link is missing here."
    if event is None:
        return "The event is gone."
    if event.person_id not in (None, one.person_id):
        return "The event was given to another person."
    if digest(event, one.person_id) != one.digest:
        return "The event is not what it was when it was sealed."
    return (
        None
        if link_of(before, one.digest) == one.link
        else "The link does not follow from the one before."
    )


def _append(session: Session, event_ids: Sequence[int], now: datetime) -> None:
    """Put links for these events, which are in the order of the feed, behind their persons' chains;
    what has one is left.
    """
    found = {
        event.id: event
        for event in session.scalars(
            select(Event)
            .outerjoin(EventSeal, EventSeal.event_id == Event.id)
            .where(Event.id.in_(event_ids), EventSeal.event_id.is_(None))
            .execution_options(populate_existing=True)
        )
    }
    ends = _ends(
        session, {event.person_id for event in found.values() if event.person_id is not None}
    )
    for id in event_ids:
        event = found.get(id)
        if event is None or event.person_id is None:
            continue
        place, before = ends.get(event.person_id, (0, START))
        of_event = digest(event, event.person_id)
        link = link_of(before, of_event)
        ends[event.person_id] = (place + 1, link)
        session.add(
            EventSeal(
                event_id=id,
                person_id=event.person_id,
                place=place + 1,
                digest=of_event,
                link=link,
                sealed_at=now,
            )
        )
    session.flush()


def _ends(session: Session, people: Collection[uuid.UUID]) -> dict[uuid.UUID, tuple[int, str]]:
    rows = session.execute(_ENDS, {"people": list(people)})
    return {row.person_id: (row.place, row.link) for row in rows}


_ENDS = text("""
SELECT whose.person_id, last.place, last.link
FROM unnest(CAST(:people AS uuid[])) AS whose (person_id)
CROSS JOIN LATERAL (
    SELECT place, link FROM event_seal WHERE event_seal.person_id = whose.person_id ORDER BY place DESC LIMIT 1) AS last
""")

# The first transaction that may still write an event here. Those of other databases of the server
# are passed over: they never will.
_SETTLED = """COALESCE((
    SELECT running
    FROM (SELECT pg_snapshot_xip(pg_current_snapshot()) UNION ALL SELECT pg_current_xact_id_if_assigned()) AS open (running)
    WHERE running IS NOT NULL AND NOT EXISTS (
        SELECT FROM pg_locks JOIN pg_stat_activity ON pg_stat_activity.pid = pg_locks.pid
        WHERE pg_locks.locktype = 'transactionid' AND pg_locks.transactionid = CAST(running AS xid) AND pg_locks.granted
          AND pg_locks.mode = 'ExclusiveLock' AND pg_stat_activity.datname <> current_database())
    ORDER BY running LIMIT 1), pg_snapshot_xmax(pg_current_snapshot()))"""

_NEXT = text(f"""
SELECT event.id, event.person_id, event.transaction::text AS place
FROM event
WHERE (event.transaction, event.id) > (
    COALESCE((SELECT transaction FROM seal_cursor), CAST('0' AS xid8)), COALESCE((SELECT event_id FROM seal_cursor), 0))
  AND event.transaction < {_SETTLED}
ORDER BY event.transaction, event.id LIMIT :limit
""")  # noqa: S608 — a constant

_MOVE = text("""
INSERT INTO seal_cursor (id, transaction, event_id) VALUES (:id, CAST(:transaction AS xid8), :event)
ON CONFLICT (id) DO UPDATE SET transaction = excluded.transaction, event_id = excluded.event_id
""")

_OF_PERSON = text(f"""
SELECT event.id FROM event LEFT JOIN event_seal ON event_seal.event_id = event.id
WHERE event.person_id = :person AND event_seal.event_id IS NULL
  AND event.transaction < {_SETTLED}
ORDER BY event.transaction, event.id
""")  # noqa: S608 — a constant

_SLIPPED_IN = text("""
SELECT 1 FROM event JOIN seal_cursor ON (event.transaction, event.id) <= (seal_cursor.transaction, seal_cursor.event_id)
LEFT JOIN event_seal ON event_seal.event_id = event.id
WHERE event.person_id = :person AND event_seal.event_id IS NULL LIMIT 1
""")
