"""Whether a person may rebook by text: not until a member of staff who manages them allows it.

It offers nothing itself: engage/appointments/free_times decides what is offered, and only if a
worker has entered free times.
"""

import uuid
from datetime import datetime

from sqlalchemy.orm import Session

from engage.access.policy import Ability, Actor, open_person
from engage.core import events
from engage.people.model import Person


def allow(
    session: Session, actor: Actor, person_id: uuid.UUID, *, allowed: bool, now: datetime
) -> Person:
    """Allow a person to rebook by text, or not any more. Without a change this does nothing.

    The actor must manage the person: their offender manager, or a coordinator or supervisor who
    covers. Raises NotFound or Forbidden.
    """
    person = open_person(
        session,
        actor,
        person_id,
        now=now,
        what="allow rebooking",
        ability=Ability.MANAGE,
        change=True,
        lock=True,
    )
    if allowed == (person.rebooking_allowed_at is not None):
        return person
    person.rebooking_allowed_at = now if allowed else None
    person.rebooking_allowed_by = actor.label if allowed else None
    person.updated_at = now
    session.flush()
    events.record_for_person(
        session,
        "rebooking.allowed" if allowed else "rebooking.ended",
        person,
        now=now,
        actor=actor.label,
    )
    return person
