"""Use cases on an appointment: book, move, correct, cancel; what came of it is recorded by
attendance.py.

Each takes an open session and never commits. A change voids the reminders of the old state, calls
back texts that wait, and plans the new ones in the same transaction, so that no text about an old
time can follow it.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from engage.access.policy import Ability, Actor, open_person
from engage.agencies.model import Hub
from engage.appointments.attendance import current_outcome
from engage.appointments.attendance import record_outcome as record_outcome
from engage.appointments.booking_checks import (
    check_agency,
    check_clash,
    check_hub,
    check_ref,
    check_values,
    check_worker,
    detail_problems,
    moment_problems,
    raise_invalid,
    unprintable,
)
from engage.appointments.kinds import AppointmentState, AppointmentType, ReminderKind
from engage.appointments.model import Appointment
from engage.appointments.open_record import open_appointment as open_appointment
from engage.appointments.reminders import planning, rules
from engage.appointments.reminders.wording import alias_for
from engage.core import events
from engage.core.db import new_id
from engage.core.errors import Conflict, Invalid
from engage.people.model import Person
from engage.people.service import ensure_involved

_IN_TEXTS = frozenset({"worker_name", "place_alias", "type"})
AMENDABLE = frozenset(
    {
        "type",
        "minutes",
        "worker_name",
        "worker_id",
        "place",
        "place_alias",
        "enforceable",
        "agency_id",
    }
)


@dataclass(frozen=True)
class NewAppointment:
    """What is needed to book. `starts_at` is aware; `place_alias` is the everyday name that texts
    show.
    """

    person_id: uuid.UUID
    agency_id: uuid.UUID
    type: AppointmentType
    starts_at: datetime
    minutes: int
    worker_name: str
    enforceable: bool
    worker_id: uuid.UUID | None = None
    place: str = ""
    place_alias: str = ""
    source_ref: str | None = None


def book(
    session: Session, actor: Actor, new: NewAppointment, *, now: datetime, allow_clash: bool = False
) -> Appointment:
    """Book an appointment and plan its reminders (RULES.md 3).

    Raises Invalid for values that cannot be, Forbidden when a support worker books for another
    agency, Conflict (code `clash`) when the person has another appointment at that time and
    `allow_clash` is not set, or (code `ref_taken`) when the reference is used already.
    """
    person = open_person(
        session,
        actor,
        new.person_id,
        now=now,
        what="book appointment",
        ability=Ability.BOOK,
        change=True,
        lock=True,
    )
    hub = session.get_one(Hub, person.hub_id)
    check_values(new, now)
    check_agency(session, actor, person, hub, new.agency_id)
    check_worker(session, new.worker_id, new.agency_id)
    check_ref(session, hub, new.source_ref)
    if not allow_clash:
        check_clash(session, person, new.starts_at, new.minutes, None)
    return write_booking(session, actor, new, person, hub, now=now)


def write_booking(
    session: Session,
    actor: Actor,
    new: NewAppointment,
    person: Person,
    hub: Hub,
    *,
    now: datetime,
    digest: str | None = None,
) -> Appointment:
    """Insert a booking that has been checked, on a person whose row the caller holds, with its
    reminders and its event.

    Raises Conflict for a day on which the hub is no more.
    """
    check_hub(hub, new.starts_at)
    appointment = Appointment(
        id=new_id(),
        hub_id=person.hub_id,
        person_id=person.id,
        agency_id=new.agency_id,
        type=new.type,
        starts_at=new.starts_at,
        minutes=new.minutes,
        worker_name=new.worker_name.strip(),
        worker_id=new.worker_id,
        place=new.place.strip(),
        place_alias=new.place_alias.strip(),
        enforceable=new.enforceable,
        state=AppointmentState.BOOKED,
        revision=1,
        source_ref=new.source_ref,
        source_digest=digest,
        created_by=actor.label,
        created_at=now,
        updated_at=now,
    )
    session.add(appointment)
    ensure_involved(session, person.id, new.agency_id, now=now)
    planning.plan(session, appointment, person, hub, first=ReminderKind.BOOKED, now=now)
    _record(
        session,
        "appointment.booked",
        appointment,
        actor,
        now,
        starts_at=appointment.starts_at,
        type=appointment.type.value,
    )
    return appointment


def move(
    session: Session,
    actor: Actor,
    appointment_id: uuid.UUID,
    *,
    starts_at: datetime,
    minutes: int | None = None,
    place: str | None = None,
    place_alias: str | None = None,
    worker_name: str | None = None,
    now: datetime,
    allow_clash: bool = False,
) -> Appointment:
    """Give the appointment another time; old reminders are void, and the person is told if a text
    about the old time has gone.

    With the time as it was, the details are amended. Raises Conflict when it is cancelled, has an
    outcome, or would clash; Invalid for values that cannot be.
    """
    appointment = _open_to_change(session, actor, appointment_id, "move appointment", now)
    given = {
        "minutes": minutes,
        "place": place,
        "place_alias": place_alias,
        "worker_name": worker_name,
    }
    details = _with_alias(
        appointment, {name: value for name, value in given.items() if value is not None}
    )
    if starts_at == appointment.starts_at:
        return _amend(session, actor, appointment, details, now)
    raise_invalid({**moment_problems(starts_at, now), **detail_problems(details)})
    person = session.get_one(Person, appointment.person_id)
    check_hub(session.get_one(Hub, person.hub_id), starts_at)
    if not allow_clash:
        check_clash(session, person, starts_at, minutes or appointment.minutes, appointment.id)
    return write_move(
        session, actor, appointment, person, starts_at=starts_at, details=details, now=now
    )


def write_move(
    session: Session,
    actor: Actor,
    appointment: Appointment,
    person: Person,
    *,
    starts_at: datetime,
    details: Mapping[str, Any],
    now: datetime,
) -> Appointment:
    """Change the time (and details) of an appointment whose person the caller holds, after all
    checks.
    """
    hub = session.get_one(Hub, appointment.hub_id)
    standing = planning.void(session, appointment, rules.MOVED, now=now)
    earlier = appointment.starts_at
    appointment.starts_at = starts_at
    appointment.revision += 1
    for name, value in details.items():
        setattr(appointment, name, value.strip() if isinstance(value, str) else value)
    appointment.updated_at = now
    session.flush()
    planning.plan(
        session, appointment, person, hub, first=planning.first_for(standing, starts_at), now=now
    )
    _record(
        session,
        "appointment.moved",
        appointment,
        actor,
        now,
        starts_at=starts_at,
        from_starts_at=earlier,
        revision=appointment.revision,
    )
    return appointment


def amend(
    session: Session,
    actor: Actor,
    appointment_id: uuid.UUID,
    changes: Mapping[str, Any],
    *,
    now: datetime,
) -> Appointment:
    """Correct details other than the time: any of `AMENDABLE`. What texts show is told anew if a
    text had gone.

    Raises Conflict when it is cancelled or has an outcome, Invalid for values that cannot be.
    """
    if unknown := set(changes) - AMENDABLE:
        raise Invalid(fields=dict.fromkeys(sorted(unknown), "This cannot be changed."))
    appointment = _open_to_change(session, actor, appointment_id, "amend appointment", now)
    return _amend(session, actor, appointment, _with_alias(appointment, changes), now)


def _with_alias(appointment: Appointment, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Another place without a name for texts: the old place's name must not stay in them."""
    place = changes.get("place")
    if not isinstance(place, str) or place == appointment.place or "place_alias" in changes:
        return dict(changes)
    return {**changes, "place_alias": alias_for(place.strip())}


