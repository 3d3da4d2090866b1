"""Appointments that are still booked for people who are not expected to come: in custody, on
warrant, contact suspended or closed, dead.

A worker decides whether to move or cancel them: nothing here changes a booking. Texts about them
have stopped already.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from engage.access import scope
from engage.access.policy import Ability, Actor
from engage.agencies.hub_settings import zone
from engage.agencies.model import Hub, Staff
from engage.appointments.model import Appointment, AppointmentState
from engage.people.model import ContactStatus, CustodyStatus, Person
from engage.queries import actor_names

MOST_SHOWN = 20


@dataclass(frozen=True)
class StillBooked:
    """A person who is not expected to come, with how many appointments are booked and when the next
    one is.

    `manager` is their offender manager's name, None if that is the actor.
    """

    person_id: uuid.UUID
    person_name: str
    manager: str | None
    custody: CustodyStatus
    contact: ContactStatus
    count: int
    next_at: datetime
    zone: ZoneInfo


def not_expected(person: Person) -> bool:
    """Whether the person's custody or contact status means that they are not expected to come."""
    return (
        person.custody_status is not CustodyStatus.COMMUNITY
        or person.contact_status is not ContactStatus.OPEN
    )


def people_still_booked(
    session: Session, actor: Actor, *, now: datetime
) -> tuple[StillBooked, ...]:
    """People who are not expected to come but still have appointments, soonest first, as far as the
    actor may read their texts.
    """
    next_at = func.min(Appointment.starts_at)
    rows = session.execute(
        select(Person, Hub, Staff.name, func.count(Appointment.id), next_at)
        .join(Appointment, Appointment.person_id == Person.id)
        .join(Hub, Hub.id == Person.hub_id)
        .join(Staff, Staff.id == Person.offender_manager_id)
        .where(
            or_(
                Person.custody_status != CustodyStatus.COMMUNITY,
                Person.contact_status != ContactStatus.OPEN,
            ),
            Appointment.state == AppointmentState.BOOKED,
            Appointment.starts_at >= now,
            scope.people(actor, Ability.CONVERSE),
        )
        .group_by(Person.id, Hub.id, Staff.name)
        .order_by(next_at, Person.id)
        .limit(MOST_SHOWN)
    )
    return tuple(
        StillBooked(
            person.id,
            person.name,
            actor_names.other_manager(actor, person, manager),
            person.custody_status,
            person.contact_status,
            count,
            first,
            zone(hub),
        )
        for person, hub, manager, count, first in rows
    )
