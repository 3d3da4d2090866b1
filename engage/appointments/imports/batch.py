"""Look up many rows of an import at once, and import the simple ones quickly: rows that change
nothing, and bookings for a known, unchanged person or a new one.

The lookup may be out of date when a row is imported. A row that changed nothing then is left alone.
A booking is one statement that locks the person's row and checks that it is unchanged. Every other
row is imported by row_import.py.
"""

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, exists, func, select, text
from sqlalchemy.orm import Session, aliased

from engage.access.policy import visible_to
from engage.appointments.imports import phone_numbers
from engage.appointments.imports.row_import import (
    CLASH,
    Raced,
    ReadyRow,
    RowImport,
    check_moment,
    differences,
    may_book,
    new_appointment,
)
from engage.appointments.imports.row_parser import Row
from engage.appointments.kinds import AppointmentState, ReminderKind
from engage.appointments.model import Appointment
from engage.appointments.reminders import planning
from engage.appointments.reminders.reminder_rows import new_row
from engage.core.db import new_id
from engage.people.model import ContactPoint, NumberState, Person
from engage.people.phones import current_point


@dataclass(frozen=True)
class _KnownPerson:
    """A person in the file as looked up, for whom the actor may book here."""

    person: Person
    point: ContactPoint | None
    shared: bool


@dataclass(frozen=True)
class _KnownAppointment:
    """An appointment in the file as looked up."""

    person_id: uuid.UUID
    digest: str | None


_DONE = _KnownAppointment(uuid.UUID(int=0), None)

# One booking in one statement. Nothing is stored unless the person is as looked up and the
# reference is free. The clash is with what was booked before the statement started. The commit does
# not wait for the disk (see file_import.py).
_BOOK = text("""
WITH locked AS MATERIALIZED (
    SELECT id FROM person WHERE id = :person_id AND updated_at = :updated_at FOR NO KEY UPDATE
), booked AS (
    INSERT INTO appointment (
        id, hub_id, person_id, agency_id, type, starts_at, minutes, worker_name, worker_id,
        place, place_alias, enforceable, state, revision, source_ref, source_digest,
        created_by, created_at, updated_at)
    SELECT
        :id, :hub_id, locked.id, :agency_id, :type, :starts_at, :minutes, :worker_name,
        CAST(:worker_id AS uuid), :place, :place_alias, :enforceable, :state, 1, :source_ref,
        :digest, :actor, :now, :now
    FROM locked ON CONFLICT (hub_id, source_ref) DO NOTHING RETURNING id
), involved AS (
    INSERT INTO involvement (id, person_id, agency_id, since)
    SELECT :involvement_id, :person_id, :agency_id, :now
    FROM booked ON CONFLICT (person_id, agency_id) DO NOTHING
), reminded AS (
    INSERT INTO reminder (
        id, appointment_id, kind, revision, attempt, due_at, expires_at, state, reasons, decided_at)
    SELECT
        planned.id, booked.id, planned.kind, 1, 1, planned.due_at, planned.expires_at,
        planned.state, planned.reasons, planned.decided_at
    FROM booked, jsonb_to_recordset(CAST(:reminders AS jsonb)) AS planned(
        id uuid, kind text, due_at timestamptz, expires_at timestamptz, state text, reasons jsonb,
        decided_at timestamptz)
), logged AS (
    INSERT INTO event (at, kind, hub_id, person_id, actor, data)
    SELECT :now, 'appointment.booked', :hub_id, :person_id, :actor, CAST(:data AS jsonb)
    FROM booked
)
SELECT (SELECT count(*) FROM booked) AS booked,
       EXISTS (SELECT FROM appointment AS other
               WHERE other.person_id = :person_id AND other.state = :state
                 AND other.starts_at < :ends_at
                 AND other.starts_at > :starts_at - interval '1 day'
                 AND other.starts_at + make_interval(mins => other.minutes) > :starts_at) AS clash,
       set_config('synchronous_commit', 'off', true)
""")


