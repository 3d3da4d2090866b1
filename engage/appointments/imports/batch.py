"""Many rows of an import looked up at once, and the plain ones done quickly: nothing to change, or
one more booking for a person who is known, or whom nobody has recorded yet.

What was looked up may have changed since. A row is left alone only if nothing about it was to be
done then; a booking is made by one statement that holds the person's row and checks that it is as
it was found, and anything else goes the long way (taking_in.py).
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
    Ready,
    RowWork,
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
class _Known:
    """A person of the file as found, for whom the actor may book here."""

    person: Person
    point: ContactPoint | None
    shared: bool


@dataclass(frozen=True)
class _Booked:
    """An appointment of the file as found."""

    person_id: uuid.UUID
    digest: str | None


# One booking in one statement: nothing of it is stored unless the person is as found and the
# reference is free. The clash is with what was there before the statement began. The commit does
# not wait for the disk (see importing.py).
_BOOK = text("""
WITH held AS MATERIALIZED (
    SELECT id FROM person WHERE id = :person_id AND updated_at = :seen FOR NO KEY UPDATE
), booked AS (
    INSERT INTO appointment (id, hub_id, person_id, agency_id, type, starts_at, minutes, worker_name, worker_id, place, place_alias,
                             enforceable, state, revision, source_ref, source_digest, created_by, created_at, updated_at)
    SELECT :id, :hub_id, held.id, :agency_id, :type, :starts_at, :minutes, :worker_name, CAST(:worker_id AS uuid), :place, :place_alias,
           :enforceable, :state, 1, :source_ref, :digest, :actor, :now, :now
    FROM held ON CONFLICT (hub_id, source_ref) DO NOTHING RETURNING id
), involved AS (
    INSERT INTO involvement (id, person_id, agency_id, since)
    SELECT :involvement_id, :person_id, :agency_id, :now FROM booked ON CONFLICT (person_id, agency_id) DO NOTHING
), reminded AS (
    INSERT INTO reminder (id, appointment_id, kind, revision, attempt, due_at, expires_at, state, reasons, decided_at)
    SELECT slot.id, booked.id, slot.kind, 1, 1, slot.due_at, slot.expires_at, slot.state, slot.reasons, slot.decided_at
    FROM booked, jsonb_to_recordset(CAST(:slots AS jsonb))
         AS slot(id uuid, kind text, due_at timestamptz, expires_at timestamptz, state text, reasons jsonb, decided_at timestamptz)
), logged AS (
    INSERT INTO event (at, kind, hub_id, person_id, actor, data)
    SELECT :now, 'appointment.booked', :hub_id, :person_id, :actor, CAST(:data AS jsonb) FROM booked
)
SELECT (SELECT count(*) FROM booked) AS booked,
       EXISTS (SELECT FROM appointment AS other
               WHERE other.person_id = :person_id AND other.state = :state
                 AND other.starts_at < :ends_at AND other.starts_at > :starts_at - interval '1 day'
                 AND other.starts_at + make_interval(mins => other.minutes) > :starts_at) AS clash,
       set_config('synchronous_commit', 'off', true)
