"""Free times as workers see them, and appointments that people moved by text. Reads only. It never
reveals for whom a time is held.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.access import scope
from engage.access.policy import Actor
from engage.agencies.hub_settings import zone
from engage.agencies.model import Hub, Staff
from engage.appointments.free_times import service
from engage.appointments.free_times.model import FreeTime, SlotOffer
from engage.appointments.kinds import AppointmentState, AppointmentType
from engage.appointments.model import Appointment
from engage.core.paging import MomentCursor
from engage.people.model import Person
from engage.queries import actor_names

MOVED_SHOWN = timedelta(days=3)
MOST_MOVED = 20


@dataclass(frozen=True)
class FreeTimeView:
    """A free time to come. `held_until` is set while it is offered to a person; `taken`: the worker
    has an appointment then.
    """

    id: uuid.UUID
    hub_id: uuid.UUID
    worker_id: uuid.UUID
    worker_name: str
    type: AppointmentType
    starts_at: datetime
    minutes: int
    place: str
    place_alias: str
    despite_closed: bool
    held_until: datetime | None
    taken: bool
    zone: ZoneInfo

    @property
    def state(self) -> str:
        """`free`, `held` or `taken`."""
        return "taken" if self.taken else "held" if self.held_until else "free"


@dataclass(frozen=True)
class MovedByText:
    """An appointment that the person moved by text and that has not changed since. `manager` is
    their offender manager, None if that is the actor.
    """

    appointment_id: uuid.UUID
    person_id: uuid.UUID
    person_name: str
    manager: str | None
    worker_name: str
    starts_at: datetime
    earlier: datetime
    at: datetime
    zone: ZoneInfo


def upcoming(
    session: Session,
    actor: Actor,
    *,
    now: datetime,
    limit: int = 200,
    after: MomentCursor | None = None,
) -> list[FreeTimeView]:
    """The free times to come that the actor may see, soonest first."""
    times = service.upcoming(session, actor, now=now, limit=limit, after=after)
    return views(session, times, now=now)


def views(session: Session, times: Sequence[FreeTime], *, now: datetime) -> list[FreeTimeView]:
    """The views of free times that the actor may see."""
    taken = service.taken(session, times)
    return [
        FreeTimeView(
            id=one.id,
            hub_id=one.hub_id,
            worker_id=one.worker_id,
            worker_name=one.worker.name,
            type=one.type,
            starts_at=one.starts_at,
            minutes=one.minutes,
            place=one.place,
            place_alias=one.place_alias,
            despite_closed=one.despite_closed,
            held_until=one.held_until
            if one.held_until is not None and one.held_until > now
            else None,
            taken=one.id in taken,
            zone=zone(one.hub),
        )
        for one in times
    ]


def moved_by_text(session: Session, actor: Actor, *, now: datetime) -> tuple[MovedByText, ...]:
    """Appointments that people moved by text in the last three days and that the actor may see, the
    latest first.
    """
    rows = session.execute(
        select(SlotOffer, Appointment, Person, Hub, Staff.name)
        .join(Appointment, Appointment.id == SlotOffer.appointment_id)
        .join(Person, Person.id == Appointment.person_id)
        .join(Hub, Hub.id == Appointment.hub_id)
        .join(Staff, Staff.id == Person.offender_manager_id)
        .where(
            SlotOffer.moved_revision == Appointment.revision,
            SlotOffer.closed_at > now - MOVED_SHOWN,
            Appointment.state == AppointmentState.BOOKED,
            scope.appointments(actor),
        )
        .order_by(SlotOffer.closed_at.desc(), SlotOffer.id)
        .limit(MOST_MOVED)
    )
    return tuple(
        MovedByText(
            appointment_id=appointment.id,
            person_id=person.id,
            person_name=person.name,
            manager=actor_names.other_manager(actor, person, manager),
            worker_name=appointment.worker_name,
            starts_at=appointment.starts_at,
            earlier=offer.from_starts_at or appointment.starts_at,
            at=offer.closed_at or offer.offered_at,
            zone=zone(hub),
        )
        for offer, appointment, person, hub, manager in rows
    )
