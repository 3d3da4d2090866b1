"""A file of free times let in, row by row: each row in a transaction of its own, so that one that
is refused spoils no other.

Free times that are there already are refused as such, so a file may be let in again after it was
stopped.
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
    """What became of a file: how many rows it had, how many times are in, and what is not, each
    with its line.
    """

    rows: int
    added: int = 0
    refused: list[dict[str, Any]] = field(default_factory=list)
    warnings: list[dict[str, Any]] = field(default_factory=list)

    def as_json(self) -> Mapping[str, Any]:
        """The report as JSON has it."""
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
    """Let in every row that can be. Raises Invalid, with the field `file`, for what is no file of
    free times; NotFound for no hub.
    """
    records = read_sheet(stream, TIME_COLUMNS)
    report = TimesReport(len(records))
    for record in records:
        try:
            with begin() as session:
                added = _one(session, actor, hub_id, record, report, now)
                if dry_run:
                    session.rollback()
            report.added += added
        except RowProblem as problem:
            report.refused.append(_said(record, problem.column, problem.reason))
        except Invalid as refusal:
            for column, reason in (refusal.fields or {WHOLE_ROW: refusal.detail}).items():
                report.refused.append(
                    _said(record, _COLUMN.get(column, column), reason.rstrip("."))
                )
        except EngageError as refusal:
            report.refused.append(_said(record, WHOLE_ROW, refusal.detail))
    return report


_COLUMN = {"starts_at": "start", "worker": "worker_email"}


def _one(
    session: Session,
    actor: Actor,
    hub_id: uuid.UUID,
    record: Record,
    report: TimesReport,
    now: datetime,
) -> int:
    if record.problem is not None:
        raise record.problem
    hub = session.get(Hub, hub_id)
    if hub is None:
        raise NotFound("There is no such hub.")
    row = read_time_row(record.cells, zone(hub))
    worker = find_staff(session, row.worker_email)
    if worker is None:
        raise RowProblem("worker_email", "No worker of this hub has this address")
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
    report.warnings += [_said(record, WHOLE_ROW, words) for words in row.warnings]
    report.refused += [
        _said(record, "date", f"{moment.astimezone(zone(hub)):%d/%m/%Y}: {reason}")
        for moment, reason in added.refused
    ]
    return len(added.times)


def _said(record: Record, column: str, reason: str) -> dict[str, Any]:
    return {"line": record.line, "column": column, "reason": reason}
