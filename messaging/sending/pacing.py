"""How fast each sender of ours may speak, shared by every worker through one row per sender.

A sender has a moment at which it is next free; each segment moves that moment on by its share of a
second. The moment is kept and read by the clock of the database, so workers agree whatever their
own clocks say. A provider that says "too fast" slows that sender and no other; one that says
nothing makes it hold still (`silence.py`). This module must never drop a text; it only says how
much may go now.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from messaging.gateways.base import Outcome, Unknown
from messaging.sending import circuit_breaker
from messaging.sending.circuit_breaker import ENOUGH, Heard, Stand
from messaging.tables import Sender

__all__ = ["BURST", "hear", "register", "rooms", "sends", "slow", "take", "usual_senders"]

BURST = timedelta(seconds=2)
"""How far ahead of itself a sender may go: after a rest it may speak this much at once, and never
more.
"""

_SLOW_FOR = timedelta(seconds=10)
_LONGEST_PAUSE = timedelta(minutes=1)
_SHORTEST_PAUSE = timedelta(milliseconds=250)

_REGISTER = text("""
INSERT INTO sender (id, segments_per_second, next_free_at) VALUES (:sender, :rate, clock_timestamp())
ON CONFLICT (id) DO UPDATE SET segments_per_second = excluded.segments_per_second
WHERE sender.segments_per_second <> excluded.segments_per_second
""")

_ROOMS = text("""
SELECT id, unanswered >= :enough AS holding, CASE WHEN held_until > moment THEN 0 ELSE LEAST(
    CASE WHEN unanswered >= :enough THEN 1 END,
    GREATEST(
        FLOOR(EXTRACT(EPOCH FROM moment + :burst - GREATEST(next_free_at, moment))
              * segments_per_second / CASE WHEN slowed_until > moment THEN 2 ELSE 1 END),
        CASE WHEN next_free_at <= moment THEN 1 ELSE 0 END)) END AS room
FROM (SELECT clock_timestamp() AS moment) AS clock, sender WHERE id = ANY(:senders) ORDER BY id FOR UPDATE OF sender
""")

_TAKE = text("""
UPDATE sender SET next_free_at = GREATEST(next_free_at, clock_timestamp()) + make_interval(secs =>
    :segments / segments_per_second * CASE WHEN slowed_until > clock_timestamp() THEN 2 ELSE 1 END),
    trial = CASE WHEN unanswered >= :enough THEN CAST(:first AS uuid) END,
    held_until = CASE WHEN unanswered >= :enough THEN clock_timestamp() + :lease END
WHERE id = :sender
""")

_SLOW = text("""
UPDATE sender SET slowed_until = GREATEST(slowed_until, clock_timestamp() + :slow_for),
                  next_free_at = GREATEST(next_free_at, clock_timestamp() + :burst + :pause), note = :note
WHERE id = :sender
""")

_LISTEN = text("""
SELECT id, unanswered, trial FROM sender WHERE id = ANY(:senders) AND (unanswered > 0 OR id = ANY(:touched)) ORDER BY id FOR UPDATE
""")

_STAND = text("""
UPDATE sender SET unanswered = :unanswered, held_until = CASE WHEN :unanswered >= :enough THEN
        CASE WHEN CAST(:hold AS interval) IS NULL THEN held_until ELSE clock_timestamp() + CAST(:hold AS interval) END END,
    trial = CASE WHEN :unanswered >= :enough THEN CAST(:trial AS uuid) END,
    note = CASE WHEN :unanswered >= :enough THEN :note ELSE note END
WHERE id = :sender
""")

_PROVED = text("""
UPDATE sender SET unanswered = 0, held_until = NULL, trial = NULL FROM message
WHERE message.id = sender.trial AND sender.id = ANY(:senders) AND message.status IN ('accepted', 'sent', 'delivered', 'undelivered', 'failed')
RETURNING sender.id
""")

_SILENT = "The text service did not answer: one text at a time is tried"

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


def sends(session: Session, number: str) -> bool:
    """Whether `number` is a sender of ours."""
    return session.get(Sender, number) is not None


def rooms(session: Session, senders: Sequence[str]) -> dict[str, int]:
    """Whole segments that each sender may send now; zero or less means not yet. Locks the senders
    until the transaction ends.

    A rested sender may always send one text, however long: it goes into debt and rests for it
    afterwards. The lock is what makes the rate hold across workers: what one is about to take, no
    other can see as free. A sender that nobody answers has room for one text when its pause is
    over, and none before; a receipt for the text that tried the way is an answer too.
    """
    given = {"senders": list(senders), "burst": BURST, "enough": ENOUGH}
    rows = session.execute(_ROOMS, given).all()
    if (
        any(row.holding for row in rows)
        and session.execute(_PROVED, {"senders": list(senders)}).all()
    ):
        rows = session.execute(_ROOMS, given).all()
    return {row.id: int(row.room) for row in rows}


def take(session: Session, sender: str, segments: int, first: UUID, lease: timedelta) -> None:
    """Use up the time that `segments` take at the sender's present rate.

    Where nobody answers the sender, the text `first` tries the way for all, and until it is
    settled, or its lease is over, no other goes.
    """
    given = {"segments": float(segments), "enough": ENOUGH, "first": first, "lease": lease}
    session.execute(_TAKE, {"sender": sender, **given})


def hear(
    session: Session,
    sends: Mapping[str, Sequence[tuple[UUID, Outcome | None]]],
    also: Collection[str] = (),
) -> bool:
    """Keep what came of each sender's texts, in the order in which they ended; True if a sender
    holds still because nobody answers it.

    None is a text whose send was not begun. Locks in order of id every sender that may change, and
    those of `also`; a sender whose texts are all answered, as usual, is not touched.
    """
    silent = {
        sender for sender, came in sends.items() if any(isinstance(one, Unknown) for _, one in came)
    }
    given = {"senders": [*sends, *also], "touched": [*silent, *also]}
    holding = False
    for row in session.execute(_LISTEN, given).all():
        came = sends.get(row.id, ())
        stand = circuit_breaker.after(
            row.unanswered, (Heard(one, id == row.trial) for id, one in came)
        )
        holding = holding or stand.unanswered >= ENOUGH
        if stand != Stand(row.unanswered):
            latest = next((id for id, one in reversed(came) if isinstance(one, Unknown)), row.trial)
            how = {"unanswered": stand.unanswered, "hold": stand.hold, "trial": latest}
            session.execute(_STAND, {"sender": row.id, "enough": ENOUGH, "note": _SILENT, **how})
    return holding


def slow(session: Session, sender: str, pause: timedelta | None, note: str) -> None:
    """Let `sender` pause (as long as the provider asked, at most a minute) and then go at half its
    rate for ten seconds.
    """
    wait = min(max(pause or _SHORTEST_PAUSE, _SHORTEST_PAUSE), _LONGEST_PAUSE)
    session.execute(
        _SLOW,
        {
            "sender": sender,
            "slow_for": _SLOW_FOR + wait,
            "burst": BURST,
            "pause": wait,
            "note": note,
        },
    )


def usual_senders(
    session: Session, numbers: Sequence[str], senders: Sequence[str]
) -> Mapping[str, str]:
    """Of these senders, the one that each number last had a text from: a person keeps theirs."""
    rows = session.execute(
        _USUAL, {"numbers": list(dict.fromkeys(numbers)), "senders": list(senders)}
    )
    return {row.number: row.sender for row in rows}
