"""What stands against a booking, a move or a correction: values that cannot be, agencies and
workers that do not fit, clashes.

Each raises the refusal in words for whoever filled in the form, or returns the problems by field.
Nothing here changes anything.
"""

import unicodedata
import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.access.policy import Actor, own_agency_only
from engage.agencies.model import Agency, Hub, Staff
from engage.appointments.kinds import AppointmentState
from engage.appointments.model import Appointment
from engage.appointments.reminders import rules
from engage.core.errors import Conflict, Forbidden, Invalid
from engage.people.model import Person

LONGEST_DAY = 1440
_A_DAY = timedelta(days=1)
_LENGTHS = {"worker_name": 40, "place": 120, "place_alias": 60, "source_ref": 40}


class Booking(Protocol):
    """The part of a new appointment that is checked here."""

    @property
    def starts_at(self) -> datetime: ...
    @property
    def minutes(self) -> int: ...
    @property
    def worker_name(self) -> str: ...
    @property
    def place(self) -> str: ...
    @property
    def place_alias(self) -> str: ...
    @property
    def source_ref(self) -> str | None: ...


def check_values(new: Booking, now: datetime) -> None:
    """Raises Invalid naming every field of a new appointment that cannot be."""
    details = {
        "minutes": new.minutes,
        "worker_name": new.worker_name,
        "place": new.place,
        "place_alias": new.place_alias,
        "source_ref": new.source_ref,
    }
    raise_invalid({**moment_problems(new.starts_at, now), **detail_problems(details)})


def moment_problems(starts_at: datetime, now: datetime) -> dict[str, str]:
    """What is wrong with a time to book: no zone, in the past, or more than two years ahead."""
    if starts_at.tzinfo is None:
        return {"starts_at": "Give the time with its zone."}
    if starts_at <= now:
        return {"starts_at": "The time is in the past."}
    if starts_at > now + rules.RULES.ahead:
        return {"starts_at": "The time is more than 2 years ahead."}
    return {}


def detail_problems(details: Mapping[str, Any]) -> dict[str, str]:
    """What is wrong with details, by field; those that are not there are not looked at."""
    problems = {}
    for name, value in details.items():
        if name == "minutes" and not (type(value) is int and 1 <= value <= LONGEST_DAY):
            problems[name] = f"Give the length in minutes, from 1 to {LONGEST_DAY}."
        if isinstance(value, str) and name in _LENGTHS:
            if len(value) > _LENGTHS[name]:
                problems[name] = f"Use at most {_LENGTHS[name]} characters."
            elif unprintable(value):
                problems[name] = "Use letters, digits and ordinary signs only."
    if "worker_name" in details and not str(details["worker_name"] or "").strip():
        problems["worker_name"] = "Say whom the person will see."
    return problems


def raise_invalid(problems: Mapping[str, str]) -> None:
    """Raises Invalid with the problems, if there are any."""
    if problems:
        raise Invalid(fields=problems)


def unprintable(value: str) -> bool:
    """Whether a value holds a control character, an invisible mark or half a character."""
    return any(unicodedata.category(character) in ("Cc", "Cs", "Cf") for character in value)


def check_agency(
    session: Session, actor: Actor, person: Person, hub: Hub, agency_id: uuid.UUID
) -> None:
    """Raises Invalid for an agency of another area, Forbidden when a support worker names an agency
    that is not theirs.
    """
    agency = session.get(Agency, agency_id)
    if agency is None or agency.area_id != hub.area_id:
        raise Invalid(fields={"agency_id": "Choose an agency of this area."})
    if own_agency_only(actor, person) and agency_id != actor.agency_id:
        raise Forbidden("You can book for your own agency only.")


def check_hub(hub: Hub, starts_at: datetime) -> None:
    """Raises Conflict when the hub will have closed by then."""
    if hub.closed_at is not None and hub.closed_at <= starts_at:
        raise Conflict(
            "The hub will have closed by then. Nothing can be booked there.", code="hub_closed"
        )


def check_worker(session: Session, worker_id: uuid.UUID | None, agency_id: uuid.UUID) -> None:
    """Raises Invalid for a worker who is not an active one of the agency."""
    if worker_id is None:
        return
    worker = session.get(Staff, worker_id)
    if worker is None or not worker.active or worker.agency_id != agency_id:
        raise Invalid(fields={"worker_id": "Choose a worker of this agency."})


def check_ref(session: Session, hub: Hub, ref: str | None) -> None:
    """Raises Conflict (code `ref_taken`) for a reference that an appointment of the hub has,
    Invalid for a blank one.
    """
    if ref is None:
        return
    taken = select(Appointment.id).where(
        Appointment.hub_id == hub.id, Appointment.source_ref == ref
    )
    if not ref.strip():
        raise Invalid(fields={"source_ref": "Leave it out, or give the reference."})
    if session.scalar(taken) is not None:
        raise Conflict(
            f"There is already an appointment with the reference {ref}.", code="ref_taken"
        )


def check_clash(
    session: Session, person: Person, starts_at: datetime, minutes: int, but: uuid.UUID | None
) -> None:
    """Raises Conflict (code `clash`) when the person has another appointment that shares time with
    this one.
    """
    if clashing(session, person.id, starts_at, minutes, but):
        raise Conflict("The person already has an appointment at that time.", code="clash")


def clashing(
    session: Session,
    person_id: uuid.UUID,
    starts_at: datetime,
    minutes: int,
    but: uuid.UUID | None = None,
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
