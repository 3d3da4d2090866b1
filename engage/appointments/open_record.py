"""Open one appointment and record its events. Access follows the person's record; a support worker
sees only their own agency's appointments.
"""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.access.policy import (
    Ability,
    Actor,
    open_person,
    own_agency_only,
)
from engage.appointments.model import Appointment
from engage.core import events
from engage.core.errors import NotFound


def open_appointment(
    session: Session,
    actor: Actor,
    appointment_id: uuid.UUID,
    *,
    now: datetime,
    what: str = "appointment",
    ability: Ability = Ability.VIEW,
    change: bool = False,
    lock: bool = False,
) -> Appointment:
    """The appointment, if the actor has the ability for it. With `lock`, the person's row is locked
    until the transaction ends.

    Raises NotFound if there is none or the actor may not see it, Forbidden if they may see the
    person but not do this.
    """
    person_id = session.scalar(
        select(Appointment.person_id).where(Appointment.id == appointment_id)
    )
    if person_id is None:
        raise NotFound("There is no such appointment, or you may not see it.")
    person = open_person(
        session, actor, person_id, now=now, what=what, ability=ability, change=change, lock=lock
    )
    appointment = session.get_one(Appointment, appointment_id, populate_existing=True)
    if own_agency_only(actor, person) and appointment.agency_id != actor.agency_id:
        raise NotFound("There is no such appointment, or you may not see it.")
    return appointment


def record_event(
    session: Session, kind: str, appointment: Appointment, *, now: datetime, actor: str, **data: Any
) -> None:
    """Record an event of the appointment, with its person and hub."""
    events.record(
        session,
        kind,
        now=now,
        actor=actor,
        person_id=appointment.person_id,
        hub_id=appointment.hub_id,
        appointment=appointment.id,
        **data,
    )
