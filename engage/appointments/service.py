"""Use cases on an appointment: book, move, correct, cancel; what came of it is recorded by attendance.py.

Each takes an open session and never commits. A change voids the reminders of the old state, calls back texts that wait, and plans the
new ones in the same transaction, so that no text about an old time can follow it.
"""

import unicodedata
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage import events
from engage.agencies.model import Agency, Hub, Staff
from engage.appointments import reminders, rules
from engage.appointments.attendance import current_outcome
from engage.appointments.attendance import record_outcome as record_outcome
from engage.appointments.kinds import AppointmentState, AppointmentType, ReminderKind
from engage.appointments.model import Appointment
from engage.appointments.opening import open_appointment as open_appointment
from engage.db import new_id
from engage.errors import Conflict, Forbidden, Invalid
from engage.people.access import Ability, Actor, open_person, own_agency_only
from engage.people.model import Person
from engage.people.service import ensure_involved

LONGEST_DAY = 1440
_A_DAY = timedelta(days=1)
_LENGTHS = {"worker_name": 40, "place": 120, "place_alias": 60, "source_ref": 40}
_IN_TEXTS = frozenset({"worker_name", "place_alias", "type"})
AMENDABLE = frozenset(
    {"type", "minutes", "worker_name", "worker_id", "place", "place_alias", "enforceable", "agency_id"}
)


@dataclass(frozen=True)
class NewAppointment:
    """What is needed to book. `starts_at` is aware; `place_alias` is the everyday name that texts show."""

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

    Raises Invalid for values that cannot be, Forbidden when a support worker books for another agency, Conflict (code `clash`) when the
    person has another appointment at that time and `allow_clash` is not set, or (code `ref_taken`) when the reference is used already.
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
    _check_values(new, now)
    _check_agency(session, actor, person, hub, new.agency_id)
    _check_worker(session, new.worker_id, new.agency_id)
    _check_ref(session, hub, new.source_ref)
    if not allow_clash:
        _check_clash(session, person, new.starts_at, new.minutes, None)
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
    """Insert a booking that has been checked, on a person whose row the caller holds, with its reminders and its event."""
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
    reminders.plan(session, appointment, person, hub, first=ReminderKind.BOOKED, now=now)
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
    """Give the appointment another time; old reminders are void, and the person is told if a text about the old time has gone.

    With the time as it was, the details are amended. Raises Conflict when it is cancelled, has an outcome, or would clash; Invalid for
    values that cannot be.
    """
    appointment = _open_to_change(session, actor, appointment_id, "move appointment", now)
    given = {"minutes": minutes, "place": place, "place_alias": place_alias, "worker_name": worker_name}
    details = {name: value for name, value in given.items() if value is not None}
    if starts_at == appointment.starts_at:
        return _amend(session, actor, appointment, details, now)
    _raise_invalid({**_moment_problems(starts_at, now), **_detail_problems(details)})
    person = session.get_one(Person, appointment.person_id)
    if not allow_clash:
        _check_clash(session, person, starts_at, minutes or appointment.minutes, appointment.id)
    return write_move(session, actor, appointment, person, starts_at=starts_at, details=details, now=now)


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
    """Change the time (and details) of an appointment whose person the caller holds, after all checks."""
    hub = session.get_one(Hub, appointment.hub_id)
    standing = reminders.void(session, appointment, rules.MOVED, now=now)
    earlier = appointment.starts_at
    appointment.starts_at = starts_at
    appointment.revision += 1
    for name, value in details.items():
        setattr(appointment, name, value.strip() if isinstance(value, str) else value)
    appointment.updated_at = now
    session.flush()
    reminders.plan(session, appointment, person, hub, first=reminders.first_for(standing, starts_at), now=now)
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
    session: Session, actor: Actor, appointment_id: uuid.UUID, changes: Mapping[str, Any], *, now: datetime
) -> Appointment:
    """Correct details other than the time: any of `AMENDABLE`. What texts show is told anew if a text had gone.

    Raises Conflict when it is cancelled or has an outcome, Invalid for values that cannot be.
    """
    if unknown := set(changes) - AMENDABLE:
        raise Invalid(fields=dict.fromkeys(sorted(unknown), "This cannot be changed."))
    appointment = _open_to_change(session, actor, appointment_id, "amend appointment", now)
    return _amend(session, actor, appointment, changes, now)


def _amend(
    session: Session, actor: Actor, appointment: Appointment, changes: Mapping[str, Any], now: datetime
) -> Appointment:
    _raise_invalid(_detail_problems(changes))
    person = session.get_one(Person, appointment.person_id)
    agency_id = changes.get("agency_id", appointment.agency_id)
    if "agency_id" in changes:
        _check_agency(session, actor, person, session.get_one(Hub, person.hub_id), agency_id)
    if "worker_id" in changes:
        _check_worker(session, changes["worker_id"], agency_id)
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
    """Change details of an appointment whose person the caller holds, after all checks. Nothing different: nothing happens."""
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
        reminders.tell_again(session, appointment, person, hub, now=now)
    _record(session, "appointment.amended", appointment, actor, now, fields=sorted(changed))
    return appointment