class Lookahead:
    """What is recorded about the next rows of a file."""

    def __init__(self, row_import: RowImport) -> None:
        self._row_import = row_import
        self._actor, self._hub, self._now = row_import.actor, row_import.hub, row_import.now
        self._people: dict[str, _KnownPerson] = {}
        self._crns: set[str] = set()
        self._numbers: set[str] = set()
        self._appointments: dict[str, _KnownAppointment] = {}

    def load(self, session: Session, rows: Sequence[ReadyRow]) -> None:
        """Look up the people, numbers and references of these rows, in three statements."""
        other, named = aliased(ContactPoint), aliased(Person)
        shared = exists().where(
            other.number == ContactPoint.number,
            other.person_id != ContactPoint.person_id,
            other.state != NumberState.RETIRED,
        )
        people = session.execute(
            select(named.crn, Person, ContactPoint, shared, visible_to(self._actor))
            .join(Person, Person.id == func.coalesce(named.merged_into_id, named.id))
            .outerjoin(
                ContactPoint,
                and_(
                    ContactPoint.person_id == Person.id, ContactPoint.state != NumberState.RETIRED
                ),
            )
            .where(named.crn.in_({ready.row.crn for ready in rows}))
        ).all()
        self._crns = {crn for crn, *_ in people}
        self._people = {
            crn: _KnownPerson(person, point, is_shared)
            for crn, person, point, is_shared, visible in people
            if person.hub_id == self._hub.id and may_book(self._actor, person, visible)
        }
        numbers = session.scalars(
            select(ContactPoint.number).where(
                ContactPoint.number.in_({ready.row.number for ready in rows}),
                ContactPoint.state != NumberState.RETIRED,
            )
        )
        self._numbers = {number for number in numbers if number is not None}
        appointments = session.execute(
            select(Appointment.source_ref, Appointment.person_id, Appointment.source_digest).where(
                Appointment.hub_id == self._hub.id,
                Appointment.source_ref.in_({ready.row.ref for ready in rows}),
            )
        )
        self._appointments = {
            ref: _KnownAppointment(person_id, digest)
            for ref, person_id, digest in appointments
            if ref is not None
        }

    def warnings_if_unchanged(self, ready: ReadyRow) -> list[str] | None:
        """The warnings of a row that changes nothing. None if it may change something."""
        known, appointment = self._unchanged(ready), self._appointments.get(ready.row.ref)
        if known is None or appointment is None or appointment.person_id != known.person.id:
            return None
        if not ready.superseded and appointment.digest != ready.row.digest:
            return None
        return self._warnings(known, ready.row)

    def try_to_book(self, session: Session, ready: ReadyRow) -> list[str] | None:
        """Book for a known person of whom the row changes nothing, or for a new person. Returns the
        warnings, or None if the row must be imported by row_import.py.

        Raises RowProblem for a row that must be refused, Raced if another import was faster.
        """
        row = ready.row
        if row.ref in self._appointments:
            return None
        known = self._unchanged(ready)
        if known is not None:
            check_moment(row, self._now)
            return self._book(session, known, ready)
        if row.crn in self._crns:
            return None
        check_moment(row, self._now)
        known = self._add_person(session, ready)
        warnings = self._book(session, known, ready)
        if warnings is None:
            raise Raced
        self._people[row.crn] = known
        return warnings

    def mark_done(self, row: Row) -> None:
        """Note that the row is imported: a later row with its reference is not booked quickly."""
        self._appointments.setdefault(row.ref, _DONE)

    def forget_person(self, row: Row) -> None:
        """Forget what was looked up about the row's person, and about a person with the same
        number: the row may change both.
        """
        self._crns.add(row.crn)
        self._people.pop(row.crn, None)
        for crn, known in list(self._people.items()):
            if (
                row.number is not None
                and known.point is not None
                and known.point.number == row.number
            ):
                del self._people[crn]

    def _add_person(self, session: Session, ready: ReadyRow) -> _KnownPerson:
        row = ready.row
        person = self._row_import.add_person(session, ready)
        point = current_point(session, person.id) if row.given_number else None
        known = _KnownPerson(person, point, row.number in self._numbers)
        self.forget_person(row)
        if row.number is not None:
            self._numbers.add(row.number)
        return known

    def _book(self, session: Session, known: _KnownPerson, ready: ReadyRow) -> list[str] | None:
        result = session.execute(_BOOK, self._parameters(known.person, ready)).one()
        if not result.booked:
            return None
        return [*self._warnings(known, ready.row), *([CLASH] if result.clash else [])]

    def _unchanged(self, ready: ReadyRow) -> _KnownPerson | None:
        """The row's person, if the row changes nothing about them."""
        known = self._people.get(ready.row.crn)
        if (
            known is None
            or differences(known.person, ready)
            or not phone_numbers.agrees(known.point, ready.row)
        ):
            return None
        return known

    def _warnings(self, known: _KnownPerson, row: Row) -> list[str]:
        return [*row.warnings, *phone_numbers.warnings_about(known.point, row, shared=known.shared)]

    def _parameters(self, person: Person, ready: ReadyRow) -> dict[str, Any]:
        new = new_appointment(person, ready)
        appointment_id = new_id()
        planned = planning.reminders_for(
            person, self._hub, new.starts_at, first=ReminderKind.BOOKED, now=self._now
        )
        reminders = [new_row(appointment_id, 1, one, 1, self._now) for one in planned]
        event_data = {
            "appointment": str(appointment_id),
            "starts_at": new.starts_at.isoformat(),
            "type": new.type.value,
        }
        return {
            "id": appointment_id,
            "involvement_id": new_id(),
            "person_id": person.id,
            "updated_at": person.updated_at,
            "hub_id": self._hub.id,
            "agency_id": new.agency_id,
            "type": new.type.value,
            "starts_at": new.starts_at,
            "ends_at": ready.row.ends_at,
            "minutes": new.minutes,
            "worker_name": new.worker_name,
            "worker_id": new.worker_id,
            "place": new.place,
            "place_alias": new.place_alias,
            "enforceable": new.enforceable,
            "state": AppointmentState.BOOKED.value,
            "source_ref": new.source_ref,
            "digest": ready.row.digest,
            "actor": self._actor.label,
            "now": self._now,
            "reminders": json.dumps(reminders, default=_json_value),
            "data": json.dumps(event_data),
        }


def _json_value(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
