"""Checks on a booking, a move or an amendment: values that are not allowed, agencies and workers
that do not fit, clashes.

Each raises a refusal in words for the person who filled in the form, or returns the problems by
field. Nothing here changes anything.
"""

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
from engage.core.text_fields import Characters, problem_with
from engage.people.model import Person

LONGEST_DAY = 1440
_A_DAY = timedelta(days=1)
_LENGTHS = {"worker_name": 40, "place": 120, "place_alias": 60, "source_ref": 40}


class Booking(Protocol):
    """The values of a new appointment that are checked here."""

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
    """Raises Invalid naming every field of a new appointment that is not allowed."""
    details = {
        "minutes": new.minutes,
        "worker_name": new.worker_name,
        "place": new.place,
        "place_alias": new.place_alias,
        "source_ref": new.source_ref,
    }
    raise_invalid({**moment_problems(new.starts_at, now), **detail_problems(details)})


def moment_problems(starts_at: datetime, now: datetime) -> dict[str, str]:
    """The problem with a time to book: no zone, in the past, or more than two years ahead."""
    if starts_at.tzinfo is None:
        return {"starts_at": "Give the time with its zone, such as 2027-03-22T10:00:00Z."}
    if starts_at <= now:
        return {"starts_at": "The time is in the past."}
    if starts_at > now + rules.BOOKING_HORIZON:
        return {"starts_at": "The time is more than 2 years ahead."}
    return {}


def detail_problems(details: Mapping[str, Any]) -> dict[str, str]:
    """The problems with the details given, by field."""
    problems = {}
    for name, value in details.items():
        if name == "minutes" and not (type(value) is int and 1 <= value <= LONGEST_DAY):
            problems[name] = f"Give the length in minutes, from 1 to {LONGEST_DAY}."
        if isinstance(value, str) and name in _LENGTHS:
            problem = problem_with(value, longest=_LENGTHS[name], characters=Characters.PLAIN)
            if problem is not None:
                problems[name] = problem
    if "worker_name" in details and not str(details["worker_name"] or "").strip():
        problems["worker_name"] = "Enter the worker's name."
    return problems


def raise_invalid(problems: Mapping[str, str]) -> None:
    """Raises Invalid with the problems if there are any."""
    if problems:
        raise Invalid(fields=problems)


def check_agency(
    session: Session, actor: Actor, person: Person, hub: Hub, agency_id: uuid.UUID
) -> None:
    """Raises Invalid for an agency outside the hub's area, Forbidden when a support worker names
    another agency than their own.
    """
    agency = session.get(Agency, agency_id)
    if agency is None or agency.area_id != hub.area_id:
        raise Invalid(fields={"agency_id": "Choose an agency in this area."})
    if own_agency_only(actor, person) and agency_id != actor.agency_id:
        raise Forbidden("You can only book for your own agency.")


def check_hub(hub: Hub, starts_at: datetime) -> None:
    """Raises Conflict (code `hub_closed`) for a time at or after the hub's closing."""
    if hub.closed_at is not None and hub.closed_at <= starts_at:
        raise Conflict(
            "The hub will have closed by then. Choose an earlier time.", code="hub_closed"
        )


def check_worker(session: Session, worker_id: uuid.UUID | None, agency_id: uuid.UUID) -> None:
    """Raises Invalid for a worker who is not an active member of the agency."""
    if worker_id is None:
        return
    worker = session.get(Staff, worker_id)
    if worker is None or not worker.active or worker.agency_id != agency_id:
        raise Invalid(fields={"worker_id": "Choose a worker from this agency."})


def check_ref(session: Session, hub: Hub, ref: str | None) -> None:
    """Raises Conflict (code `ref_taken`) if an appointment of the hub has the reference, Invalid if
    it is blank.
    """
    if ref is None:
        return
    taken = select(Appointment.id).where(
        Appointment.hub_id == hub.id, Appointment.source_ref == ref
    )
    if not ref.strip():
        raise Invalid(fields={"source_ref": "Enter a reference, or leave it out."})
    if session.scalar(taken) is not None:
        raise Conflict(
            f"Another appointment has the reference {ref}. Use a different one.", code="ref_taken"
        )


def check_clash(
    session: Session,
    person: Person,
    starts_at: datetime,
    minutes: int,
    except_for: uuid.UUID | None,
) -> None:
    """Raises Conflict (code `clash`) if the person has an appointment that overlaps this time, not
    counting `except_for`.
    """
    if has_clash(session, person.id, starts_at, minutes, except_for):
        raise Conflict("The person already has an appointment at that time.", code="clash")


def has_clash(
    session: Session,
    person_id: uuid.UUID,
    starts_at: datetime,
    minutes: int,
    except_for: uuid.UUID | None = None,
) -> bool:
    """Whether the person has an appointment that overlaps this time, not counting `except_for`."""
    nearby = session.execute(
        select(Appointment.id, Appointment.starts_at, Appointment.minutes).where(
            Appointment.person_id == person_id,
            Appointment.state == AppointmentState.BOOKED,
            Appointment.starts_at.between(starts_at - _A_DAY, starts_at + _A_DAY),
        )
    )
    return any(
        id != except_for and rules.overlaps(starts_at, minutes, other_starts, other_minutes)
        for id, other_starts, other_minutes in nearby
    )
