"""Arrests, charges and convictions, as reported by the police. A wrong record is withdrawn, never
erased.

An arrest is not a conviction, and nothing follows from one here: rules suggest, and people decide.
"""

import uuid
from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engage.access.policy import Actor
from engage.agencies.hub_settings import today_at
from engage.core import events
from engage.core.db import new_id
from engage.core.errors import Conflict
from engage.core.text_fields import Characters, clean_text
from engage.legal.model import Offence, OffenceKind
from engage.legal.open_record import (
    day_problems,
    found,
    refuse,
    to_change,
)

LONGEST_WHAT = 120


def record(
    session: Session,
    actor: Actor,
    person_id: uuid.UUID,
    *,
    kind: OffenceKind,
    happened_on: date,
    what: str,
    acquisitive: bool,
    now: datetime,
) -> Offence:
    """Record an arrest, a charge or a conviction. `what` describes it ("burglary of a shop") and
    names nobody.

    Raises Invalid for a future day or without `what`, Conflict (code `offence_recorded`) if the
    same is already recorded.
    """
    person = to_change(session, actor, person_id, now=now, what="record offence")
    words = clean_text(
        "what",
        what,
        LONGEST_WHAT,
        missing="Say what it was for, such as theft from a shop",
        characters=Characters.PLAIN,
    )
    today = today_at(session, person.hub_id, now)
    refuse(day_problems({"happened_on": happened_on}, today, past=("happened_on",)))
    same = select(Offence.id).where(
        Offence.person_id == person.id,
        Offence.kind == kind,
        Offence.happened_on == happened_on,
        func.lower(Offence.what) == words.lower(),
        Offence.withdrawn_at.is_(None),
    )
    if session.scalar(same) is not None:
        raise Conflict("This is already recorded.", code="offence_recorded")
    offence = Offence(
        id=new_id(),
        person_id=person.id,
        kind=kind,
        happened_on=happened_on,
        what=words,
        acquisitive=acquisitive,
        recorded_by=actor.label,
        recorded_at=now,
    )
    session.add(offence)
    session.flush()
    events.record_for_person(
        session,
        "offence.recorded",
        person,
        actor=actor.label,
        now=now,
        offence=offence.id,
        offence_kind=kind.value,
        happened_on=happened_on,
    )
    return offence


def withdraw(session: Session, actor: Actor, offence_id: uuid.UUID, *, now: datetime) -> Offence:
    """Withdraw a record that is wrong or came to nothing. The row stays and no longer counts.
    Repeating it changes nothing.
    """
    offence = found(session.get(Offence, offence_id), "offence")
    person = to_change(session, actor, offence.person_id, now=now, what="withdraw offence")
    session.refresh(offence)
    if offence.withdrawn_at is None:
        offence.withdrawn_at, offence.withdrawn_by = now, actor.label
        session.flush()
        events.record_for_person(
            session, "offence.withdrawn", person, actor=actor.label, now=now, offence=offence.id
        )
    return offence


def last_arrest_on(session: Session, person_id: uuid.UUID) -> date | None:
    """The day of the last arrest that is not withdrawn. The caller checks access."""
    return session.scalar(
        select(func.max(Offence.happened_on)).where(
            Offence.person_id == person_id,
            Offence.kind == OffenceKind.ARREST,
            Offence.withdrawn_at.is_(None),
        )
    )


def of_person(session: Session, person_id: uuid.UUID, limit: int) -> Sequence[Offence]:
    """A person's offences, latest first, including withdrawn ones. The caller checks access."""
    return session.scalars(
        select(Offence)
        .where(Offence.person_id == person_id)
        .order_by(Offence.happened_on.desc(), Offence.id.desc())
        .limit(limit)
    ).all()
