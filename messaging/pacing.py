"""How fast each sender of ours may speak, shared by every worker through one row per sender.

A sender has a moment at which it is next free; each segment moves that moment on by its share of a second. The moment is kept and read by
the clock of the database, so workers agree whatever their own clocks say. A provider that says "too fast" slows that sender and no other.
This module must never drop a text; it only says how much may go now.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

__all__ = ["BURST", "register", "rooms", "slow", "take", "usual_senders"]

BURST = timedelta(seconds=2)
"""How far ahead of itself a sender may go: after a rest it may speak this much at once, and never more."""

_SLOW_FOR = timedelta(seconds=10)
_LONGEST_PAUSE = timedelta(minutes=1)
_SHORTEST_PAUSE = timedelta(milliseconds=250)

_REGISTER = text("""
INSERT INTO sender (id, segments_per_second, next_free_at) VALUES (:sender, :rate, clock_timestamp())
ON CONFLICT (id) DO UPDATE SET segments_per_second = excluded.segments_per_second
WHERE sender.segments_per_second <> excluded.segments_per_second
""")

_ROOMS = text("""
SELECT id, GREATEST(
    FLOOR(EXTRACT(EPOCH FROM moment + :burst - GREATEST(next_free_at, moment))
          * segments_per_second / CASE WHEN slowed_until > moment THEN 2 ELSE 1 END),
    CASE WHEN next_free_at <= moment THEN 1 ELSE 0 END) AS room
FROM (SELECT clock_timestamp() AS moment) AS clock, sender WHERE id = ANY(:senders) ORDER BY id FOR UPDATE OF sender
""")

_TAKE = text("""
UPDATE sender SET next_free_at = GREATEST(next_free_at, clock_timestamp()) + make_interval(secs =>
    :segments / segments_per_second * CASE WHEN slowed_until > clock_timestamp() THEN 2 ELSE 1 END)
WHERE id = :sender
""")

_SLOW = text("""
UPDATE sender SET slowed_until = GREATEST(slowed_until, clock_timestamp() + :slow_for),
                  next_free_at = GREATEST(next_free_at, clock_timestamp() + :burst + :pause), note = :note
WHERE id = :sender
""")

_USUAL = text("""
SELECT wanted.number, last.sender FROM unnest(CAST(:numbers AS text[])) AS wanted(number)
CROSS JOIN LATERAL (
    SELECT sender FROM message WHERE to_number = wanted.number AND sender = ANY(:senders) AND accepted_at IS NOT NULL
    ORDER BY created_at DESC LIMIT 1
) AS last
""")


def register(session: Session, sender: str, segments_per_second: float) -> None:
    """Make `sender` known, at this rate."""
    session.execute(_REGISTER, {"sender": sender, "rate": segments_per_second})


def rooms(session: Session, senders: Sequence[str]) -> dict[str, int]:
    """Whole segments that each sender may send now; zero or less means not yet. Locks the senders until the transaction ends.

    A rested sender may always send one text, however long: it goes into debt and rests for it afterwards.
    The lock is what makes the rate hold across workers: what one is about to take, no other can see as free.
    """
    rows = session.execute(_ROOMS, {"senders": list(senders), "burst": BURST})
    return {row.id: int(row.room) for row in rows}


def take(session: Session, sender: str, segments: int) -> None:
    """Use up the time that `segments` take at the sender's present rate."""
    session.execute(_TAKE, {"sender": sender, "segments": float(segments)})


def slow(session: Session, sender: str, pause: timedelta | None, note: str) -> None:
    """Let `sender` pause (as long as the provider asked, at most a minute) and then go at half its rate for ten seconds."""
    wait = min(max(pause or _SHORTEST_PAUSE, _SHORTEST_PAUSE), _LONGEST_PAUSE)
    session.execute(
        _SLOW, {"sender": sender, "slow_for": _SLOW_FOR + wait, "burst": BURST, "pause": wait, "note": note}
    )


def usual_senders(session: Session, numbers: Sequence[str], senders: Sequence[str]) -> Mapping[str, str]:
    """Of these senders, the one that each number last had a text from: a person keeps theirs."""
    rows = session.execute(_USUAL, {"numbers": list(dict.fromkeys(numbers)), "senders": list(senders)})
    return {row.number: row.sender for row in rows}
