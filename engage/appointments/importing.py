"""Take in a file of appointments: one transaction per row, so that it can be stopped and repeated at any point.

The file is read whole first; then each row in turn is booked, moved, left or refused. A row that is refused changes nothing and spoils
no other. The CRN is the identity: people are never merged, and nothing about a person who is recorded already is changed from a file
but a number that nobody has confirmed. docs/import.md says all this to the people who prepare the files.
"""

import uuid
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import IO, Any

import structlog
from sqlalchemy import select, text
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm import Session

from engage.agencies.hubs import zone
from engage.agencies.model import Hub, Role
from engage.appointments import numbers, rules, service
from engage.appointments.directory import Named, load_directory
from engage.appointments.model import Appointment
from engage.appointments.rows import Row, read_row
from engage.appointments.sheets import WHOLE_ROW, RowProblem, read_sheet
from engage.errors import EngageError, Forbidden, NotFound
from engage.people.access import Ability, Actor, ActorKind, abilities, may_change, visible_to
from engage.people.model import Person
from engage.people.service import NewPerson, create_person

log = structlog.get_logger(__name__)

Begin = Callable[[], AbstractContextManager[Session]]
Progress = Callable[[int, int], None]
_TRIES = 3
CLASH = "The person has another appointment at that time"


class Effect(StrEnum):
    """What became of a good row. A change of details without a change of time counts as moved too."""

    BOOKED = "booked"
    MOVED = "moved"
    UNCHANGED = "unchanged"


@dataclass
class ImportReport:
    """What became of a file: how many rows, the references by effect, and what is to be looked at."""

    rows: int = 0
    booked: list[str] = field(default_factory=list)
    moved: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    refused: list[dict[str, Any]] = field(default_factory=list)
    warnings: list[dict[str, Any]] = field(default_factory=list)

    def add(self, effect: Effect, row: Row, warnings: Sequence[str]) -> None:
        """Note a row that was taken."""
        {Effect.BOOKED: self.booked, Effect.MOVED: self.moved, Effect.UNCHANGED: self.unchanged}[
            effect
        ].append(row.ref)
        self.warnings += [{"line": row.line, "ref": row.ref, "reason": reason} for reason in warnings]

    def refuse(self, line: int, ref: str, problem: RowProblem) -> None:
        """Note a row that was refused."""
        self.refused.append({"line": line, "ref": ref, "column": problem.column, "reason": problem.reason})

    def as_json(self) -> dict[str, Any]:
        """The report in the shape that the command prints."""
        return {
            "rows": self.rows,
            "booked": self.booked,
            "moved": self.moved,
            "unchanged": self.unchanged,
            "refused": sorted(self.refused, key=lambda one: one["line"]),
            "warnings": sorted(self.warnings, key=lambda one: one["line"]),
        }


@dataclass(frozen=True)
class _Ready:
    """A row that can be done, as far as the row itself says. `superseded`: a later good row of the file has the same reference."""

    row: Row
    named: Named
    superseded: bool


class _Raced(Exception):
    """Somebody else added the same person at the same moment: the row is tried again."""


class _Undo(Exception):
    """Ends a dry run: everything it did is rolled back."""


def import_file(
    begin: Begin,
    actor: Actor,
    hub_id: uuid.UUID,
    stream: IO[bytes],
    *,
    now: datetime,
    progress: Progress | None = None,
    dry_run: bool = False,
) -> ImportReport:
    """Book, move or leave every appointment of the file, and report row by row.

    `dry_run` does it all in one transaction that is rolled back. `progress` is told rows done and rows in all. Raises Invalid when the
    file cannot be read as one of appointments, Forbidden when the actor may not import into the hub, NotFound for an unknown hub.
    """
    records = read_sheet(stream)
    with begin() as session:
        hub = session.get(Hub, hub_id)
        if hub is None:
            raise NotFound("There is no such hub.")
        _check_may_import(actor, hub)
        directory = load_directory(session, hub)
        session.expunge(hub)
    report = ImportReport(rows=len(records))
    good: list[tuple[Row, Named]] = []
    for record in records:
        try:
            if record.problem is not None:
                raise record.problem
            row = read_row(record.line, record.cells, zone(hub))
            good.append((row, directory.look_up(row)))
        except RowProblem as problem:
            report.refuse(record.line, record.ref, problem)
    last = {row.ref: row.line for row, _ in good}
    ready = [_Ready(row, named, row.line != last[row.ref]) for row, named in good]
    work = _Work(actor, hub, now, report, progress)
    work.told(len(records) - len(ready))
    if dry_run:
        _rehearse(begin, work, ready)
    else:
        _perform(begin, work, ready)
    return report