""")


class Lookahead:
    """What is recorded about the next rows of a file."""

    def __init__(self, work: RowWork) -> None:
        self._work = work
        self._actor, self._hub, self._now = work.actor, work.hub, work.now
        self._people: dict[str, _Known] = {}
        self._crns: set[str] = set()
        self._numbers: set[str] = set()
        self._refs: dict[str, _Booked] = {}

    def look(self, session: Session, rows: Sequence[Ready]) -> None:
        """Look up the people, numbers and references of these rows, in three statements."""
        other, named = aliased(ContactPoint), aliased(Person)
        shared = exists().where(
            other.number == ContactPoint.number,
            other.person_id != ContactPoint.person_id,
            other.state != NumberState.RETIRED,
        )
        found = session.execute(
            select(named.crn, Person, ContactPoint, shared, visible_to(self._actor))
            .join(Person, Person.id == func.coalesce(named.merged_into_id, named.id))
            .outerjoin(
                ContactPoint,
                and_(
                    ContactPoint.person_id == Person.id, ContactPoint.state != NumberState.RETIRED
                ),
            )
            .where(named.crn.in_({one.row.crn for one in rows}))
        ).all()
        self._crns = {crn for crn, *_ in found}
        self._people = {
            crn: _Known(person, point, others)
            for crn, person, point, others, visible in found
            if person.hub_id == self._hub.id and may_book(self._actor, person, visible)
        }
        held = session.scalars(
            select(ContactPoint.number).where(
                ContactPoint.number.in_({one.row.number for one in rows}),
                ContactPoint.state != NumberState.RETIRED,
            )
        )
        self._numbers = {number for number in held if number is not None}
        booked = session.execute(
            select(Appointment.source_ref, Appointment.person_id, Appointment.source_digest).where(
                Appointment.hub_id == self._hub.id,
                Appointment.source_ref.in_({one.row.ref for one in rows}),
            )
        )
        self._refs = {
            ref: _Booked(person_id, digest) for ref, person_id, digest in booked if ref is not None
        }

    def nothing_to_do(self, one: Ready) -> list[str] | None:
        """The warnings of a row that changes nothing; None when it may change something."""
        known, booked = self._settled(one), self._refs.get(one.row.ref)
        if known is None or booked is None or booked.person_id != known.person.id:
            return None
        if not one.superseded and booked.digest != one.row.digest:
            return None
        return self._warnings(known, one.row)

    def book(self, session: Session, one: Ready) -> list[str] | None:
        """Book for a known person of whom nothing else is to be changed, or a new one, and return
        the warnings; None to go the long way.

        Raises RowProblem for a row that must be refused, Raced when somebody else was faster.
        """
        if one.row.ref in self._refs:
            return None
        known = self._settled(one)
        if known is not None:
            check_moment(one.row, self._now)
            return self._store(session, known, one)
        if one.row.crn in self._crns:
            return None
        check_moment(one.row, self._now)
        known = self._add(session, one)
        warnings = self._store(session, known, one)
        if warnings is None:
            raise Raced
        self._people[one.row.crn] = known
        return warnings

    def _add(self, session: Session, one: Ready) -> _Known:
        row = one.row
        person = self._work.add(session, one)
        point = current_point(session, person.id) if row.given_number else None
        known = _Known(person, point, row.number in self._numbers)
        self.changed(row)
        if row.number is not None:
            self._numbers.add(row.number)
        return known

    def _store(self, session: Session, known: _Known, one: Ready) -> list[str] | None:
        result = session.execute(_BOOK, self._values(known.person, one)).one()
        if not result.booked:
            return None
        return [*self._warnings(known, one.row), *([CLASH] if result.clash else [])]

    def passed(self, row: Row) -> None:
        """The row is done: a later one with its reference goes the long way."""
        self._refs.setdefault(row.ref, _Booked(uuid.UUID(int=0), None))

    def changed(self, row: Row) -> None:
        """The row goes the long way: its person, and whoever has the same number, may have changed."""
        self._crns.add(row.crn)
        self._people.pop(row.crn, None)
        for crn, known in list(self._people.items()):
            if (
                row.number is not None
                and known.point is not None
                and known.point.number == row.number
            ):
                del self._people[crn]

    def _settled(self, one: Ready) -> _Known | None:
        known = self._people.get(one.row.crn)
        if (
            known is None
            or differences(known.person, one)
            or not phone_numbers.settled(known.point, one.row)
        ):
            return None
        return known

    def _warnings(self, known: _Known, row: Row) -> list[str]:
        return [*row.warnings, *phone_numbers.warnings_about(known.point, row, shared=known.shared)]

    def _values(self, person: Person, one: Ready) -> dict[str, Any]:
        new = new_appointment(person, one)
        appointment_id = new_id()
        slots = planning.reminders_for(
            person, self._hub, new.starts_at, first=ReminderKind.BOOKED, now=self._now
        )
        rows = [new_row(appointment_id, 1, slot, 1, self._now) for slot in slots]
        said = {
            "appointment": str(appointment_id),
            "starts_at": new.starts_at.isoformat(),
            "type": new.type.value,
        }
        return {
            "id": appointment_id,
            "involvement_id": new_id(),
            "person_id": person.id,
            "seen": person.updated_at,
            "hub_id": self._hub.id,
            "agency_id": new.agency_id,
            "type": new.type.value,
            "starts_at": new.starts_at,
            "ends_at": one.row.ends_at,
            "minutes": new.minutes,
            "worker_name": new.worker_name,
            "worker_id": new.worker_id,
            "place": new.place,
            "place_alias": new.place_alias,
            "enforceable": new.enforceable,
            "state": AppointmentState.BOOKED.value,
            "source_ref": new.source_ref,
            "digest": one.row.digest,
            "actor": self._actor.label,
            "now": self._now,
            "slots": json.dumps(rows, default=_plain),
            "data": json.dumps(said),
        }


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
