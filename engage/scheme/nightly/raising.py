"""Signals for many people at once, as `engage/signals.py` raises and resolves one: the same key, the same event, a handful of statements.

Only for kinds of which staff are told on their pages: no notice by text hangs on any of them, so there is none to call back.
"""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from engage.db import new_id
from engage.events import Event
from engage.signals import MEANINGS, Signal, SignalKind, SignalState

GONE = "It no longer holds."
_ACTOR = "system"
_AT_ONCE = 2000
"""Rows in one statement: PostgreSQL takes at most 65,535 values."""


@dataclass(frozen=True)
class Standing:
    """A cause that holds now, with the signal it makes."""

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


def follow(
    session: Session,
    standing: Sequence[Standing],
    *,
    kinds: Collection[SignalKind],
    after: uuid.UUID,
    upto: uuid.UUID,
    now: datetime,
) -> tuple[int, int]:
    """Raise what stands and was never raised, and resolve open signals of `kinds` that stand no more, of people in (after, upto].

    Returns how many were raised and how many resolved.
    """
    of_them = (Signal.person_id > after, Signal.person_id <= upto)
    rows = session.execute(
        select(Signal.key, Signal.id).where(
            *of_them, Signal.kind.in_(kinds), Signal.state != SignalState.RESOLVED
        )
    )
    open_now = {row.key: row.id for row in rows}
    keys = {one.key for one in standing}
    raised = _raise(session, [one for one in standing if one.key not in open_now], now)
    resolved = _resolve(session, [id for key, id in open_now.items() if key not in keys], now)
    return raised, resolved


def _raise(session: Session, fresh: Sequence[Standing], now: datetime) -> int:
    total = 0
    for start in range(0, len(fresh), _AT_ONCE):
        made = session.execute(
            upsert(Signal)
            .values([_row(one, now) for one in fresh[start : start + _AT_ONCE]])
            .on_conflict_do_nothing(index_elements=[Signal.key])
            .returning(Signal.id, Signal.person_id, Signal.hub_id, Signal.kind, Signal.evidence)
        ).all()
        _record(session, "signal.raised", made, now)
        total += len(made)
    return total


def _row(one: Standing, now: datetime) -> dict[str, Any]:
    meaning = MEANINGS[one.kind]
    return {
        "id": new_id(),
        "person_id": one.person_id,
        "hub_id": one.hub_id,
        "kind": one.kind,
        "severity": meaning.severity,
        "key": one.key,
        "why": one.why[:300],
        "action": meaning.action,
        "evidence": [{"type": sort, "id": id} for sort, id in one.evidence],
        "state": SignalState.OPEN,
        "raised_at": now,
        "due_at": now + meaning.due_within,
    }


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
    _record(session, "signal.resolved", done, now)
    return len(done)


def _record(session: Session, what: str, rows: Sequence[Any], now: datetime) -> None:
    if not rows:
        return
    session.execute(
        insert(Event),
        [
            {
                "at": now,
                "kind": what,
                "hub_id": row.hub_id,
                "person_id": row.person_id,
                "actor": _ACTOR,
                "data": _data(row),
            }
            for row in rows
        ],
    )


def _data(row: Any) -> dict[str, Any]:
    data = {"signal": str(row.id), "signal_kind": SignalKind(row.kind).value}
    return {**data, "evidence": row.evidence} if hasattr(row, "evidence") else data