def _amend(
    session: Session,
    actor: Actor,
    appointment: Appointment,
    changes: Mapping[str, Any],
    now: datetime,
) -> Appointment:
    raise_invalid(detail_problems(changes))
    person = session.get_one(Person, appointment.person_id)
    agency_id = changes.get("agency_id", appointment.agency_id)
    if "agency_id" in changes:
        check_agency(session, actor, person, session.get_one(Hub, person.hub_id), agency_id)
    if "worker_id" in changes:
        check_worker(session, changes["worker_id"], agency_id)
    return write_amendment(session, actor, appointment, person, changes, now=now)


def write_amendment(
    session: Session,
    actor: Actor,
    appointment: Appointment,
    person: Person,
    changes: Mapping[str, Any],
    *,
    now: datetime,
) -> Appointment:
    """Change details of an appointment whose person the caller holds, after all checks. Nothing
    different: nothing happens.
    """
    tidy = {name: value.strip() if type(value) is str else value for name, value in changes.items()}
    changed = {name: value for name, value in tidy.items() if getattr(appointment, name) != value}
    if not changed:
        return appointment
    for name, value in changed.items():
        setattr(appointment, name, value)
    appointment.updated_at = now
    session.flush()
    if "agency_id" in changed:
        ensure_involved(session, person.id, appointment.agency_id, now=now)
    if _IN_TEXTS & changed.keys() and appointment.starts_at > now:
        hub = session.get_one(Hub, appointment.hub_id)
        planning.resend_details(session, appointment, person, hub, now=now)
    _record(session, "appointment.amended", appointment, actor, now, fields=sorted(changed))
    return appointment


