"""Signals about what a person texts: one signal while it is open, and a new one if the same happens
again later.

The key of a resolved signal is never used again, so a cause that can return (a second NO after a
YES) includes the text that said it.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from engage import signals
from engage.agencies.hub_settings import zone
from engage.agencies.model import Hub
from engage.core.working_days import after_working_days, closed_days
from engage.people.model import Person
from engage.signals import Evidence, Signal, SignalKind, SignalState
from engage.understanding.safety.kinds import DangerKind

OPEN_STATES = (SignalState.OPEN, SignalState.ACKNOWLEDGED)


def raise_signal(
    session: Session,
    kind: SignalKind,
    person: Person,
    *,
    about: str,
    why: str,
    evidence: Sequence[Evidence],
    now: datetime,
    due_at: datetime | None = None,
    action: str | None = None,
    joins: Sequence[SignalState] = OPEN_STATES,
    danger: DangerKind | None = None,
) -> bool:
    """Raise a signal, or add the evidence to one `about` the same that is in a state of `joins`.
    Returns whether the signal is new.

    The first of `evidence` distinguishes this cause from an earlier one about the same.
    """
    key = _open_key(session, kind, person.id, about, joins)
    cause = f"{about}:{evidence[0].id}" if key is None else key.removeprefix(f"{kind}:{person.id}:")
    return signals.raise_signal(
        session,
        kind,
        person_id=person.id,
        hub_id=person.hub_id,
        cause=cause,
        why=why,
        evidence=evidence,
        now=now,
        due_at=due_at,
        action=action,
        danger=danger,
    )


_UNRESOLVED = (
    select(Signal)
    .where(
        Signal.person_id == bindparam("person"),
        Signal.kind.in_(bindparam("kinds", expanding=True)),
        Signal.state != SignalState.RESOLVED,
    )
    .order_by(Signal.id)
)


def withdraw_signal(
    session: Session, *kinds: SignalKind, person_id: uuid.UUID, about: str, how: str, now: datetime
) -> None:
    """Resolve the signals of these kinds about a cause that the person says has gone."""
    for signal in session.scalars(_UNRESOLVED, {"person": person_id, "kinds": list(kinds)}).all():
        if signal.key.startswith(f"{signal.kind}:{person_id}:{about}:"):
            signals.resolve(session, signal, how=how, actor="person", now=now)


def has_open_signal(
    session: Session, kind: SignalKind, person_id: uuid.UUID, *, about: str
) -> bool:
    """Whether a signal about this is open or acknowledged."""
    return _open_key(session, kind, person_id, about, OPEN_STATES) is not None


def next_working_day(session: Session, person: Person, now: datetime) -> datetime:
    """One working day of the person's hub from now."""
    hub = session.get_one(Hub, person.hub_id)
    return after_working_days(now, 1, zone(hub), closed_days(hub.settings))


def _open_key(
    session: Session,
    kind: SignalKind,
    person_id: uuid.UUID,
    about: str,
    joins: Sequence[SignalState],
) -> str | None:
    return session.scalar(
        select(Signal.key)
        .where(
            Signal.person_id == person_id,
            Signal.kind == kind,
            Signal.state.in_(joins),
            Signal.key.startswith(f"{kind}:{person_id}:{about}:", autoescape=True),
        )
        .order_by(Signal.raised_at.desc())
        .limit(1)
    )
