"""`/v1/appointments`: book, move and cancel appointments, record outcomes, and see what the person
said, which texts were sent and what was recorded.
"""

import uuid
from typing import Any

from marshmallow import Schema, fields

from api.access import allow, current_actor, scope
from api.database import now, transaction
from api.v1.fields import Flag, Given, Id, Moment, Whole, Words, one_of
from api.v1.once import once
from api.v1.paging import PageQuery, page, page_of, read_moment
from api.v1.parsing import Resource
from engage.agencies.lookups import agency_in
from engage.appointments import booking
from engage.appointments.model import (
    AbsenceDecision,
    Appointment,
    AppointmentState,
    AppointmentType,
    IntentKind,
    OutcomeCode,
    ReminderKind,
    ReminderState,
)
from engage.compliance import outcomes as recording
from engage.core.errors import NotFound
from engage.queries import listings
from engage.understanding.vocabulary import Cause, Travel

appointments = Resource(
    "appointments",
    __name__,
    url_prefix="/v1/appointments",
    description="Appointments, with what the person said, the texts and the outcomes.",
)

_CLASH = "Book even if the person has another appointment at that time."
_CAUSE = {
    "description": "The self-reported barrier to attending.",
    "enum": [*(cause.value for cause in Cause), None],
}

_TRAVEL = {
    "description": "How they say that they will come.",
    "enum": [*(travel.value for travel in Travel), None],
}


class ReasonOut(Schema):
    """Why a reminder was not sent."""

    code = fields.String(required=True)
    words = fields.String(required=True)


class ReminderOut(Schema):
    """A text about the appointment: when it is due, and what was decided."""

    kind = one_of(ReminderKind, required=True)
    due_at = fields.AwareDateTime(required=True)
    state = one_of(ReminderState, required=True)
    reasons = fields.List(fields.Nested(ReasonOut), required=True)
    decided_at = fields.AwareDateTime(required=True, allow_none=True)
    message_id = fields.UUID(required=True, allow_none=True)
    revision = fields.Integer(required=True)


class SaidOut(Schema):
    """What the person said that they will do. Never an outcome."""

    kind = one_of(IntentKind, required=True)
    said_at = fields.AwareDateTime(required=True)
    minutes_late = fields.Integer(required=True, allow_none=True)
    cause = fields.String(required=True, allow_none=True, metadata=_CAUSE)
    travel = fields.String(required=True, allow_none=True, metadata=_TRAVEL)
    revision = fields.Integer(required=True)
    withdrawn_at = fields.AwareDateTime(
        required=True,
        allow_none=True,
        metadata={
            "description": (
                "When the person took it back, or a worker found that the text had been misread. "
                "It no longer counts."
            )
        },
    )


class OutcomeOut(Schema):
    """An outcome that a worker recorded. The current one has no `superseded_at`."""

    code = one_of(OutcomeCode, required=True)
    note = fields.String(required=True)
    recorded_by = fields.String(required=True)
    recorded_at = fields.AwareDateTime(required=True)
    superseded_at = fields.AwareDateTime(required=True, allow_none=True)


class AbsenceReasonOut(Schema):
    """A self-reported reason for an absence. `proposed` is not an outcome: a worker decides."""

    said_at = fields.AwareDateTime(required=True)
    cause = fields.String(required=True, allow_none=True, metadata=_CAUSE)
    proposed = one_of(OutcomeCode, required=True, allow_none=True)
    decision = one_of(AbsenceDecision, required=True, allow_none=True)
    decided_by = fields.String(required=True, allow_none=True)
    decided_at = fields.AwareDateTime(required=True, allow_none=True)


class AppointmentOut(Schema):
    """An agreed meeting. `revision` counts how often it has had a new time."""

    id = fields.UUID(required=True)
    ref = fields.String(required=True, allow_none=True, attribute="source_ref")
    person_id = fields.UUID(required=True)
    agency = fields.Pluck("AgencyName", "name", required=True)
    type = one_of(AppointmentType, required=True)
    starts_at = fields.AwareDateTime(required=True)
    minutes = fields.Integer(required=True)
    worker_name = fields.String(required=True)
    place = fields.String(required=True)
    place_alias = fields.String(required=True)
    enforceable = fields.Boolean(required=True)
    state = one_of(AppointmentState, required=True)
    cancelled_at = fields.AwareDateTime(required=True, allow_none=True)
    cancelled_reason = fields.String(required=True, allow_none=True)
    revision = fields.Integer(required=True)
    reminders = fields.List(fields.Nested(ReminderOut), required=True)
    said = fields.List(fields.Nested(SaidOut), required=True, attribute="intents")
    outcomes = fields.List(fields.Nested(OutcomeOut), required=True)
    absence_reasons = fields.List(fields.Nested(AbsenceReasonOut), required=True)
    created_at = fields.AwareDateTime(required=True)
    updated_at = fields.AwareDateTime(required=True)


class AgencyName(Schema):
    """An agency, by its name."""

    name = fields.String(required=True)


class AppointmentQuery(PageQuery):
    """Filter appointments: of one person, starting in [starts_from, starts_until), changed since a
    moment.
    """

    person_id = Id(load_default=None)
    starts_from = Moment(load_default=None)
    starts_until = Moment(load_default=None)
    changed_since = Moment(load_default=None)


