"""What a booking form offers for one person: the agencies the actor may book for, and what was
agreed last time.
"""

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.access.policy import (
    Ability,
    Actor,
    open_person,
    own_agency_only,
)
from engage.agencies.hub_settings import zone
from engage.agencies.model import Agency, AgencyKind, Hub, Staff
from engage.agencies.service import agencies_of
from engage.appointments.model import Appointment, AppointmentType
from engage.people import contactability
from engage.people.model import LegalStatus, Person
from engage.queries.people.person import obstacles

MINUTES = 30


@dataclass(frozen=True)
class Offer:
    """The choices and the sensible first values of a booking form."""

    person: Person
    zone: ZoneInfo
    agencies: tuple[Agency, ...]
    agency_id: uuid.UUID | None
    type: AppointmentType
    day: date
    minutes: int
    worker_name: str
    place: str
    place_alias: str
    enforceable: bool
    why_not: tuple[str, ...]


def offer(session: Session, actor: Actor, person_id: uuid.UUID, *, now: datetime) -> Offer:
    """What to offer for booking this person. Raises NotFound, or Forbidden for whoever may not
    book.
    """
    person = open_person(
        session, actor, person_id, now=now, what="booking.page", ability=Ability.BOOK, change=True
    )
    hub, booker = session.get_one(Hub, person.hub_id), session.get(Staff, actor.id)
    agencies = tuple(
        agency
        for agency in agencies_of(session, [hub.id])
        if not own_agency_only(actor, person) or agency.id == actor.agency_id
    )
    last = session.scalars(
        select(Appointment)
        .where(Appointment.person_id == person.id, Appointment.agency_id == actor.agency_id)
        .order_by(Appointment.starts_at.desc())
        .limit(1)
    ).one_or_none()
    own = {agency.id for agency in agencies} & {actor.agency_id}
    return Offer(
        person=person,
        zone=zone(hub),
        agencies=agencies,
        agency_id=actor.agency_id if own else None,
        type=last.type if last is not None else AppointmentType.OFFICE,
        day=_next_weekday(now.astimezone(zone(hub)).date()),
        minutes=last.minutes if last is not None else MINUTES,
        worker_name=booker.first_name if booker is not None and own else "",
        place=last.place if last is not None and last.place != last.place_alias else "",
        place_alias=last.place_alias if last is not None else "",
        enforceable=last.enforceable if last is not None else _demanded(person, agencies, actor),
        why_not=obstacles(contactability.contactability_of(session, [person.id], now)[person.id]),
    )


def _demanded(person: Person, agencies: tuple[Agency, ...], actor: Actor) -> bool:
    """What probation books for somebody under an order is demanded by it; what a partner books is
    not, unless they say so.
    """
    probation = any(
        agency.id == actor.agency_id and agency.kind is AgencyKind.PROBATION for agency in agencies
    )
    return probation and person.legal_status is LegalStatus.STATUTORY


def _next_weekday(today: date) -> date:
    day = today + timedelta(days=1)
    while day.weekday() > 4:
        day += timedelta(days=1)
    return day