def cancel(
    session: Session, actor: Actor, appointment_id: uuid.UUID, *, reason: str, now: datetime
) -> Appointment:
    """Call the appointment off; its reminders are void, and the person is told if a text about it had gone.

    `reason` has 1 to 200 characters. Raises Conflict when it is cancelled already or has an outcome.
    """
    appointment = _open_to_change(session, actor, appointment_id, "cancel appointment", now)
    tidy = reason.strip()
    if not tidy or len(tidy) > 200 or _unprintable(tidy):
        raise Invalid(fields={"reason": "Say why it is cancelled, in 1 to 200 characters."})
    person, hub = session.get_one(Person, appointment.person_id), session.get_one(Hub, appointment.hub_id)
    standing = reminders.void(session, appointment, rules.CANCELLED, now=now)
    appointment.state = AppointmentState.CANCELLED
    appointment.cancelled_at, appointment.cancelled_reason, appointment.updated_at = now, tidy, now
    session.flush()
    reminders.call_off(session, appointment, standing, person, hub, now=now)
    _record(session, "appointment.cancelled", appointment, actor, now, starts_at=appointment.starts_at)
    return appointment


def _open_to_change(
    session: Session, actor: Actor, appointment_id: uuid.UUID, what: str, now: datetime
) -> Appointment:
    appointment = open_appointment(
        session, actor, appointment_id, now=now, what=what, ability=Ability.BOOK, change=True, lock=True
    )
    if problem := why_fixed(session, appointment):
        raise problem
    return appointment


def why_fixed(session: Session, appointment: Appointment) -> Conflict | None:
    """Why an appointment can no longer be changed: it is cancelled, or what came of it is recorded."""
    if appointment.state is AppointmentState.CANCELLED:
        return Conflict("This appointment is cancelled. Book a new one.", code="cancelled")
    if current_outcome(session, appointment.id) is not None:
        return Conflict("What came of this appointment is recorded. Book a new one.", code="has_outcome")
    return None


def _check_values(new: NewAppointment, now: datetime) -> None:
    details = {
        "minutes": new.minutes,
        "worker_name": new.worker_name,
        "place": new.place,
        "place_alias": new.place_alias,
        "source_ref": new.source_ref,
    }
    _raise_invalid({**_moment_problems(new.starts_at, now), **_detail_problems(details)})


def _moment_problems(starts_at: datetime, now: datetime) -> dict[str, str]:
    if starts_at.tzinfo is None:
        return {"starts_at": "Give the time with its zone."}
    if starts_at <= now:
        return {"starts_at": "The time is in the past."}
    if starts_at > now + rules.RULES.ahead:
        return {"starts_at": "The time is more than 2 years ahead."}
    return {}


def _detail_problems(details: Mapping[str, Any]) -> dict[str, str]:
    problems = {}
    for name, value in details.items():
        if name == "minutes" and not (type(value) is int and 1 <= value <= LONGEST_DAY):
            problems[name] = f"Give the length in minutes, from 1 to {LONGEST_DAY}."
        if isinstance(value, str) and name in _LENGTHS:
            if len(value) > _LENGTHS[name]:
                problems[name] = f"Use at most {_LENGTHS[name]} characters."
            elif _unprintable(value):
                problems[name] = "Use letters, digits and ordinary signs only."
    if "worker_name" in details and not str(details["worker_name"] or "").strip():
        problems["worker_name"] = "Say whom the person will see."
    return problems


def _raise_invalid(problems: Mapping[str, str]) -> None:
    if problems:
        raise Invalid(fields=problems)


def _unprintable(value: str) -> bool:
    return any(unicodedata.category(character) in ("Cc", "Cs", "Cf") for character in value)


def _check_agency(session: Session, actor: Actor, person: Person, hub: Hub, agency_id: uuid.UUID) -> None:
    agency = session.get(Agency, agency_id)
    if agency is None or agency.area_id != hub.area_id:
        raise Invalid(fields={"agency_id": "Choose an agency of this area."})
    if own_agency_only(actor, person) and agency_id != actor.agency_id:
        raise Forbidden("You can book for your own agency only.")


def _check_worker(session: Session, worker_id: uuid.UUID | None, agency_id: uuid.UUID) -> None:
    if worker_id is None:
        return
    worker = session.get(Staff, worker_id)
    if worker is None or not worker.active or worker.agency_id != agency_id:
        raise Invalid(fields={"worker_id": "Choose a worker of this agency."})


def _check_ref(session: Session, hub: Hub, ref: str | None) -> None:
    if ref is None:
        return
    taken = select(Appointment.id).where(Appointment.hub_id == hub.id, Appointment.source_ref == ref)
    if not ref.strip():
        raise Invalid(fields={"source_ref": "Leave it out, or give the reference."})
    if session.scalar(taken) is not None:
        raise Conflict(f"There is already an appointment with the reference {ref}.", code="ref_taken")


def _check_clash(
    session: Session, person: Person, starts_at: datetime, minutes: int, but: uuid.UUID | None
) -> None:
    if clashing(session, person.id, starts_at, minutes, but):
        raise Conflict("The person already has an appointment at that time.", code="clash")


def clashing(
    session: Session, person_id: uuid.UUID, starts_at: datetime, minutes: int, but: uuid.UUID | None = None
) -> bool:
    """Whether the person has another appointment that shares time with this one."""
    near = session.execute(
        select(Appointment.id, Appointment.starts_at, Appointment.minutes).where(
            Appointment.person_id == person_id,
            Appointment.state == AppointmentState.BOOKED,
            Appointment.starts_at.between(starts_at - _A_DAY, starts_at + _A_DAY),
        )
    )
    return any(
        id != but and rules.overlaps(starts_at, minutes, other_starts, other_minutes)
        for id, other_starts, other_minutes in near
    )


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