class AppointmentIn(Given):
    """An appointment to book. `agency` is the name of an agency of the hub's area."""

    person_id = Id(required=True)
    agency = Words(80, required=True)
    type = one_of(AppointmentType, required=True)
    starts_at = Moment(required=True)
    minutes = Whole(1, 1440, required=True)
    worker_name = Words(40, required=True)
    enforceable = Flag(required=True)
    allow_clash = Flag(load_default=False, metadata={"description": _CLASH})
    place = Words(120, shortest=0, load_default="")
    place_alias = Words(
        60,
        shortest=0,
        load_default="",
        metadata={"description": "What texts call the place. It must tell a stranger nothing."},
    )
    ref = Words(
        40,
        load_default=None,
        allow_none=True,
        metadata={"description": "The caller's own id for the appointment, unique in the hub."},
    )


class MoveIn(Given):
    """Another time. Details that are not given stay as they are."""

    allow_clash = Flag(load_default=False, metadata={"description": _CLASH})
    starts_at = Moment(required=True)
    minutes = Whole(1, 1440, load_default=None, allow_none=True)
    worker_name = Words(40, load_default=None, allow_none=True)
    place = Words(120, shortest=0, load_default=None, allow_none=True)
    place_alias = Words(60, shortest=0, load_default=None, allow_none=True)


class CancelIn(Given):
    """Why it is cancelled, for colleagues. The person is only told that it is cancelled."""

    reason = Words(200, required=True)


class OutcomeIn(Given):
    """What happened, by the codes of the national case record."""

    code = one_of(OutcomeCode, required=True)
    note = Words(1000, shortest=0, lines=True, load_default="")


@appointments.get("")
@allow(scope("appointments:read"))
@appointments.reads(AppointmentQuery, location="query")
@appointments.answers(200, page_of(AppointmentOut, "AppointmentPage"))
def list_appointments(query: dict[str, Any]) -> dict[str, Any]:
    """List appointments by start, or by last change if `changed_since` is given."""
    limit, after = query.pop("limit"), query.pop("after")
    wanted = listings.AppointmentFilter(**query)
    what = "appointments" if wanted.changed_since is None else "appointments changed"
    with transaction() as session:
        rows = listings.appointments(
            session,
            current_actor(),
            wanted,
            after=read_moment(after, what),
            limit=limit + 1,
            now=now(),
        )
    return page(rows, limit, what, wanted.place)


@appointments.post("")
@allow(scope("appointments:write"))
@once
@appointments.reads(AppointmentIn)
@appointments.answers(201, AppointmentOut)
def book_appointment(given: dict[str, Any]) -> Appointment:
    """Book an appointment and plan its reminders."""
    actor, ref, allow_clash = current_actor(), given.pop("ref"), given.pop("allow_clash")
    with transaction() as session:
        agency = agency_in(session, actor.hub_id, given.pop("agency"))
        new = booking.NewAppointment(agency_id=agency.id, source_ref=ref, **given)
        booked = booking.book(session, actor, new, now=now(), allow_clash=allow_clash)
        return _load(booked.id)


@appointments.get("/<uuid:appointment_id>")
@allow(scope("appointments:read"))
@appointments.answers(200, AppointmentOut)
def get_appointment(appointment_id: uuid.UUID) -> Appointment:
    """Get one appointment."""
    return _load(appointment_id)


@appointments.post("/<uuid:appointment_id>/move")
@allow(scope("appointments:write"))
@once
@appointments.reads(MoveIn)
@appointments.answers(200, AppointmentOut)
def move_appointment(given: dict[str, Any], appointment_id: uuid.UUID) -> Appointment:
    """Move an appointment. Its reminders are planned again, and the person is told if a text about
    the old time was sent.
    """
    with transaction() as session:
        booking.move(session, current_actor(), appointment_id, **given, now=now())
        return _load(appointment_id)


@appointments.post("/<uuid:appointment_id>/cancel")
@allow(scope("appointments:write"))
@once
@appointments.reads(CancelIn)
@appointments.answers(200, AppointmentOut)
def cancel_appointment(given: dict[str, Any], appointment_id: uuid.UUID) -> Appointment:
    """Cancel an appointment. The person is told if a text about it was sent."""
    with transaction() as session:
        booking.cancel(session, current_actor(), appointment_id, reason=given["reason"], now=now())
        return _load(appointment_id)


@appointments.post("/<uuid:appointment_id>/outcome")
@allow(scope("appointments:write"))
@once
@appointments.reads(OutcomeIn)
@appointments.answers(200, AppointmentOut)
def record_outcome(given: dict[str, Any], appointment_id: uuid.UUID) -> Appointment:
    """Record the outcome. An earlier one stays, superseded."""
    with transaction() as session:
        recording.record_outcome(session, current_actor(), appointment_id, **given, now=now())
        return _load(appointment_id)


def _load(appointment_id: uuid.UUID) -> Appointment:
    """The appointment with everything that belongs to it. Raises NotFound."""
    with transaction() as session:
        found = listings.appointment(session, current_actor(), appointment_id, now=now())
    if found is None:
        raise NotFound("There is no such appointment, or you may not see it.")
    return found
