"""The intelligence flag: that there is intelligence on a person, and since when. Never its content;
only for the police and the offender manager.

Its events belong to no hub, so that the feed to other systems leaves them out. Nothing here stores
words.
"""

import uuid
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.access.policy import Ability, Actor, abilities
from engage.agencies.hub_settings import today_at
from engage.core import events
from engage.core.db import new_id
from engage.core.errors import Conflict
from engage.legal.model import IntelligenceFlag
from engage.legal.open_record import (
    day_problems,
    refuse,
    to_change,
)
from engage.people.model import Person


def flag(
    session: Session, actor: Actor, person_id: uuid.UUID, *, on: date, now: datetime
) -> IntelligenceFlag:
    """Record that there is intelligence since a day, today at the latest.

    Raises Invalid for a future day, Conflict (code `flagged`) if a flag is current, Forbidden for
    an actor who is neither police nor the offender manager.
    """
    person = to_change(
        session, actor, person_id, now=now, what="set flag", ability=Ability.INTELLIGENCE
    )
    if current(session, person.id) is not None:
        raise Conflict("There is already a current flag. End it first.", code="flagged")
    refuse(day_problems({"on": on}, today_at(session, person.hub_id, now), past=("on",)))
    made = IntelligenceFlag(
        id=new_id(), person_id=person.id, flagged_on=on, recorded_by=actor.label, recorded_at=now
    )
    session.add(made)
    session.flush()
    _note(session, "intelligence.flagged", person, made, actor, now)
    return made


def end(
    session: Session, actor: Actor, person_id: uuid.UUID, *, on: date, now: datetime
) -> IntelligenceFlag:
    """Record that the intelligence is no longer current since a day, today at the latest. Raises
    Conflict (code `not_flagged`) if no flag is current.
    """
    person = to_change(
        session, actor, person_id, now=now, what="end flag", ability=Ability.INTELLIGENCE
    )
    flagged = current(session, person.id)
    if flagged is None:
        raise Conflict("There is no current flag.", code="not_flagged")
    problems = day_problems({"on": on}, today_at(session, person.hub_id, now), past=("on",))
    if not problems and on < flagged.flagged_on:
        problems["on"] = "The flag was set after that day"
    refuse(problems)
    flagged.ended_on, flagged.ended_by = on, actor.label
    session.flush()
    _note(session, "intelligence.ended", person, flagged, actor, now)
    return flagged


def current(session: Session, person_id: uuid.UUID) -> IntelligenceFlag | None:
    """The current flag, for rules. `may_see` says who may be shown it."""
    return session.scalars(
        select(IntelligenceFlag).where(
            IntelligenceFlag.person_id == person_id, IntelligenceFlag.ended_on.is_(None)
        )
    ).one_or_none()


def may_see(actor: Actor, person: Person) -> bool:
    """Whether the actor may know if there is a flag."""
    return Ability.INTELLIGENCE in abilities(actor, person)


def _note(
    session: Session, kind: str, person: Person, row: IntelligenceFlag, actor: Actor, now: datetime
) -> None:
    events.record(session, kind, now=now, actor=actor.label, person_id=person.id, flag=row.id)
