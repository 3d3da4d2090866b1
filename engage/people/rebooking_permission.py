"""Whether a person may choose another time by text: off until somebody who manages them allows it,
and recorded by whom.

It allows nothing by itself: what is offered is decided by engage/appointments/slots, and only where
a worker has put in free times.
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
    """Let a person rebook by text, or no longer. Said twice it changes nothing.

    For whoever manages the person: their offender manager, or a coordinator or supervisor who
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
    events.record(
        session,
        "rebooking.allowed" if allowed else "rebooking.ended",
        now=now,
        actor=actor.label,
        person_id=person.id,
        hub_id=person.hub_id,
    )
    return person