def cancel(
    session: Session, actor: Actor, appointment_id: uuid.UUID, *, reason: str, now: datetime
) -> Appointment:
    """Call the appointment off; its reminders are void, and the person is told if a text about it
    had gone.

    `reason` has 1 to 200 characters. Raises Conflict when it is cancelled already or has an
    outcome.
    """
    appointment = _open_to_change(session, actor, appointment_id, "cancel appointment", now)
    tidy = reason.strip()
    if not tidy or len(tidy) > 200 or unprintable(tidy):
        raise Invalid(fields={"reason": "Say why it is cancelled, in 1 to 200 characters."})
    person, hub = (
        session.get_one(Person, appointment.person_id),
        session.get_one(Hub, appointment.hub_id),
    )
    standing = planning.void(session, appointment, rules.CANCELLED, now=now)
    appointment.state = AppointmentState.CANCELLED
    appointment.cancelled_at, appointment.cancelled_reason, appointment.updated_at = now, tidy, now
    session.flush()
    planning.call_off(session, appointment, standing, person, hub, now=now)
    _record(
        session, "appointment.cancelled", appointment, actor, now, starts_at=appointment.starts_at
    )
    return appointment


def _open_to_change(
    session: Session, actor: Actor, appointment_id: uuid.UUID, what: str, now: datetime
) -> Appointment:
    appointment = open_appointment(
        session,
        actor,
        appointment_id,
        now=now,
        what=what,
        ability=Ability.BOOK,
        change=True,
        lock=True,
    )
    if problem := why_fixed(session, appointment):
        raise problem
    return appointment


def why_fixed(session: Session, appointment: Appointment) -> Conflict | None:
    """Why an appointment can no longer be changed: it is cancelled, or what came of it is recorded."""
    if appointment.state is AppointmentState.CANCELLED:
        return Conflict("This appointment is cancelled. Book a new one.", code="cancelled")
    if current_outcome(session, appointment.id) is not None:
        return Conflict(
            "What came of this appointment is recorded. Book a new one.", code="has_outcome"
        )
    return None


def _record(
    session: Session, what: str, appointment: Appointment, actor: Actor, now: datetime, **data: Any
) -> None:
    events.record(
        session,
        what,
        now=now,
        actor=actor.label,
        person_id=appointment.person_id,
        hub_id=appointment.hub_id,
        appointment=appointment.id,
        **data,
    )
