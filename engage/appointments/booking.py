"""Use cases for an appointment: book, move, amend, cancel. Outcomes are recorded by attendance.py.

Each takes an open session and never commits. A change cancels the reminders of the old state, calls
back queued texts and plans the new ones in the same transaction, so that no text about an old time
can follow it.
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
)
from engage.appointments.kinds import AppointmentState, AppointmentType, ReminderKind
from engage.appointments.model import Appointment
from engage.appointments.open_record import open_appointment, record_event
from engage.appointments.reminders import message_history, planning, rules
from engage.appointments.reminders.wording import default_alias
from engage.core.db import new_id
from engage.core.errors import Conflict, Invalid
from engage.core.text_fields import Characters, clean_text
from engage.people.model import Person
from engage.people.service import ensure_involved

LONGEST_REASON = 200
_SHOWN_IN_TEXTS = frozenset({"worker_name", "place_alias", "type"})
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
    """The details of a booking. `starts_at` is aware; `place_alias` is the everyday name that texts
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
    """Book an appointment and plan its reminders (rule 3).

    Raises Invalid for values that are not allowed, Forbidden when a support worker books for
    another agency, Conflict (code `clash`) when the person has another appointment at that time and
    `allow_clash` is not set, or (code `ref_taken`) when another appointment has the reference.
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
    """Insert a checked booking with its reminders and its event. The caller holds the lock of the
    person's row.

    Raises Conflict for a time after the hub closes.
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
    record_event(
        session,
        "appointment.booked",
        appointment,
        now=now,
        actor=actor.label,
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
    """Move the appointment to another time. Its reminders are planned again, and the person is told
    of the change if a text about the old time was sent.

    If the time is the same, the details are amended. Raises Conflict when it is cancelled, has an
    outcome or would clash, Invalid for values that are not allowed.
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
    """Change the time and details of an appointment after all checks. The caller holds the lock of
    the person's row.
    """
    hub = session.get_one(Hub, appointment.hub_id)
    planning.cancel_unsent(session, appointment, rules.MOVED, now=now)
    reminders = message_history.reminders_of(session, [appointment.id])
    earlier = appointment.starts_at
    appointment.starts_at = starts_at
    appointment.revision += 1
    for name, value in details.items():
        setattr(appointment, name, value.strip() if isinstance(value, str) else value)
    appointment.updated_at = now
    session.flush()
    first = planning.first_text_for(reminders, starts_at)
    planning.plan(session, appointment, person, hub, first=first, now=now)
    record_event(
        session,
        "appointment.moved",
        appointment,
        now=now,
        actor=actor.label,
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
    """Change details other than the time: any of `AMENDABLE`. If a sent text showed one of them, a
    text with the new details is sent.

    Raises Conflict when it is cancelled or has an outcome, Invalid for values that are not allowed.
    """
    if unknown := set(changes) - AMENDABLE:
        raise Invalid(fields=dict.fromkeys(sorted(unknown), "This cannot be changed."))
    appointment = _open_to_change(session, actor, appointment_id, "amend appointment", now)
    return _amend(session, actor, appointment, _with_alias(appointment, changes), now)


def _with_alias(appointment: Appointment, changes: Mapping[str, Any]) -> dict[str, Any]:
    """The changes, with a new name for texts when the place changes without one: the old place's
    name must not stay in them.
    """
    place = changes.get("place")
    if not isinstance(place, str) or place == appointment.place or "place_alias" in changes:
        return dict(changes)
    return {**changes, "place_alias": default_alias(place.strip())}


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
    """Change details of an appointment after all checks, if any differ. The caller holds the lock
    of the person's row.
    """
    stripped = {
        name: value.strip() if type(value) is str else value for name, value in changes.items()
    }
    changed = {
        name: value for name, value in stripped.items() if getattr(appointment, name) != value
    }
    if not changed:
        return appointment
    for name, value in changed.items():
        setattr(appointment, name, value)
    appointment.updated_at = now
    session.flush()
    if "agency_id" in changed:
        ensure_involved(session, person.id, appointment.agency_id, now=now)
    if _SHOWN_IN_TEXTS & changed.keys() and appointment.starts_at > now:
        hub = session.get_one(Hub, appointment.hub_id)
        planning.resend_details(session, appointment, person, hub, now=now)
    record_event(
        session,
        "appointment.amended",
        appointment,
        now=now,
        actor=actor.label,
        fields=sorted(changed),
    )
    return appointment


def cancel(
    session: Session, actor: Actor, appointment_id: uuid.UUID, *, reason: str, now: datetime
) -> Appointment:
    """Cancel the appointment and its reminders. The person is told if a text about it was sent.

    `reason` has 1 to 200 characters. Raises Conflict if it is cancelled already or has an
    outcome, and Invalid if the reason is not allowed.
    """
    appointment = _open_to_change(session, actor, appointment_id, "cancel appointment", now)
    reason = clean_text(
        "reason",
        reason,
        LONGEST_REASON,
        missing="Enter the reason for cancelling.",
        characters=Characters.PLAIN,
    )
    person, hub = (
        session.get_one(Person, appointment.person_id),
        session.get_one(Hub, appointment.hub_id),
    )
    planning.cancel_unsent(session, appointment, rules.CANCELLED, now=now)
    reminders = message_history.reminders_of(session, [appointment.id])
    appointment.state = AppointmentState.CANCELLED
    appointment.cancelled_at, appointment.cancelled_reason = now, reason
    appointment.updated_at = now
    session.flush()
    planning.plan_cancellation_text(session, appointment, reminders, person, hub, now=now)
    record_event(
        session,
        "appointment.cancelled",
        appointment,
        now=now,
        actor=actor.label,
        starts_at=appointment.starts_at,
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
    if problem := why_unchangeable(session, appointment):
        raise problem
    return appointment


def why_unchangeable(session: Session, appointment: Appointment) -> Conflict | None:
    """The refusal if the appointment cannot be changed: it is cancelled or has an outcome."""
    if appointment.state is AppointmentState.CANCELLED:
        return Conflict("This appointment is cancelled. Book a new one.", code="cancelled")
    if current_outcome(session, appointment.id) is not None:
        return Conflict(
            "This appointment has an outcome, so it cannot be changed. Book a new one.",
            code="has_outcome",
        )
    return None