def _check_may_import(actor: Actor, hub: Hub) -> None:
    if actor.kind is ActorKind.SYSTEM:
        return
    if actor.kind is ActorKind.KEY:
        allowed = actor.hub_id == hub.id and {"people:write", "appointments:write"} <= actor.scopes
    else:
        allowed = hub.id in actor.hubs(Role.OFFENDER_MANAGER, Role.COORDINATOR, Role.SUPERVISOR)
    if not allowed:
        raise Forbidden("You may not import appointments into this hub.")


def _perform(begin: Begin, work: "_Work", ready: Sequence[_Ready]) -> None:
    """One transaction per row. A row that two imports add at the same moment is tried again.

    All but the last commit without waiting for the disk; the last one then makes everything before it safe. A crash in between can
    only lose whole rows at the end, as if the import had been stopped there.
    """
    for count, one in enumerate(ready, 1):
        for attempt in range(1, _TRIES + 1):
            try:
                with begin() as session:
                    if count < len(ready):
                        session.execute(_NO_WAIT)
                    outcome = work.do(session, one)
                work.note(one, outcome)
                break
            except RowProblem as problem:
                work.refuse(one, problem)
                break
            except (_Raced, IntegrityError, DataError) as problem:
                log.warning("import.row_failed", line=one.row.line, problem=type(problem).__name__)
                if attempt == _TRIES or isinstance(problem, DataError):
                    work.refuse(one, RowProblem(WHOLE_ROW, "It could not be stored. Import it again"))
                    break


def _rehearse(begin: Begin, work: "_Work", ready: Sequence[_Ready]) -> None:
    try:
        with begin() as session:
            for one in ready:
                try:
                    with session.begin_nested():
                        outcome = work.do(session, one)
                    work.note(one, outcome)
                except RowProblem as problem:
                    work.refuse(one, problem)
                except (_Raced, IntegrityError, DataError):
                    work.refuse(one, RowProblem(WHOLE_ROW, "It could not be stored. Import it again"))
            raise _Undo
    except _Undo:
        pass


_NO_WAIT = text("SET LOCAL synchronous_commit TO off")


