"""Import a file of appointments. Each row has its own transaction, so the import can be stopped and
repeated at any point.

The file is read completely first; then each row is booked, moved, left or refused. A refused row
changes nothing and does not affect the others. The CRN is the identity: people are never merged. Of
a person who is already recorded an import changes nothing except an unconfirmed number.
docs/import.md explains this to the people who prepare the files.
"""

import uuid
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import IO, Any

import structlog
from sqlalchemy import text
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm import Session

from engage.access.policy import Actor, ActorKind
from engage.agencies.hub_settings import zone
from engage.agencies.model import Hub, Role
from engage.appointments.imports.batch import Lookahead
from engage.appointments.imports.directory import NamedIds, load_directory
from engage.appointments.imports.row_import import Raced, ReadyRow, RowEffect, RowImport, RowResult
from engage.appointments.imports.row_parser import Row, read_row
from engage.appointments.imports.sheets import WHOLE_ROW, RowProblem, read_sheet
from engage.core.errors import Forbidden, NotFound

log = structlog.get_logger(__name__)

Begin = Callable[[], AbstractContextManager[Session]]
Progress = Callable[[int, int], None]
_TRIES = 3
CHUNK = 200
NOT_STORED = "The row could not be stored. Import it again"
_NO_WAIT = text("SET LOCAL synchronous_commit TO off")
_MAKE_DURABLE = text("SELECT pg_current_xact_id()")


