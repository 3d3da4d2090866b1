"""How fast each of our senders may send, shared by every worker through one row per sender.

A sender has a moment at which it is next free; each segment moves that moment on by its share of a
second. The moment is kept and read by the clock of the database, so workers agree whatever their
own clocks say. A provider that says "too fast" slows that sender and no other; one that does not
answer opens the sender's circuit (`circuit_breaker.py`). This module must never drop a text; it
only says how much may be sent now.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from messaging.gateways.base import Outcome, Unknown
from messaging.sending import circuit_breaker
from messaging.sending.circuit_breaker import OPENS_AFTER, CircuitState, SendResult
from messaging.tables import Sender

__all__ = [
    "BURST",
    "capacities",
    "is_sender",
    "record_results",
    "register",
    "slow",
    "use_capacity",
    "usual_senders",
]

BURST = timedelta(seconds=2)
"""How far ahead of its rate a sender may go: after a rest it may send this much at once, and never
more.
"""

_SLOW_FOR = timedelta(seconds=10)
_LONGEST_PAUSE = timedelta(minutes=1)
_SHORTEST_PAUSE = timedelta(milliseconds=250)

_REGISTER = text("""
INSERT INTO sender (id, segments_per_second, next_free_at)
VALUES (:sender, :rate, clock_timestamp())
ON CONFLICT (id) DO UPDATE SET segments_per_second = excluded.segments_per_second
WHERE sender.segments_per_second <> excluded.segments_per_second
""")

_CAPACITIES = text("""
SELECT id, unanswered >= :enough AS open, CASE WHEN held_until > moment THEN 0 ELSE LEAST(
    CASE WHEN unanswered >= :enough THEN 1 END,
    GREATEST(
        FLOOR(EXTRACT(EPOCH FROM moment + :burst - GREATEST(next_free_at, moment))
              * segments_per_second / CASE WHEN slowed_until > moment THEN 2 ELSE 1 END),
        CASE WHEN next_free_at <= moment THEN 1 ELSE 0 END)) END AS segments
FROM (SELECT clock_timestamp() AS moment) AS clock, sender
WHERE id = ANY(:senders) ORDER BY id FOR UPDATE OF sender
""")

_USE_CAPACITY = text("""
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

_LOCK_FOR_RESULTS = text("""
SELECT id, unanswered, trial FROM sender
WHERE id = ANY(:senders) AND (unanswered > 0 OR id = ANY(:touched)) ORDER BY id FOR UPDATE
""")

_SET_CIRCUIT = text("""
UPDATE sender SET unanswered = :unanswered, held_until = CASE WHEN :unanswered >= :enough THEN
        CASE WHEN CAST(:open_for AS interval) IS NULL THEN held_until
             ELSE clock_timestamp() + CAST(:open_for AS interval) END END,
    trial = CASE WHEN :unanswered >= :enough THEN CAST(:trial AS uuid) END,
    note = CASE WHEN :unanswered >= :enough THEN :note ELSE note END
WHERE id = :sender
""")

_CLOSE_PROVED = text("""
UPDATE sender SET unanswered = 0, held_until = NULL, trial = NULL FROM message
WHERE message.id = sender.trial AND sender.id = ANY(:senders)
  AND message.status IN ('accepted', 'sent', 'delivered', 'undelivered', 'failed')
RETURNING sender.id
""")

_NO_ANSWER = "The text service did not answer: texts are tried one at a time"

_USUAL = text("""
SELECT wanted.number, last.sender FROM unnest(CAST(:numbers AS text[])) AS wanted(number)
CROSS JOIN LATERAL (
    SELECT sender FROM message
    WHERE to_number = wanted.number AND sender = ANY(:senders) AND accepted_at IS NOT NULL
    ORDER BY created_at DESC LIMIT 1
) AS last
""")


def register(session: Session, sender: str, segments_per_second: float) -> None:
    """Register `sender` at this rate."""
    session.execute(_REGISTER, {"sender": sender, "rate": segments_per_second})


def is_sender(session: Session, number: str) -> bool:
    """Whether `number` is one of our senders."""
    return session.get(Sender, number) is not None


def capacities(session: Session, senders: Sequence[str]) -> dict[str, int]:
    """Whole segments that each sender may send now; zero or less means not yet. Locks the senders
    until the transaction ends.

    A rested sender may always send one text, however long: it goes into debt and rests for it
    afterwards. The lock makes the rate hold across workers: no other worker can see as free what
    one is about to take. A sender with an open circuit has capacity for one text when its pause is
    over, and for none before. A receipt for the trial text closes the circuit too.
    """
    given = {"senders": list(senders), "burst": BURST, "enough": OPENS_AFTER}
    rows = session.execute(_CAPACITIES, given).all()
    if (
        any(row.open for row in rows)
        and session.execute(_CLOSE_PROVED, {"senders": list(senders)}).all()
    ):
        rows = session.execute(_CAPACITIES, given).all()
    return {row.id: int(row.segments) for row in rows}


def use_capacity(
    session: Session, sender: str, segments: int, first: UUID, lease: timedelta
) -> None:
    """Use up the time that `segments` take at the sender's present rate.

    If the circuit is open, the text `first` is the trial. No other text is sent until it is settled
    or its lease is over.
    """
    given = {"segments": float(segments), "enough": OPENS_AFTER, "first": first, "lease": lease}
    session.execute(_USE_CAPACITY, {"sender": sender, **given})


def record_results(
    session: Session,
    sends: Mapping[str, Sequence[tuple[UUID, Outcome | None]]],
    also: Collection[str] = (),
) -> bool:
    """Record the outcomes of each sender's texts, in the order in which they ended; True if a
    sender's circuit is open.

    None stands for a text whose send was not started. Locks, in order of id, every sender that may
    change and those of `also`. A sender whose texts were all answered, which is the usual case, is
    not touched.
    """
    unanswered = {
        sender
        for sender, results in sends.items()
        if any(isinstance(one, Unknown) for _, one in results)
    }
    given = {"senders": [*sends, *also], "touched": [*unanswered, *also]}
    circuit_open = False
    for row in session.execute(_LOCK_FOR_RESULTS, given).all():
        results = sends.get(row.id, ())
        state = circuit_breaker.state_after(
            row.unanswered, (SendResult(one, id == row.trial) for id, one in results)
        )
        circuit_open = circuit_open or state.unanswered >= OPENS_AFTER
        if state != CircuitState(row.unanswered):
            latest = next(
                (id for id, one in reversed(results) if isinstance(one, Unknown)), row.trial
            )
            circuit = {"unanswered": state.unanswered, "open_for": state.open_for, "trial": latest}
            session.execute(
                _SET_CIRCUIT,
                {"sender": row.id, "enough": OPENS_AFTER, "note": _NO_ANSWER, **circuit},
            )
    return circuit_open


def slow(session: Session, sender: str, pause: timedelta | None, note: str) -> None:
    """Pause `sender` (as long as the provider asked, at most a minute) and then halve its rate for
    ten seconds.
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
    """The one of these senders from which each number last had a text: a person keeps their
    sender.
    """
    rows = session.execute(
        _USUAL, {"numbers": list(dict.fromkeys(numbers)), "senders": list(senders)}
    )
    return {row.number: row.sender for row in rows}
