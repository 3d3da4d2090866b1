"""Acknowledge or resolve a signal about a person. Access is decided by engage/access."""

import uuid
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage import signals
from engage.access.policy import (
    Ability,
    Actor,
    abilities,
    open_person,
)
from engage.core.errors import NotFound
from engage.core.text_fields import clean_text
from engage.signals import Signal

LONGEST_RESOLUTION = 500


def acknowledge(session: Session, actor: Actor, signal_id: uuid.UUID, *, now: datetime) -> Signal:
    """Record that the actor has taken the signal on. Raises NotFound, Forbidden, or Conflict if the
    signal is resolved already.
    """
    signal = _open_signal(session, actor, signal_id, "acknowledge signal", now)
    signals.acknowledge(session, signal, actor=actor.label, now=now)
    return signal


def resolve(
    session: Session, actor: Actor, signal_id: uuid.UUID, *, how: str, now: datetime
) -> Signal:
    """Record that the signal is dealt with; `how` says in 1 to 500 characters what was done.

    Raises as `acknowledge` does, and Invalid.
    """
    done = clean_text("how", how, LONGEST_RESOLUTION, missing="Say what was done.")
    signal = _open_signal(session, actor, signal_id, "resolve signal", now)
    signals.resolve(session, signal, how=done, actor=actor.label, now=now)
    return signal


def _open_signal(
    session: Session, actor: Actor, signal_id: uuid.UUID, what: str, now: datetime
) -> Signal:
    signal = session.scalars(select(Signal).where(Signal.id == signal_id)).one_or_none()
    if signal is None:
        raise NotFound("There is no such signal, or you may not see it.")
    person = open_person(
        session, actor, signal.person_id, now=now, what=what, ability=Ability.SIGNALS, change=True
    )
    if signal.kind in signals.HEALTH and Ability.HEALTH not in abilities(actor, person):
        raise NotFound("There is no such signal, or you may not see it.")
    return signal
