"""Import one row in an open transaction: book, move or leave its appointment, and return the
warnings.

The CRN is the identity: people are never merged. Of a person who is already recorded an import
changes nothing except an unconfirmed number (phone_numbers.py). A row that must be refused raises
RowProblem, and the caller rolls its transaction back.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.access.policy import (
    Ability,
    Actor,
    abilities,
    may_change,
    visible_to,
)
from engage.agencies.model import Hub
from engage.appointments import booking, booking_checks
from engage.appointments.imports import phone_numbers
from engage.appointments.imports.directory import NamedIds
from engage.appointments.imports.row_parser import Row
from engage.appointments.imports.sheets import WHOLE_ROW, RowProblem
from engage.appointments.model import Appointment
from engage.appointments.reminders import rules
from engage.core.errors import EngageError
from engage.people.model import Person
from engage.people.phones import expect_sharing, set_number
from engage.people.service import NewPerson, create_person, person_with_crn

CLASH = "The person has another appointment at that time"
NAME_DIFFERS = (
    "Another name is recorded for this CRN: the person's details were not changed. "
    "Check that it is the same person"
)
_COLUMN_OF = {
    "agency_id": "agency",
    "starts_at": "date",
    "worker_name": "worker",
    "offender_manager": "om_email",
    "source_ref": "ref",
}


class RowEffect(StrEnum):
    """What the import of a row did. A change of details alone counts as moved too."""

    BOOKED = "booked"
    MOVED = "moved"
    UNCHANGED = "unchanged"


RowResult = tuple[RowEffect, list[str]]
"""What the import of a row did, and the warnings."""


@dataclass(frozen=True)
class ReadyRow:
    """A row that is valid in itself, with the ids of what it names.

    `superseded`: a later valid row of the file has the same reference. `shared`: the file gives its
    number for another CRN too.
    """

    row: Row
    named: NamedIds
    superseded: bool
    shared: bool


class Raced(Exception):
    """Another import changed the person or appointment at the same moment: try the row again."""


class RowImport:
    """The import of the rows of one file, one by one."""

    def __init__(self, actor: Actor, hub: Hub, now: datetime) -> None:
        self.actor, self.hub, self.now = actor, hub, now

    def import_row(self, session: Session, ready: ReadyRow) -> RowResult:
        """Import one row in an open transaction. Raises RowProblem if it must be refused, Raced if
        it should be tried again.
        """
        with self._row_problems(session):
            result = self._import_row(session, ready)
            session.flush()
        return result

    def add_person(self, session: Session, ready: ReadyRow) -> Person:
        """Add the row's person, who is not recorded yet. Raises RowProblem or Raced, like
        `import_row`.
        """
        with self._row_problems(session):
            return self._add_person(session, ready)

    @contextmanager
    def _row_problems(self, session: Session) -> Iterator[None]:
        """Turn the refusals of use cases into RowProblem. The hub joins the session meanwhile, so
        that it is not loaded again.
        """
        session.add(self.hub)
        try:
            yield
        except EngageError as problem:
            if problem.code == "crn_taken":
                raise Raced from problem
            fields = getattr(problem, "fields", None) or {WHOLE_ROW: problem.detail}
            column, reason = next(iter(fields.items()))
            raise RowProblem(_COLUMN_OF.get(column, column), reason.rstrip(".")) from problem
        finally:
            session.expunge(self.hub)

    def _import_row(self, session: Session, ready: ReadyRow) -> RowResult:
        row = ready.row
        person = self._person(session, row)
        existing = session.scalars(
            select(Appointment).where(
                Appointment.hub_id == self.hub.id, Appointment.source_ref == row.ref
            )
        ).one_or_none()
        if existing is not None and person is None and self._crn_of(session, existing) == row.crn:
            raise Raced
        if existing is not None and (person is None or existing.person_id != person.id):
            raise RowProblem("ref", "This reference belongs to another person's appointment")
        if existing is None:
            check_moment(row, self.now)
        warnings = list(row.warnings)
        if person is None:
            person = self._add_person(session, ready)
        else:
            warnings += differences(person, ready)
            if NAME_DIFFERS not in warnings:
                decision = phone_numbers.decide_number(session, person, row)
                if decision.record:
                    set_number(session, self.actor, person.id, row.given_number, now=self.now)
                warnings += decision.warnings
        warnings += phone_numbers.number_warnings(session, person, row)
        if existing is None:
            if booking_checks.has_clash(session, person.id, row.starts_at, row.minutes):
                warnings.append(CLASH)
            self._book(session, person, ready)
            return RowEffect.BOOKED, warnings
        return self._update(session, person, existing, ready), warnings

    def _person(self, session: Session, row: Row) -> Person | None:
        """The person with the row's CRN, or the person that the record was merged into, with their
        row locked. None if the CRN is new.

        Raises RowProblem if the actor may not book for them.
        """
        found = session.execute(
            select(Person, visible_to(self.actor))
            .where(Person.id == person_with_crn(row.crn))
            .with_for_update(of=Person)
        ).one_or_none()
        if found is None:
            return None
        person, visible = found
        if person.hub_id != self.hub.id:
            raise RowProblem("crn", "This person is on another hub's caseload")
        if not may_book(self.actor, person, visible):
            raise RowProblem("crn", "This person is not on your caseload")
        return person

    def _crn_of(self, session: Session, existing: Appointment) -> str | None:
        return session.scalar(select(Person.crn).where(Person.id == existing.person_id))

    def _add_person(self, session: Session, ready: ReadyRow) -> Person:
        row = ready.row
        new = NewPerson(
            crn=row.crn,
            first_name=row.first_name,
            last_name=row.last_name,
            hub_id=self.hub.id,
            offender_manager_id=ready.named.offender_manager_id,
            language=row.language,
            given_number=row.given_number or None,
        )
        person = create_person(session, self.actor, new, now=self.now)
        if ready.shared:
            expect_sharing(session, person, now=self.now)
        return person

    def _book(self, session: Session, person: Person, ready: ReadyRow) -> None:
        new = new_appointment(person, ready)
        booking.write_booking(
            session, self.actor, new, person, self.hub, now=self.now, digest=ready.row.digest
        )

    def _update(
        self, session: Session, person: Person, existing: Appointment, ready: ReadyRow
    ) -> RowEffect:
        row = ready.row
        if ready.superseded or existing.source_digest == row.digest:
            return RowEffect.UNCHANGED
        details = _details(existing, ready)
        changed = {
            name: value for name, value in details.items() if getattr(existing, name) != value
        }
        moved = existing.starts_at != row.starts_at
        if (moved or changed) and (problem := booking.why_unchangeable(session, existing)):
            raise RowProblem("ref", problem.detail.rstrip("."))
        if moved:
            check_moment(row, self.now)
            booking.write_move(
                session,
                self.actor,
                existing,
                person,
                starts_at=row.starts_at,
                details=changed,
                now=self.now,
            )
        elif changed:
            booking.write_amendment(session, self.actor, existing, person, changed, now=self.now)
        existing.source_digest = row.digest
        return RowEffect.MOVED if moved or changed else RowEffect.UNCHANGED


def _details(existing: Appointment, ready: ReadyRow) -> dict[str, Any]:
    """The details in the row. The name for texts is included only if the place changes, the
    worker's id only if the worker or the agency does.
    """
    row, named = ready.row, ready.named
    details: dict[str, Any] = {
        "agency_id": named.agency_id,
        "type": row.type,
        "minutes": row.minutes,
        "worker_name": row.worker,
        "place": row.place,
        "enforceable": row.enforceable,
    }
    if existing.place != row.place:
        details["place_alias"] = row.place_alias
    if (existing.worker_name, existing.agency_id) != (row.worker, named.agency_id):
        details["worker_id"] = named.worker_id
    return details


def may_book(actor: Actor, person: Person, visible: bool) -> bool:
    """Whether the actor may book for the person. `visible`: whether they may see the person."""
    return visible and Ability.BOOK in abilities(actor, person) and may_change(actor, person)


def check_moment(row: Row, now: datetime) -> None:
    """Raises RowProblem for an appointment in the past or more than two years ahead."""
    if row.starts_at <= now:
        raise RowProblem("date", "The appointment is in the past")
    if row.starts_at > now + rules.BOOKING_HORIZON:
        raise RowProblem("date", "The appointment is more than 2 years ahead")


def differences(person: Person, ready: ReadyRow) -> list[str]:
    """Warnings about details in the row that differ from those recorded for the person."""
    row, warnings = ready.row, []
    recorded = (person.first_name.casefold(), person.last_name.casefold())
    if recorded != (row.first_name.casefold(), row.last_name.casefold()):
        warnings.append(NAME_DIFFERS)
    if person.offender_manager_id != ready.named.offender_manager_id:
        warnings.append(
            "Another offender manager is recorded for this person: that was not changed"
        )
    if person.language is not row.language:
        warnings.append("Another language is recorded for this person: that was not changed")
    return warnings


def new_appointment(person: Person, ready: ReadyRow) -> booking.NewAppointment:
    """The booking for the row."""
    row, named = ready.row, ready.named
    return booking.NewAppointment(
        person_id=person.id,
        agency_id=named.agency_id,
        type=row.type,
        starts_at=row.starts_at,
        minutes=row.minutes,
        worker_name=row.worker,
        enforceable=row.enforceable,
        worker_id=named.worker_id,
        place=row.place,
        place_alias=row.place_alias,
        source_ref=row.ref,
    )
