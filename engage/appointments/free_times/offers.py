"""Offers of free times to one person for one appointment: the times are held meanwhile, and the
appointment moves to the time that the person picks.

The caller holds the lock of the person's row, so a change by staff comes either before or after.
Free times are locked in the order of their ids and read again once locked: two people never hold,
and never get, the same time. The appointment stays as it is until the person picks a time. A hold
ends by the clock alone.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, bindparam, or_, select
from sqlalchemy.orm import Session

from engage.access.policy import PERSON
from engage.agencies.hub_settings import hub_rules, zone
from engage.agencies.model import Hub, Staff
from engage.appointments.booking import why_unchangeable, write_move
from engage.appointments.booking_checks import has_clash
from engage.appointments.free_times import rules
from engage.appointments.free_times.model import FreeTime, SlotOffer
from engage.appointments.free_times.rules import FreeSlot, TimeWish
from engage.appointments.free_times.service import (
    busy_times,
    clashes,
    slot_rules,
    worker_of,
)
from engage.appointments.kinds import AppointmentState
from engage.appointments.model import Appointment
from engage.core import events
from engage.core.db import new_id
from engage.core.working_days import closed_days
from engage.people.model import LegalStatus, Person
from engage.people.rules import Reason

OPEN_FOR = timedelta(hours=24)
"""An answer is accepted for this long, though the times are held for less [ours]."""
CLOCKS_DIFFER_BY = timedelta(minutes=5)
"""An offer is made by the worker's clock, and a reply arrives by the web server's."""
A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class OfferRequest:
    """The person who asks, the number and the text that they ask from, and their wish. `repeat`:
    times offered before may be offered again.
    """

    person: Person
    number: str
    inbound_id: int
    received_at: datetime
    wish: TimeWish
    repeat: bool = False


def why_no_offer(session: Session, person: Person, appointment: Appointment) -> Reason | None:
    """Why no time may be offered to this person for this appointment, whatever is free."""
    hub = session.get_one(Hub, appointment.hub_id)
    return rules.why_no_offer(
        allowed=person.rebooking_allowed_at is not None,
        enforceable=appointment.enforceable and person.legal_status is LegalStatus.STATUTORY,
        hub_allows_enforceable=hub_rules(hub).rebook_enforceable,
        kind=appointment.type,
    )


def make_offer(
    session: Session, request: OfferRequest, appointment: Appointment, *, now: datetime
) -> SlotOffer | None:
    """Hold the free times that fit best for the person, as a new offer. None if the worker has no
    such time.

    Earlier offers to the person are closed and their times released. These are offered again only
    if they may repeat, or if the person asked for a day or a time.
    """
    worker = worker_of(session, appointment)
    if worker is None:
        return None
    hub = session.get_one(Hub, appointment.hub_id)
    limits = slot_rules(hub_rules(hub))
    earlier = open_offers(session, request.person.id)
    offered_before = {id for offer in earlier for id in offer.ids}
    in_range = and_(
        FreeTime.worker_id == worker.id,
        FreeTime.hub_id == hub.id,
        FreeTime.withdrawn_at.is_(None),
        FreeTime.starts_at.between(now, now + limits.ahead),
    )
    _lock(
        session,
        or_(in_range, FreeTime.id.in_(offered_before), FreeTime.held_for_id == request.person.id),
    )
    release_times(session, request.person.id)
    for offer in earlier:
        offer.closed_at, offer.closed_by_id = now, request.inbound_id
    session.flush()
    repeat = request.repeat or not request.wish.any_time
    free = _free_slots(session, worker, in_range, request.person, appointment, now=now)
    fitting = rules.offerable(
        [one for one in free if repeat or one.id not in offered_before],
        kind=appointment.type,
        minutes=appointment.minutes,
        now=now,
        zone=zone(hub),
        closed=closed_days(hub.settings),
        rules=limits,
    )
    chosen = rules.pick(
        fitting,
        request.wish,
        received_at=request.received_at,
        zone=zone(hub),
        at_most=limits.at_most,
    )
    if not chosen:
        return None
    return _hold_and_store(session, request, appointment, chosen, now + limits.hold, now)


def _hold_and_store(
    session: Session,
    request: OfferRequest,
    appointment: Appointment,
    chosen: Sequence[FreeSlot],
    until: datetime,
    now: datetime,
) -> SlotOffer:
    for one in chosen:
        row = session.get_one(FreeTime, one.id)
        row.held_for_id, row.held_until = request.person.id, until
    offer = SlotOffer(
        id=new_id(),
        person_id=request.person.id,
        appointment_id=appointment.id,
        revision=appointment.revision,
        number=request.number,
        options=[{"id": str(one.id), "starts_at": one.starts_at.isoformat()} for one in chosen],
        wanted_day=request.wish.day,
        wanted_time=request.wish.time,
        inbound_id=request.inbound_id,
        offered_at=now,
        held_until=until,
        open_until=min(now + OPEN_FOR, appointment.starts_at),
    )
    session.add(offer)
    session.flush()
    events.record(
        session,
        "slots.offered",
        now=now,
        actor="system",
        person_id=request.person.id,
        hub_id=appointment.hub_id,
        appointment=appointment.id,
        offer=offer.id,
        starts_at=[one.starts_at for one in chosen],
        held_until=until,
    )
    return offer


def offered_appointment(session: Session, offer: SlotOffer, *, now: datetime) -> Appointment | None:
    """The appointment that the offer is about. None if it has changed since the offer, or has
    started.
    """
    appointment = session.get(Appointment, offer.appointment_id, populate_existing=True)
    if appointment is None or appointment.state is not AppointmentState.BOOKED:
        return None
    if appointment.revision != offer.revision or appointment.starts_at <= now:
        return None
    return appointment if why_unchangeable(session, appointment) is None else None


def accept(
    session: Session,
    offer: SlotOffer,
    appointment: Appointment,
    number: int,
    *,
    inbound_id: int,
    now: datetime,
) -> FreeTime | None:
    """Move the appointment to the time with this number (from 1) in the offer. None if the time is
    no longer available.

    While it is held the time is the person's. After that it is theirs if it is still free and could
    still be offered. `appointment` is the one that `offered_appointment` returned.
    """
    person = session.get_one(Person, offer.person_id)
    _lock(session, or_(FreeTime.id.in_(offer.ids), FreeTime.held_for_id == person.id))
    free_time = session.get(FreeTime, offer.ids[number - 1])
    if free_time is None or not _is_available(session, free_time, offer, appointment, person, now):
        return None
    worker, earlier = free_time.worker, appointment.starts_at
    details = {
        "worker_id": worker.id,
        "place": free_time.place,
        "place_alias": free_time.place_alias,
    }
    write_move(
        session,
        PERSON,
        appointment,
        person,
        starts_at=free_time.starts_at,
        details=details,
        now=now,
    )
    release_times(session, person.id)
    offer.closed_at, offer.closed_by_id = now, inbound_id
    offer.chosen_id, offer.from_starts_at, offer.moved_revision = (
        free_time.id,
        earlier,
        appointment.revision,
    )
    session.flush()
    return free_time


def close(session: Session, offer: SlotOffer, *, inbound_id: int, now: datetime) -> None:
    """Close the offer without a choice, and release its times."""
    _lock(session, FreeTime.held_for_id == offer.person_id)
    release_times(session, offer.person_id)
    offer.closed_at, offer.closed_by_id = now, inbound_id
    session.flush()


def release_times(session: Session, person_id: uuid.UUID) -> None:
    """Release every time that is held for the person. The caller holds the locks of the rows."""
    for row in session.scalars(select(FreeTime).where(FreeTime.held_for_id == person_id)):
        row.held_for_id, row.held_until = None, None
    session.flush()


# Built once: every reply runs it.
_LATEST = (
    select(SlotOffer)
    .where(
        SlotOffer.person_id == bindparam("person"),
        SlotOffer.number == bindparam("number"),
        SlotOffer.offered_at <= bindparam("offered_by"),
        SlotOffer.open_until > bindparam("open_at"),
    )
    .order_by(SlotOffer.offered_at.desc(), SlotOffer.id.desc())
    .limit(1)
)


def latest_offer(
    session: Session, person_id: uuid.UUID, number: str, received_at: datetime
) -> SlotOffer | None:
    """The last offer to the person at this number that a text received then can be about, answered
    or not.
    """
    parameters = {
        "person": person_id,
        "number": number,
        "open_at": received_at,
        "offered_by": received_at + CLOCKS_DIFFER_BY,
    }
    return session.scalars(_LATEST, parameters).one_or_none()


def open_offers(session: Session, person_id: uuid.UUID) -> list[SlotOffer]:
    """The person's offers that have no answer, oldest first."""
    query = select(SlotOffer).where(SlotOffer.person_id == person_id, SlotOffer.closed_at.is_(None))
    return list(session.scalars(query.order_by(SlotOffer.offered_at, SlotOffer.id)))