class _Work:
    """One import under way."""

    def __init__(
        self, actor: Actor, hub: Hub, now: datetime, report: ImportReport, progress: Progress | None
    ) -> None:
        self.actor, self.hub, self.now, self.report, self.progress = actor, hub, now, report, progress
        self.done = 0

    def told(self, more: int) -> None:
        """Some rows more are done."""
        self.done += more
        if self.progress is not None:
            self.progress(self.done, self.report.rows)

    def note(self, one: _Ready, outcome: tuple[Effect, list[str]]) -> None:
        """The row's transaction is over."""
        effect, warnings = outcome
        self.report.add(effect, one.row, warnings)
        self.told(1)

    def refuse(self, one: _Ready, problem: RowProblem) -> None:
        """The row's transaction was rolled back."""
        self.report.refuse(one.row.line, one.row.ref, problem)
        self.told(1)

    def do(self, session: Session, one: _Ready) -> tuple[Effect, list[str]]:
        """Do one row in an open transaction. Raises RowProblem when it must be refused."""
        session.add(self.hub)
        try:
            outcome = self._do(session, one)
            session.flush()
        except EngageError as problem:
            if problem.code == "crn_taken":
                raise _Raced from problem
            fields = getattr(problem, "fields", None) or {WHOLE_ROW: problem.detail}
            column, reason = next(iter(fields.items()))
            raise RowProblem(_COLUMN_OF.get(column, column), reason.rstrip(".")) from problem
        finally:
            session.expunge(self.hub)
        return outcome

    def _do(self, session: Session, one: _Ready) -> tuple[Effect, list[str]]:
        row = one.row
        person = self._person(session, row)
        existing = session.scalars(
            select(Appointment).where(Appointment.hub_id == self.hub.id, Appointment.source_ref == row.ref)
        ).one_or_none()
        if existing is not None and person is None and self._crn_of(session, existing) == row.crn:
            raise _Raced
        if existing is not None and (person is None or existing.person_id != person.id):
            raise RowProblem("ref", "This reference is already another person's appointment")
        if existing is None:
            self._check_moment(row)
        warnings = list(row.warnings)
        if person is None:
            person = self._add_person(session, one)
        else:
            warnings += self._differences(person, one)
            if NAME_DIFFERS not in warnings:
                warnings += numbers.take_number(session, self.actor, person, row, now=self.now)
        warnings += numbers.number_warnings(session, person, row)
        if existing is None:
            if service.clashing(session, person.id, row.starts_at, row.minutes):
                warnings.append(CLASH)
            self._book(session, person, one)
            return Effect.BOOKED, warnings
        return self._update(session, person, existing, one), warnings

    def _person(self, session: Session, row: Row) -> Person | None:
        """The person of the row's CRN, held; None when nobody has it. Raises RowProblem when the actor may not change them."""
        found = session.execute(
            select(Person, visible_to(self.actor)).where(Person.crn == row.crn).with_for_update(of=Person)
        ).one_or_none()
        if found is None:
            return None
        person, visible = found
        if person.hub_id != self.hub.id:
            raise RowProblem("crn", "This person is on another hub's caseload")
        allowed = visible and Ability.BOOK in abilities(self.actor, person) and may_change(self.actor, person)
        if not allowed:
            raise RowProblem("crn", "This person is not on your caseload")
        return person

    def _crn_of(self, session: Session, existing: Appointment) -> str | None:
        return session.scalar(select(Person.crn).where(Person.id == existing.person_id))

    def _check_moment(self, row: Row) -> None:
        if row.starts_at <= self.now:
            raise RowProblem("date", "The appointment is in the past")
        if row.starts_at > self.now + rules.RULES.ahead:
            raise RowProblem("date", "The appointment is more than 2 years ahead")

    def _add_person(self, session: Session, one: _Ready) -> Person:
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
        return create_person(session, self.actor, new, now=self.now)

    def _differences(self, person: Person, one: _Ready) -> list[str]:
        row, found = one.row, []
        recorded = (person.first_name.casefold(), person.last_name.casefold())
        if recorded != (row.first_name.casefold(), row.last_name.casefold()):
            found.append(NAME_DIFFERS)
        if person.offender_manager_id != one.named.offender_manager_id:
            found.append("Another offender manager is recorded for this person: that was not changed")
        if person.language is not row.language:
            found.append("Another language is recorded for this person: that was not changed")
        return found

    def _book(self, session: Session, person: Person, one: _Ready) -> None:
        row, named = one.row, one.named
        new = service.NewAppointment(
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
        service.write_booking(session, self.actor, new, person, self.hub, now=self.now, digest=row.digest)

    def _update(self, session: Session, person: Person, existing: Appointment, one: _Ready) -> Effect:
        row = one.row
        if one.superseded or existing.source_digest == row.digest:
            return Effect.UNCHANGED
        details = _details(existing, one)
        changed = {name: value for name, value in details.items() if getattr(existing, name) != value}
        moved = existing.starts_at != row.starts_at
        if (moved or changed) and (problem := service.why_fixed(session, existing)):
            raise RowProblem("ref", problem.detail.rstrip("."))
        if moved:
            self._check_moment(row)
            service.write_move(
                session,
                self.actor,
                existing,
                person,
                starts_at=row.starts_at,
                details=changed,
                now=self.now,
            )
        elif changed:
            service.write_amendment(session, self.actor, existing, person, changed, now=self.now)
        existing.source_digest = row.digest
        return Effect.MOVED if moved or changed else Effect.UNCHANGED


NAME_DIFFERS = "Another name is recorded for this CRN: nothing about the person was changed. Check that it is the same person"
_COLUMN_OF = {
    "agency_id": "agency",
    "starts_at": "date",
    "worker_name": "worker",
    "offender_manager": "om_email",
    "source_ref": "ref",
}


def _details(existing: Appointment, one: _Ready) -> dict[str, Any]:
    """What the row says of the details; the alias only follows the place when that has changed, and the worker's id the name."""
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
