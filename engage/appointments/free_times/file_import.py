"""Import of a file of free times, row by row. Each row has its own transaction, so a refused row
does not affect the others.

A free time that exists already is refused, so an interrupted import can be repeated.
"""

import uuid
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import IO, Any

from sqlalchemy.orm import Session

from engage.access.policy import Actor
from engage.agencies.hub_settings import zone
from engage.agencies.model import Hub
from engage.agencies.service import find_staff
from engage.appointments.free_times import service
from engage.appointments.imports.row_parser import TIME_COLUMNS, read_time_row
from engage.appointments.imports.sheets import (
    WHOLE_ROW,
    Record,
    RowProblem,
    read_sheet,
)
from engage.core.errors import EngageError, Invalid, NotFound

Begin = Callable[[], AbstractContextManager[Session]]


@dataclass
class TimesReport:
    """The result of an import: how many rows the file had, how many times were added, and what was
    refused, each with its line.
    """

    rows: int
    added: int = 0
    refused: list[dict[str, Any]] = field(default_factory=list)
    warnings: list[dict[str, Any]] = field(default_factory=list)

    def as_json(self) -> Mapping[str, Any]:
        """The report as JSON."""
        return {
            "rows": self.rows,
            "added": self.added,
            "refused": self.refused,
            "warnings": self.warnings,
        }


def import_times(
    begin: Begin,
    actor: Actor,
    hub_id: uuid.UUID,
    stream: IO[bytes],
    *,
    now: datetime,
    dry_run: bool = False,
) -> TimesReport:
    """Import every valid row. Raises Invalid, with the field `file`, if this is not a file of free
    times. A row for an unknown hub or worker is refused like any other.
    """
    records = read_sheet(stream, TIME_COLUMNS)
    report = TimesReport(len(records))
    for record in records:
        try:
            with begin() as session:
                row = _import_row(session, actor, hub_id, record, now)
                if dry_run:
                    session.rollback()
            report.added += row.added
            report.warnings += row.warnings
            report.refused += row.refused
        except RowProblem as problem:
            report.refused.append(_note(record, problem.column, problem.reason))
        except Invalid as refusal:
            for column, reason in (refusal.fields or {WHOLE_ROW: refusal.detail}).items():
                report.refused.append(
                    _note(record, _COLUMN.get(column, column), reason.rstrip("."))
                )
        except EngageError as refusal:
            report.refused.append(_note(record, WHOLE_ROW, refusal.detail))
    return report


_COLUMN = {"starts_at": "start", "worker": "worker_email"}


@dataclass(frozen=True)
class _ImportedRow:
    added: int
    refused: list[dict[str, Any]]
    warnings: list[dict[str, Any]]


def _import_row(
    session: Session, actor: Actor, hub_id: uuid.UUID, record: Record, now: datetime
) -> _ImportedRow:
    if record.problem is not None:
        raise record.problem
    hub = session.get(Hub, hub_id)
    if hub is None:
        raise NotFound("There is no such hub.")
    row = read_time_row(record.cells, zone(hub))
    worker = find_staff(session, row.worker_email)
    if worker is None:
        raise RowProblem("worker_email", "No worker in this hub has this email address")
    new = service.NewTimes(
        worker_id=worker.id,
        type=row.type,
        starts_at=row.starts_at,
        minutes=row.minutes,
        place=row.place,
        place_alias=row.place_alias,
        weeks=row.weeks,
    )
    added = service.add(session, actor, hub_id, new, now=now)
    return _ImportedRow(
        added=len(added.times),
        refused=[
            _note(record, "date", f"{moment.astimezone(zone(hub)):%d/%m/%Y}: {reason}")
            for moment, reason in added.refused
        ],
        warnings=[_note(record, WHOLE_ROW, words) for words in row.warnings],
    )


def _note(record: Record, column: str, reason: str) -> dict[str, Any]:
    return {"line": record.line, "column": column, "reason": reason}
