"""How much waits, for monitoring: counted in one statement, over partial indexes that hold only
what waits.

Texts and receipts that have ended are not counted: there may be millions. Nothing here shows
people.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

_DEPTHS = text("""
SELECT
    (SELECT count(*) FROM message WHERE status = 'queued') AS queued,
    (SELECT count(*) FROM message WHERE status = 'sending') AS sending,
    (SELECT count(*) FROM message WHERE status = 'unknown') AS unknown,
    (SELECT min(send_after) FROM message WHERE status = 'queued') AS oldest_due,
    (SELECT count(*) FROM inbound WHERE status = 'received') AS received,
    (SELECT count(*) FROM inbound WHERE status = 'set_aside') AS set_aside,
    (SELECT received_at FROM inbound WHERE status = 'received' ORDER BY id LIMIT 1)
        AS oldest_inbound,
    (SELECT count(*) FROM receipt WHERE look_at IS NOT NULL) AS receipts,
    (SELECT count(*) FROM reminder WHERE state = 'planned' AND due_at <= :now) AS reminders,
    (SELECT jsonb_object_agg(id, CASE WHEN failing_since IS NULL THEN 0 ELSE
        GREATEST(EXTRACT(EPOCH FROM :now - failing_since), 0) END) FROM provider) AS out_of_reach,
    (SELECT jsonb_object_agg(severity, open) FROM
        (SELECT severity, count(*) AS open FROM signal
         WHERE state <> 'resolved' GROUP BY severity) AS counted) AS signals
""")


@dataclass(frozen=True)
class Depths:
    """The depth of each queue. Texts are counted in unfinished states. Waiting times are in
    seconds, 0 if nothing is late.
    """

    messages: dict[str, int]
    inbound: dict[str, int]
    signals: dict[str, int]
    receipts: int
    reminders: int
    oldest_due: float
    oldest_inbound: float
    out_of_reach: dict[str, float]


def depths(session: Session, *, now: datetime) -> Depths:
    """Count every queue at `now`."""
    row = session.execute(_DEPTHS, {"now": now}).one()
    return Depths(
        messages={"queued": row.queued, "sending": row.sending, "unknown": row.unknown},
        inbound={"received": row.received, "set_aside": row.set_aside},
        signals=_counts(row.signals),
        receipts=row.receipts,
        reminders=row.reminders,
        oldest_due=_late(row.oldest_due, now),
        oldest_inbound=_late(row.oldest_inbound, now),
        out_of_reach=row.out_of_reach or {},
    )


def _counts(found: dict[str, Any] | None) -> dict[str, int]:
    return {
        severity: (found or {}).get(severity, 0) for severity in ("urgent", "high", "medium", "low")
    }


def _late(since: datetime | None, now: datetime) -> float:
    return 0.0 if since is None else max((now - since).total_seconds(), 0.0)
