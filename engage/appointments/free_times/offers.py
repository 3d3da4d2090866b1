"""Offering free times to one person for one appointment, holding them meanwhile, and moving the
appointment to the one that is picked.

The caller holds the person's row, so that what staff do to the appointment comes wholly before or
wholly after. Rows of free times are locked in the order of their ids, and looked at afresh once
they are: two people never hold, and never get, the same time. The appointment that stands is not
touched before a choice, and a hold ends by the clock alone.
"""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, bindparam, or_, select
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
"""An answer is taken for this long, though the times are held for less [ours]."""
CLOCKS_DIFFER_BY = timedelta(minutes=5)
"""An offer is made by a worker's clock, a reply comes by a web server's."""
A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class OfferRequest:
    """Who asks, from which number, by which text, and what they wish. `repeat`: what was offered
    before may be offered again.
    """

    person: Person
    number: str
    inbound_id: int
    heard_at: datetime
    wish: TimeWish
    repeat: bool = False


def obstacles(session: Session, person: Person, appointment: Appointment) -> Reason | None:
    """Why nothing may be offered to this person for this appointment, whatever is free."""
    hub = session.get_one(Hub, appointment.hub_id)
    return rules.obstacles(
        allowed=person.rebooking_allowed_at is not None,
        demanded=appointment.enforceable and person.legal_status is LegalStatus.STATUTORY,
        hub_allows_demanded=hub_rules(hub).rebook_enforceable,
        kind=appointment.type,
    )


def make_offer(
    session: Session, asked: OfferRequest, appointment: Appointment, *, now: datetime
) -> SlotOffer | None:
    """Hold the few free times that fit for the person, as a new offer; None where the worker has
    none.

    An earlier offer to the person is closed and what it held is free again; its times come again
    only if they may repeat, or a day or time was asked for.
    """
    worker = worker_of(session, appointment)
    if worker is None:
        return None
    hub = session.get_one(Hub, appointment.hub_id)
    numbers = slot_rules(hub_rules(hub))
    earlier = open_offers(session, asked.person.id)
    shown = {id for offer in earlier for id in offer.ids}
    window = (
        FreeTime.worker_id == worker.id,
        FreeTime.hub_id == hub.id,
        FreeTime.withdrawn_at.is_(None),
        FreeTime.starts_at.between(now, now + numbers.ahead),
    )
    _lock(
        session, or_(_all(window), FreeTime.id.in_(shown), FreeTime.held_for_id == asked.person.id)
    )
    release(session, asked.person.id)
    for offer in earlier:
        offer.closed_at, offer.closed_by_id = now, asked.inbound_id
    session.flush()
    free = _free(session, worker, _all(window), asked.person, appointment, now=now)
    fitting = rules.offerable(
        [one for one in free if asked.repeat or not (asked.wish.open and one.id in shown)],
        kind=appointment.type,
        minutes=appointment.minutes,
        now=now,
        zone=zone(hub),
        closed=closed_days(hub.settings),
        rules=numbers,
    )
    chosen = rules.pick(
        fitting, asked.wish, heard_at=asked.heard_at, zone=zone(hub), at_most=numbers.at_most
    )
    return _write(session, asked, appointment, chosen, now + numbers.hold, now) if chosen else None


def _write(
    session: Session,
    asked: OfferRequest,
    appointment: Appointment,
    chosen: Sequence[FreeSlot],
    until: datetime,
    now: datetime,
) -> SlotOffer:
    for one in chosen:
        row = session.get_one(FreeTime, one.id)
        row.held_for_id, row.held_until = asked.person.id, until
    offer = SlotOffer(
        id=new_id(),
        person_id=asked.person.id,
        appointment_id=appointment.id,
        revision=appointment.revision,
        number=asked.number,
        options=[{"id": str(one.id), "starts_at": one.starts_at.isoformat()} for one in chosen],
        wanted_day=asked.wish.day,
        wanted_time=asked.wish.time,
        inbound_id=asked.inbound_id,
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
        person_id=asked.person.id,
        hub_id=appointment.hub_id,
        appointment=appointment.id,
        offer=offer.id,
        starts_at=[one.starts_at for one in chosen],
        held_until=until,
    )
    return offer


def standing(session: Session, offer: SlotOffer, *, now: datetime) -> Appointment | None:
    """The appointment that the offer is about, if it still stands as it was and has not begun."""
    appointment = session.get(Appointment, offer.appointment_id, populate_existing=True)
    if appointment is None or appointment.state is not AppointmentState.BOOKED:
        return None
    if appointment.revision != offer.revision or appointment.starts_at <= now:
        return None
    return appointment if why_unchangeable(session, appointment) is None else None