@dataclass
class ImportReport:
    """The result of an import: how many rows the file has, the references by effect, the refused
    rows and the warnings.
    """

    rows: int = 0
    booked: list[str] = field(default_factory=list)
    moved: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    refused: list[dict[str, Any]] = field(default_factory=list)
    warnings: list[dict[str, Any]] = field(default_factory=list)

    def add(self, effect: RowEffect, row: Row, warnings: Sequence[str]) -> None:
        """Add a row that was imported."""
        {
            RowEffect.BOOKED: self.booked,
            RowEffect.MOVED: self.moved,
            RowEffect.UNCHANGED: self.unchanged,
        }[effect].append(row.ref)
        self.warnings += [
            {"line": row.line, "ref": row.ref, "reason": reason} for reason in warnings
        ]

    def refuse(self, line: int, ref: str, problem: RowProblem) -> None:
        """Add a row that was refused."""
        self.refused.append(
            {"line": line, "ref": ref, "column": problem.column, "reason": problem.reason}
        )

    def as_json(self) -> dict[str, Any]:
        """The report as JSON."""
        return {
            "rows": self.rows,
            "booked": self.booked,
            "moved": self.moved,
            "unchanged": self.unchanged,
            "refused": sorted(self.refused, key=lambda one: one["line"]),
            "warnings": sorted(self.warnings, key=lambda one: one["line"]),
        }


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
    """Book, move or leave every appointment of the file, and report on each row.

    `dry_run` does it all in one transaction that is rolled back. `progress` is called with the rows
    done and the rows in all. Raises Invalid if this is not a file of appointments, Forbidden if the
    actor may not import into the hub, NotFound for an unknown hub.
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
    valid: list[tuple[Row, NamedIds]] = []
    for record in records:
        try:
            if record.problem is not None:
                raise record.problem
            row = read_row(record.line, record.cells, zone(hub))
            valid.append((row, directory.look_up(row)))
        except RowProblem as problem:
            report.refuse(record.line, record.ref, problem)
    last_line = {row.ref: row.line for row, _ in valid}
    shared = _shared_numbers([row for row, _ in valid])
    rows = [
        ReadyRow(row, named, row.line != last_line[row.ref], row.number in shared)
        for row, named in valid
    ]
    run = _Run(RowImport(actor, hub, now), report, progress)
    run.advance(len(records) - len(rows))
    if dry_run:
        _rehearse(begin, run, rows)
    else:
        _import_rows(begin, run, rows)
    return report


def _shared_numbers(rows: Sequence[Row]) -> frozenset[str]:
    """The numbers that the file gives for more than one CRN. Known beforehand, so that not even a
    number check is texted between the two rows.
    """
    crns_of: dict[str, set[str]] = {}
    for row in rows:
        if row.number is not None:
            crns_of.setdefault(row.number, set()).add(row.crn)
    return frozenset(number for number, crns in crns_of.items() if len(crns) > 1)


def _check_may_import(actor: Actor, hub: Hub) -> None:
    if actor.kind is ActorKind.SYSTEM:
        return
    if actor.kind is ActorKind.KEY:
        allowed = actor.hub_id == hub.id and {"people:write", "appointments:write"} <= actor.scopes
    else:
        allowed = hub.id in actor.hubs(Role.OFFENDER_MANAGER, Role.COORDINATOR, Role.SUPERVISOR)
    if not allowed:
        raise Forbidden("You cannot import appointments into this hub.")


def _import_rows(begin: Begin, run: "_Run", rows: Sequence[ReadyRow]) -> None:
    """Import each row in its own transaction.

    Rows commit without waiting for the disk, and one last commit makes all of them durable before
    the report is returned. A crash in between can only lose whole rows at the end, as if the import
    had been stopped there.
    """
    ahead = Lookahead(run.row_import)
    try:
        for start in range(0, len(rows), CHUNK):
            chunk = rows[start : start + CHUNK]
            with begin() as session:
                ahead.load(session, chunk)
            for ready in chunk:
                run.do_row(ready, partial(_import_row, begin, run.row_import, ahead, ready))
    finally:
        with begin() as session:
            session.execute(_MAKE_DURABLE)


def _import_row(
    begin: Begin, row_import: RowImport, ahead: Lookahead, ready: ReadyRow
) -> RowResult:
    """Import a row, quickly if possible. A row that another import changes at the same moment is
    tried again.
    """
    if (unchanged := ahead.warnings_if_unchanged(ready)) is not None:
        return RowEffect.UNCHANGED, unchanged
    for attempt in range(1, _TRIES + 1):
        try:
            with begin() as session:
                booked = ahead.try_to_book(session, ready) if attempt == 1 else None
                if booked is not None:
                    return RowEffect.BOOKED, booked
                ahead.forget_person(ready.row)
                session.execute(_NO_WAIT)
                return row_import.import_row(session, ready)
        except (Raced, IntegrityError) as problem:
            log.warning("import.row_raced", line=ready.row.line, problem=type(problem).__name__)
        finally:
            ahead.mark_done(ready.row)
    raise RowProblem(WHOLE_ROW, NOT_STORED)


def _rehearse(begin: Begin, run: "_Run", rows: Sequence[ReadyRow]) -> None:
    """Import each row in a savepoint of one transaction, so that it sees the rows before it; then
    roll everything back.
    """

    def in_savepoint(session: Session, ready: ReadyRow) -> RowResult:
        with session.begin_nested():
            return run.row_import.import_row(session, ready)

    try:
        with begin() as session:
            for ready in rows:
                run.do_row(ready, partial(in_savepoint, session, ready))
            raise _Undo
    except _Undo:
        pass


class _Undo(Exception):
    """Ends a dry run, so that its transaction is rolled back."""


class _Run:
    """An import in progress: its report, and how many rows are done."""

    def __init__(
        self, row_import: RowImport, report: ImportReport, progress: Progress | None
    ) -> None:
        self.row_import, self.report, self.progress = row_import, report, progress
        self.done = 0

    def advance(self, rows: int) -> None:
        """Count more rows as done."""
        self.done += rows
        if self.progress is not None:
            self.progress(self.done, self.report.rows)

    def do_row(self, ready: ReadyRow, do: Callable[[], RowResult]) -> None:
        """Import one row and report the result. A row that is refused, or that the database does
        not accept, does not stop the import.
        """
        row = ready.row
        try:
            effect, warnings = do()
            self.report.add(effect, row, warnings)
        except RowProblem as problem:
            self.report.refuse(row.line, row.ref, problem)
        except (Raced, IntegrityError, DataError) as problem:
            log.warning("import.row_failed", line=row.line, problem=type(problem).__name__)
            self.report.refuse(row.line, row.ref, RowProblem(WHOLE_ROW, NOT_STORED))
        self.advance(1)