def offers_since(session: Session, appointment_id: uuid.UUID, since: datetime) -> int:
    """How many offers were made for the appointment since a moment."""
    query = select(SlotOffer.id).where(
        SlotOffer.appointment_id == appointment_id, SlotOffer.offered_at > since
    )
    return len(session.scalars(query).all())


def _is_available(
    session: Session,
    free_time: FreeTime,
    offer: SlotOffer,
    appointment: Appointment,
    person: Person,
    now: datetime,
) -> bool:
    """Whether the person can have the time: it is held for them, or could still be offered."""
    held = (
        free_time.held_for_id == person.id
        and free_time.held_until is not None
        and free_time.held_until > now
    )
    free = _free_slots(
        session, free_time.worker, FreeTime.id == free_time.id, person, appointment, now=now
    )
    if held:
        return bool(free) and free_time.starts_at > now
    hub = session.get_one(Hub, offer.appointment.hub_id)
    return bool(
        rules.offerable(
            free,
            kind=appointment.type,
            minutes=appointment.minutes,
            now=now,
            zone=zone(hub),
            closed=closed_days(hub.settings),
            rules=slot_rules(hub_rules(hub)),
        )
    )


def _free_slots(
    session: Session,
    worker: Staff,
    condition: ColumnElement[bool],
    person: Person,
    appointment: Appointment,
    *,
    now: datetime,
) -> list[FreeSlot]:
    """The worker's times that are held for no other person, and at which neither the worker nor the
    person has another appointment.
    """
    rows = session.scalars(
        select(FreeTime)
        .where(
            condition,
            FreeTime.withdrawn_at.is_(None),
            or_(
                FreeTime.held_until.is_(None),
                FreeTime.held_until <= now,
                FreeTime.held_for_id == person.id,
            ),
        )
        .order_by(FreeTime.starts_at)
        .execution_options(populate_existing=True)
    ).all()
    if not rows:
        return []
    booked = busy_times(session, worker, rows[0].starts_at, rows[-1].starts_at + A_DAY)
    return [
        FreeSlot(row.id, row.starts_at, row.minutes, row.type, row.despite_closed)
        for row in rows
        if not clashes(row.starts_at, row.minutes, booked)
        and not has_clash(session, person.id, row.starts_at, appointment.minutes, appointment.id)
    ]


def _lock(session: Session, condition: ColumnElement[bool]) -> None:
    """Lock the free times until the transaction ends, always in the order of their ids."""
    session.scalars(
        select(FreeTime)
        .where(condition)
        .order_by(FreeTime.id)
        .with_for_update(of=FreeTime)
        .execution_options(populate_existing=True)
    ).all()