def take(
    session: Session,
    offer: SlotOffer,
    appointment: Appointment,
    number: int,
    *,
    inbound_id: int,
    now: datetime,
) -> FreeTime | None:
    """Move the appointment to the time with that number of the offer (from 1); None where somebody
    else has it by now.

    While it is held it is theirs; afterwards it is if it is still free and could still be offered.
    `appointment` is what `standing` gave.
    """
    person = session.get_one(Person, offer.person_id)
    _lock(session, or_(FreeTime.id.in_(offer.ids), FreeTime.held_for_id == person.id))
    free_time = session.get(FreeTime, offer.ids[number - 1])
    if free_time is None or not _still_theirs(session, free_time, offer, appointment, person, now):
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
    release(session, person.id)
    offer.closed_at, offer.closed_by_id = now, inbound_id
    offer.chosen_id, offer.from_starts_at, offer.moved_revision = (
        free_time.id,
        earlier,
        appointment.revision,
    )
    session.flush()
    return free_time


def close(session: Session, offer: SlotOffer, *, inbound_id: int, now: datetime) -> None:
    """None of them is wanted, or nothing can come of it any more: what is held is free again."""
    _lock(session, FreeTime.held_for_id == offer.person_id)
    release(session, offer.person_id)
    offer.closed_at, offer.closed_by_id = now, inbound_id
    session.flush()


def release(session: Session, person_id: uuid.UUID) -> None:
    """Nothing is held for the person any more. The caller holds the rows."""
    for row in session.scalars(select(FreeTime).where(FreeTime.held_for_id == person_id)):
        row.held_for_id, row.held_until = None, None
    session.flush()


_LATEST = (
    select(SlotOffer)
    .where(
        SlotOffer.person_id == bindparam("person"),
        SlotOffer.number == bindparam("number"),
        SlotOffer.offered_at <= bindparam("left_by"),
        SlotOffer.open_until > bindparam("by"),
    )
    .order_by(SlotOffer.offered_at.desc(), SlotOffer.id.desc())
    .limit(1)
)
"""Every reply asks this."""


def latest(
    session: Session, person_id: uuid.UUID, number: str, heard_at: datetime
) -> SlotOffer | None:
    """The last offer to the person at a number that a text heard then can be about, answered or
    not.
    """
    given = {
        "person": person_id,
        "number": number,
        "by": heard_at,
        "left_by": heard_at + CLOCKS_DIFFER_BY,
    }
    return session.scalars(_LATEST, given).one_or_none()


def open_offers(session: Session, person_id: uuid.UUID) -> list[SlotOffer]:
    """The person's offers that have no answer, oldest first."""
    query = select(SlotOffer).where(SlotOffer.person_id == person_id, SlotOffer.closed_at.is_(None))
    return list(session.scalars(query.order_by(SlotOffer.offered_at, SlotOffer.id)))


def offers_since(session: Session, appointment_id: uuid.UUID, since: datetime) -> int:
    """How many offers there were for an appointment since a moment."""
    query = select(SlotOffer.id).where(
        SlotOffer.appointment_id == appointment_id, SlotOffer.offered_at > since
    )
    return len(session.scalars(query).all())


def _still_theirs(
    session: Session,
    free_time: FreeTime,
    offer: SlotOffer,
    appointment: Appointment,
    person: Person,
    now: datetime,
) -> bool:
    held = (
        free_time.held_for_id == person.id
        and free_time.held_until is not None
        and free_time.held_until > now
    )
    found = _free(
        session, free_time.worker, FreeTime.id == free_time.id, person, appointment, now=now
    )
    if held:
        return bool(found) and free_time.starts_at > now
    hub = session.get_one(Hub, offer.appointment.hub_id)
    return bool(
        rules.offerable(
            found,
            kind=appointment.type,
            minutes=appointment.minutes,
            now=now,
            zone=zone(hub),
            closed=closed_days(hub.settings),
            rules=slot_rules(hub_rules(hub)),
        )
    )


def _free(
    session: Session,
    worker: Staff,
    which: ColumnElement[bool],
    person: Person,
    appointment: Appointment,
    *,
    now: datetime,
) -> list[FreeSlot]:
    """Those of the worker's times that nobody else holds and at which neither the worker nor the
    person has anything else.
    """
    rows = session.scalars(
        select(FreeTime)
        .where(
            which,
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
    busy = busy_times(session, worker, rows[0].starts_at, rows[-1].starts_at + A_DAY)
    return [
        FreeSlot(row.id, row.starts_at, row.minutes, row.type, row.despite_closed)
        for row in rows
        if not clashes(row.starts_at, row.minutes, busy)
        and not has_clash(session, person.id, row.starts_at, appointment.minutes, appointment.id)
    ]


def _lock(session: Session, which: ColumnElement[bool]) -> None:
    """Hold those rows until the transaction ends, always in one order."""
    session.scalars(
        select(FreeTime)
        .where(which)
        .order_by(FreeTime.id)
        .with_for_update(of=FreeTime)
        .execution_options(populate_existing=True)
    ).all()


def _all(conditions: Collection[ColumnElement[bool]]) -> ColumnElement[bool]:
    first, *rest = conditions
    for one in rest:
        first = first & one
    return first
