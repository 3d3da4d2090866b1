"""Raise, acknowledge and resolve signals.

A signal is raised once per cause, which its key names. Raising it again while it is open adds the
new evidence; after it was resolved it does nothing, so that one cause never nags twice. This module
must never decide anything about a person.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from engage.core import events
from engage.core.db import new_id
from engage.core.errors import Conflict
from engage.signals.kinds import HEALTH, MEANINGS, SignalKind
from engage.signals.model import Signal, SignalState
from engage.understanding.safety.kinds import DangerKind
from messaging import outbox


@dataclass(frozen=True)
class Evidence:
    """A link to the evidence for a signal. `type` is for example `inbound`, `message`,
    `appointment`, `outcome`, `contact_point` or `rule`.
    """

    type: str
    id: str


def raise_signal(
    session: Session,
    kind: SignalKind,
    *,
    person_id: uuid.UUID,
    hub_id: uuid.UUID,
    cause: str,
    why: str,
    evidence: Sequence[Evidence],
    now: datetime,
    due_at: datetime | None = None,
    action: str | None = None,
    actor: str = "system",
    danger: DangerKind | None = None,
) -> bool:
    """Raise a signal in the caller's transaction. Returns True if it is new.

    Kind, person and `cause` make the key. An open signal with that key gets the evidence instead.
    `action` and `due_at` replace those of the kind. `danger` is the kind of danger, if it is about
    one.
    """
    meaning = MEANINGS[kind]
    links = [{"type": link.type, "id": link.id} for link in evidence]
    key = f"{kind}:{person_id}:{cause}"[:120]
    inserted = session.execute(
        insert(Signal)
        .values(
            id=new_id(),
            person_id=person_id,
            hub_id=hub_id,
            kind=kind,
            danger=danger,
            severity=meaning.severity,
            key=key,
            why=why[:300],
            action=(action or meaning.action)[:300],
            evidence=links,
            state=SignalState.OPEN,
            raised_at=now,
            due_at=due_at or now + meaning.due_within,
        )
        .on_conflict_do_nothing(index_elements=[Signal.key])
        .returning(Signal.id)
    ).scalar_one_or_none()
    if inserted is None:
        _add_evidence(session, key, links)
        return False
    events.record(
        session,
        "signal.raised",
        now=now,
        actor=actor,
        person_id=person_id,
        hub_id=hub_id,
        signal=inserted,
        signal_kind=_logged(kind),
        evidence=[] if kind in HEALTH else links,
    )
    return True


def add_evidence(session: Session, signal: Signal, evidence: Sequence[Evidence]) -> None:
    """Add evidence to a signal, unless it is resolved."""
    links = [{"type": link.type, "id": link.id} for link in evidence]
    _add_evidence(session, signal.key, links)


def _add_evidence(session: Session, key: str, links: list[dict[str, str]]) -> None:
    signal = session.scalars(
        select(Signal)
        .where(Signal.key == key, Signal.state != SignalState.RESOLVED)
        .with_for_update()
    ).one_or_none()
    if signal is not None:
        signal.evidence = [
            *signal.evidence,
            *(link for link in links if link not in signal.evidence),
        ]


TAKEN_UP = "A worker has taken this on"
"""Why a notice about a signal is withdrawn."""


def notice_item(signal_id: uuid.UUID) -> str:
    """The signal as the item of a notice to staff, by which the notice can be withdrawn."""
    return f"signal:{signal_id}"


def acknowledge(session: Session, signal: Signal, *, actor: str, now: datetime) -> None:
    """Record that a worker has taken the signal on. Acknowledging again changes nothing. Raises
    Conflict if it is resolved.
    """
    session.refresh(signal, with_for_update=True)
    if signal.state is SignalState.RESOLVED:
        raise Conflict("This signal is already resolved.")
    if signal.state is SignalState.ACKNOWLEDGED:
        return
    signal.state = SignalState.ACKNOWLEDGED
    signal.acknowledged_at, signal.acknowledged_by = now, actor
    _record(session, "signal.acknowledged", signal, actor, now)


def resolve(session: Session, signal: Signal, *, how: str, actor: str, now: datetime) -> None:
    """Resolve the signal. `how` says what was done (1 to 500 characters). Raises Conflict if it is
    already resolved.
    """
    session.refresh(signal, with_for_update=True)
    if signal.state is SignalState.RESOLVED:
        raise Conflict("This signal is already resolved.")
    signal.state = SignalState.RESOLVED
    signal.resolved_at, signal.resolved_by, signal.resolution = now, actor, how
    _record(session, "signal.resolved", signal, actor, now)


def resolve_cause(
    session: Session, kind: SignalKind, *, person_id: uuid.UUID, how: str, actor: str, now: datetime
) -> None:
    """Resolve every unresolved signal of `kind` for a person because its cause has gone."""
    unresolved = session.scalars(
        select(Signal).where(
            Signal.person_id == person_id, Signal.kind == kind, Signal.state != SignalState.RESOLVED
        )
    )
    for signal in unresolved.all():
        resolve(session, signal, how=how, actor=actor, now=now)


def _record(session: Session, what: str, signal: Signal, actor: str, now: datetime) -> None:
    """Record the event, and withdraw notices about the signal that have not been sent."""
    outbox.withdraw(session, now=now, reason=TAKEN_UP, group_key=notice_item(signal.id))
    events.record(
        session,
        what,
        now=now,
        actor=actor,
        person_id=signal.person_id,
        hub_id=signal.hub_id,
        signal=signal.id,
        signal_kind=_logged(signal.kind),
    )


def _logged(kind: SignalKind) -> str:
    """The name of a kind in events."""
    return "health" if kind in HEALTH else kind.value
