"""Signals for many people at once, raised and resolved as engage/signals/service.py does: the same
key and event, in a few statements.

Only for kinds that staff see on their pages. None of them sends a notice by text, so there is none
to withdraw.
"""

import json
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select, text, update
from sqlalchemy.orm import Session

from engage.core.db import new_id
from engage.core.model import Event
from engage.signals import MEANINGS, Signal, SignalKind, SignalState

GONE = "It no longer holds."
_ACTOR = "system"


@dataclass(frozen=True)
class CurrentCause:
    """A cause that holds now, with the signal it raises."""

    kind: SignalKind
    person_id: uuid.UUID
    hub_id: uuid.UUID
    cause: str
    why: str
    evidence: tuple[tuple[str, str], ...]

    @property
    def key(self) -> str:
        """The key that `signals.raise_signal` gives the same cause."""
        return f"{self.kind}:{self.person_id}:{self.cause}"[:120]


def reconcile(
    session: Session,
    current: Sequence[CurrentCause],
    *,
    kinds: Collection[SignalKind],
    after: uuid.UUID,
    upto: uuid.UUID,
    now: datetime,
) -> tuple[int, int]:
    """Raise signals for current causes that have none, and resolve open signals of `kinds` whose
    cause no longer holds, for people in (after, upto].

    Returns how many were raised and how many resolved.
    """
    in_chunk = (Signal.person_id > after, Signal.person_id <= upto)
    rows = session.execute(
        select(Signal.key, Signal.id).where(
            *in_chunk, Signal.kind.in_(kinds), Signal.state != SignalState.RESOLVED
        )
    )
    open_now = {row.key: row.id for row in rows}
    keys = {one.key for one in current}
    raised = _raise(session, [one for one in current if one.key not in open_now], now)
    resolved = _resolve(session, [id for key, id in open_now.items() if key not in keys], now)
    return raised, resolved


# Arrays, not a parameter for each column of each row: a night may raise many thousands.
_RAISE = text("""
WITH made AS (
    INSERT INTO signal (id, person_id, hub_id, kind, severity, key, why, action, evidence, state,
        raised_at, due_at)
    SELECT one.id, one.person_id, one.hub_id, one.kind, one.severity, one.key, one.why, one.action,
        one.evidence::jsonb, 'open', :now, one.due_at
    FROM unnest(CAST(:ids AS uuid[]), CAST(:people AS uuid[]), CAST(:hubs AS uuid[]),
        CAST(:kinds AS text[]), CAST(:severities AS text[]),
                CAST(:keys AS text[]), CAST(:whys AS text[]), CAST(:actions AS text[]),
                    CAST(:evidence AS text[]), CAST(:due AS timestamptz[]))
         AS one(id, person_id, hub_id, kind, severity, key, why, action, evidence, due_at)
    ON CONFLICT (key) DO NOTHING
    RETURNING id, person_id, hub_id, kind, evidence
), told AS (
    INSERT INTO event (at, kind, hub_id, person_id, actor, data)
    SELECT :now, 'signal.raised', hub_id, person_id, 'system',
           jsonb_build_object('signal', id::text, 'signal_kind', kind, 'evidence', evidence)
    FROM made
)
SELECT count(*) FROM made
""")


def _raise(session: Session, causes: Sequence[CurrentCause], now: datetime) -> int:
    if not causes:
        return 0
    meanings = [MEANINGS[one.kind] for one in causes]
    made: int = session.execute(
        _RAISE,
        {
            "now": now,
            "ids": [new_id() for _ in causes],
            "people": [one.person_id for one in causes],
            "hubs": [one.hub_id for one in causes],
            "kinds": [one.kind.value for one in causes],
            "severities": [meaning.severity.value for meaning in meanings],
            "keys": [one.key for one in causes],
            "whys": [one.why[:300] for one in causes],
            "actions": [meaning.action for meaning in meanings],
            "evidence": [
                json.dumps([{"type": sort, "id": id} for sort, id in one.evidence])
                for one in causes
            ],
            "due": [now + meaning.due_within for meaning in meanings],
        },
    ).scalar_one()
    return made


def _resolve(session: Session, gone: Sequence[uuid.UUID], now: datetime) -> int:
    if not gone:
        return 0
    done = session.execute(
        update(Signal)
        .where(Signal.id.in_(gone), Signal.state != SignalState.RESOLVED)
        .values(state=SignalState.RESOLVED, resolved_at=now, resolved_by=_ACTOR, resolution=GONE)
        .returning(Signal.id, Signal.person_id, Signal.hub_id, Signal.kind)
        .execution_options(synchronize_session=False)
    ).all()
    if done:
        session.execute(
            insert(Event),
            [
                {
                    "at": now,
                    "kind": "signal.resolved",
                    "hub_id": row.hub_id,
                    "person_id": row.person_id,
                    "actor": _ACTOR,
                    "data": {"signal": str(row.id), "signal_kind": SignalKind(row.kind).value},
                }
                for row in done
            ],
        )
    return len(done)
