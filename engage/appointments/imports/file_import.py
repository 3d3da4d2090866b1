"""Take in a file of appointments: one transaction per row, so that it can be stopped and repeated
at any point.

The file is read whole first; then each row in turn is booked, moved, left or refused. A row that is
refused changes nothing and spoils no other. The CRN is the identity: people are never merged, and
nothing about a person who is recorded already is changed from a file but a number that nobody has
confirmed. docs/import.md says all this to the people who prepare the files.
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
from engage.appointments.imports.directory import NamedWorker, load_directory
from engage.appointments.imports.row_import import (
    Effect,
    Outcome,
    Raced,
    Ready,
    RowWork,
)
from engage.appointments.imports.row_parser import Row, read_row
from engage.appointments.imports.sheets import WHOLE_ROW, RowProblem, read_sheet
from engage.core.errors import Forbidden, NotFound

log = structlog.get_logger(__name__)

Begin = Callable[[], AbstractContextManager[Session]]
Progress = Callable[[int, int], None]
_TRIES = 3
CHUNK = 200
NOT_STORED = "It could not be stored. Import it again"
_NO_WAIT = text("SET LOCAL synchronous_commit TO off")
_MAKE_SAFE = text("SELECT pg_current_xact_id()")


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
        self.warnings += [
            {"line": row.line, "ref": row.ref, "reason": reason} for reason in warnings
        ]

    def refuse(self, line: int, ref: str, problem: RowProblem) -> None:
        """Note a row that was refused."""
        self.refused.append(
            {"line": line, "ref": ref, "column": problem.column, "reason": problem.reason}
        )

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

    `dry_run` does it all in one transaction that is rolled back. `progress` is told rows done and
    rows in all. Raises Invalid when the file cannot be read as one of appointments, Forbidden when
    the actor may not import into the hub, NotFound for an unknown hub.
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
    good: list[tuple[Row, NamedWorker]] = []
    for record in records:
        try:
            if record.problem is not None:
                raise record.problem
            row = read_row(record.line, record.cells, zone(hub))
            good.append((row, directory.look_up(row)))
        except RowProblem as problem:
            report.refuse(record.line, record.ref, problem)
    last = {row.ref: row.line for row, _ in good}
    shared = _shared_numbers([row for row, _ in good])
    ready = [
        Ready(row, named, row.line != last[row.ref], row.number in shared) for row, named in good
    ]
    run = _Run(RowWork(actor, hub, now), report, progress)
    run.told(len(records) - len(ready))
    if dry_run:
        _rehearse(begin, run, ready)
    else:
        _perform(begin, run, ready)
    return report


def _shared_numbers(rows: Sequence[Row]) -> frozenset[str]:
    """The numbers that the file gives for more than one CRN: not even a check is texted between the
    one row and the other.
    """
    holders: dict[str, set[str]] = {}
    for row in rows:
        if row.number is not None:
            holders.setdefault(row.number, set()).add(row.crn)
    return frozenset(number for number, crns in holders.items() if len(crns) > 1)


def _check_may_import(actor: Actor, hub: Hub) -> None:
    if actor.kind is ActorKind.SYSTEM:
        return
    if actor.kind is ActorKind.KEY:
        allowed = actor.hub_id == hub.id and {"people:write", "appointments:write"} <= actor.scopes
    else:
        allowed = hub.id in actor.hubs(Role.OFFENDER_MANAGER, Role.COORDINATOR, Role.SUPERVISOR)
    if not allowed:
        raise Forbidden("You may not import appointments into this hub.")


def _perform(begin: Begin, run: "_Run", ready: Sequence[Ready]) -> None:
    """One transaction per row; a row that two imports add at the same moment is tried again.

    Rows commit without waiting for the disk, and one last commit makes all of them safe before the
    report is given. A crash in between can only lose whole rows at the end, as if the import had
    been stopped there.
    """
    ahead = Lookahead(run.work)
    try:
        for start in range(0, len(ready), CHUNK):
            rows = ready[start : start + CHUNK]
            with begin() as session:
                ahead.look(session, rows)
            for one in rows:
                run.row(one, partial(_one_row, begin, run.work, ahead, one))
    finally:
        with begin() as session:
            session.execute(_MAKE_SAFE)


def _one_row(begin: Begin, work: RowWork, ahead: Lookahead, one: Ready) -> Outcome:
    if (warnings := ahead.nothing_to_do(one)) is not None:
        return Effect.UNCHANGED, warnings
    for attempt in range(1, _TRIES + 1):
        try:
            with begin() as session:
                quick = ahead.book(session, one) if attempt == 1 else None
                if quick is not None:
                    return Effect.BOOKED, quick
                ahead.changed(one.row)
                session.execute(_NO_WAIT)
                return work.do(session, one)
        except (Raced, IntegrityError) as problem:
            log.warning("import.row_raced", line=one.row.line, problem=type(problem).__name__)
        finally:
            ahead.passed(one.row)
    raise RowProblem(WHOLE_ROW, NOT_STORED)


def _rehearse(begin: Begin, run: "_Run", ready: Sequence[Ready]) -> None:
    """Every row in a savepoint of one transaction, so that a row sees what those before it would
    have done; then all is undone.
    """

    def nested(session: Session, one: Ready) -> Outcome:
        with session.begin_nested():
            return run.work.do(session, one)

    try:
        with begin() as session:
            for one in ready:
                run.row(one, partial(nested, session, one))
            raise _Undo
    except _Undo:
        pass


class _Undo(Exception):
    """Ends a dry run: everything it did is rolled back."""


class _Run:
    """One import under way: its report, and how far it is."""

    def __init__(self, work: RowWork, report: ImportReport, progress: Progress | None) -> None:
        self.work, self.report, self.progress = work, report, progress
        self.done = 0

    def told(self, more: int) -> None:
        """Some rows more are done."""
        self.done += more
        if self.progress is not None:
            self.progress(self.done, self.report.rows)

    def row(self, one: Ready, do: Callable[[], Outcome]) -> None:
        """Do one row and note what became of it; one that is refused, or that the database will not
        take, is reported and no more.
        """
        try:
            effect, warnings = do()
            self.report.add(effect, one.row, warnings)
        except RowProblem as problem:
            self.report.refuse(one.row.line, one.row.ref, problem)
        except (Raced, IntegrityError, DataError) as problem:
            log.warning("import.row_failed", line=one.row.line, problem=type(problem).__name__)
            self.report.refuse(one.row.line, one.row.ref, RowProblem(WHOLE_ROW, NOT_STORED))
        self.told(1)
