"""The choices and defaults of the booking form for one person: the agencies that the actor may book
for, and the details of the last appointment.
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
from engage.agencies.hub_settings import hub_today, zone
from engage.agencies.model import Agency, AgencyKind, Hub, Staff
from engage.agencies.service import agencies_of
from engage.appointments.model import Appointment, AppointmentType
from engage.people import contactability
from engage.people.model import LegalStatus, Person
from engage.queries.people.person import obstacles

DEFAULT_MINUTES = 30


@dataclass(frozen=True)
class BookingDefaults:
    """The choices and the defaults of a booking form."""

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


def booking_defaults(
    session: Session, actor: Actor, person_id: uuid.UUID, *, now: datetime
) -> BookingDefaults:
    """The choices and defaults for booking an appointment for this person. Raises NotFound, or
    Forbidden if the actor may not book.
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
    return BookingDefaults(
        person=person,
        zone=zone(hub),
        agencies=agencies,
        agency_id=actor.agency_id if own else None,
        type=last.type if last is not None else AppointmentType.OFFICE,
        day=_next_weekday(hub_today(hub, now)),
        minutes=last.minutes if last is not None else DEFAULT_MINUTES,
        worker_name=booker.first_name if booker is not None and own else "",
        place=last.place if last is not None and last.place != last.place_alias else "",
        place_alias=last.place_alias if last is not None else "",
        enforceable=last.enforceable
        if last is not None
        else _is_enforceable(person, agencies, actor),
        why_not=obstacles(contactability.contactability_of(session, [person.id], now)[person.id]),
    )


def _is_enforceable(person: Person, agencies: tuple[Agency, ...], actor: Actor) -> bool:
    """By default an appointment is enforceable if probation books it for a person under an order. A
    partner agency must say so.
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
