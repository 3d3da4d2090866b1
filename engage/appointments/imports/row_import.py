"""One row of an import in an open transaction: book, move or leave its appointment, and say what a
clerk should look at.

The CRN is the identity: people are never merged, and nothing about a person who is recorded already
is changed from a file but a number that nobody has confirmed (numbers.py). A row that cannot be
done raises RowProblem, and its transaction is rolled back by the caller.
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
from engage.appointments.imports.directory import NamedWorker
from engage.appointments.imports.row_parser import Row
from engage.appointments.imports.sheets import WHOLE_ROW, RowProblem
from engage.appointments.model import Appointment
from engage.appointments.reminders import rules
from engage.core.errors import EngageError
from engage.people.model import Person
from engage.people.phones import expect_sharing
from engage.people.service import NewPerson, create_person, person_with_crn

CLASH = "The person has another appointment at that time"


NAME_DIFFERS = "Another name is recorded for this CRN: nothing about the person was changed. Check that it is the same person"
_COLUMN_OF = {
    "agency_id": "agency",
    "starts_at": "date",
    "worker_name": "worker",
    "offender_manager": "om_email",
    "source_ref": "ref",
}


class Effect(StrEnum):
    """What became of a good row. A change of details without a change of time counts as moved too."""

    BOOKED = "booked"
    MOVED = "moved"
    UNCHANGED = "unchanged"


Outcome = tuple[Effect, list[str]]
"""What became of a good row, and what a clerk should look at."""


@dataclass(frozen=True)
class Ready:
    """A row that can be done, as far as the row itself says.

    `superseded`: a later good row of the file has the same reference. `shared`: the file gives its
    number for another CRN too.
    """

    row: Row
    named: NamedWorker
    superseded: bool
    shared: bool


class Raced(Exception):
    """Somebody else added the same person at the same moment: the row is tried again."""


class RowWork:
    """The rows of one import, done one by one."""

    def __init__(self, actor: Actor, hub: Hub, now: datetime) -> None:
        self.actor, self.hub, self.now = actor, hub, now

    def do(self, session: Session, one: Ready) -> Outcome:
        """Do one row in an open transaction. Raises RowProblem when it must be refused, Raced when
        it should be tried again.
        """
        with self._refusals(session):
            outcome = self._do(session, one)
            session.flush()
        return outcome

    def add(self, session: Session, one: Ready) -> Person:
        """Add the row's person, whom nobody had recorded. Raises RowProblem or Raced like `do`."""
        with self._refusals(session):
            return self._add_person(session, one)

    @contextmanager
    def _refusals(self, session: Session) -> Iterator[None]:
        """What use cases refuse, as the refusal of a row. The hub is lent to the session so that
        nobody has to load it.
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

    def _do(self, session: Session, one: Ready) -> Outcome:
        row = one.row
        person = self._person(session, row)
        existing = session.scalars(
            select(Appointment).where(
                Appointment.hub_id == self.hub.id, Appointment.source_ref == row.ref
            )
        ).one_or_none()
        if existing is not None and person is None and self._crn_of(session, existing) == row.crn:
            raise Raced
        if existing is not None and (person is None or existing.person_id != person.id):
            raise RowProblem("ref", "This reference is already another person's appointment")
        if existing is None:
            check_moment(row, self.now)
        warnings = list(row.warnings)
        if person is None:
            person = self._add_person(session, one)
        else:
            warnings += differences(person, one)
            if NAME_DIFFERS not in warnings:
                warnings += phone_numbers.take_number(
                    session, self.actor, person, row, now=self.now
                )
        warnings += phone_numbers.number_warnings(session, person, row)
        if existing is None:
            if booking_checks.has_clash(session, person.id, row.starts_at, row.minutes):
                warnings.append(CLASH)
            self._book(session, person, one)
            return Effect.BOOKED, warnings
        return self._update(session, person, existing, one), warnings

    def _person(self, session: Session, row: Row) -> Person | None:
        """The person of the row's CRN (or of a record that was merged into theirs), held; None when
        nobody has it.

        Raises RowProblem when the actor may not change them.
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

    def _add_person(self, session: Session, one: Ready) -> Person:
        row = one.row
        new = NewPerson(
            crn=row.crn,
            first_name=row.first_name,
            last_name=row.last_name,
            hub_id=self.hub.id,
            offender_manager_id=one.named.offender_manager_id,
            language=row.language,
            given_number=row.given_number or None,
        )
        person = create_person(session, self.actor, new, now=self.now)
        if one.shared:
            expect_sharing(session, person, now=self.now)
        return person

    def _book(self, session: Session, person: Person, one: Ready) -> None:
        new = new_appointment(person, one)
        booking.write_booking(
            session, self.actor, new, person, self.hub, now=self.now, digest=one.row.digest
        )

    def _update(
        self, session: Session, person: Person, existing: Appointment, one: Ready
    ) -> Effect:
        row = one.row
        if one.superseded or existing.source_digest == row.digest:
            return Effect.UNCHANGED
        details = _details(existing, one)
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
        return Effect.MOVED if moved or changed else Effect.UNCHANGED


def _details(existing: Appointment, one: Ready) -> dict[str, Any]:
    """What the row says of the details; the alias only follows the place when that has changed, and
    the worker's id the name.
    """
    row, named = one.row, one.named
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
    """Whether the actor may book for a person, given whether they may see them at all."""
    return visible and Ability.BOOK in abilities(actor, person) and may_change(actor, person)


def check_moment(row: Row, now: datetime) -> None:
    """Raises RowProblem for an appointment in the past or more than two years ahead."""
    if row.starts_at <= now:
        raise RowProblem("date", "The appointment is in the past")
    if row.starts_at > now + rules.RULES.booking_horizon:
        raise RowProblem("date", "The appointment is more than 2 years ahead")


def differences(person: Person, one: Ready) -> list[str]:
    """What the row says of a recorded person that is not what is recorded."""
    row, found = one.row, []
    recorded = (person.first_name.casefold(), person.last_name.casefold())
    if recorded != (row.first_name.casefold(), row.last_name.casefold()):
        found.append(NAME_DIFFERS)
    if person.offender_manager_id != one.named.offender_manager_id:
        found.append("Another offender manager is recorded for this person: that was not changed")
    if person.language is not row.language:
        found.append("Another language is recorded for this person: that was not changed")
    return found


def new_appointment(person: Person, one: Ready) -> booking.NewAppointment:
    """The booking that the row asks for."""
    row, named = one.row, one.named
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
