"""Import files, the hub that they are for, and their import."""

import csv
import io
import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from engage.access.policy import SYSTEM, Actor
from engage.agencies.model import Hub
from engage.appointments.imports import file_import
from engage.appointments.imports.file_import import ImportReport
from engage.appointments.imports.sheets import COLUMNS
from engage.core.db import Database
from tests import builders

AGENCIES = ("Probation", "Tyne Recovery", "City Housing", "Coleg y Cwm", "Jobcentre", "Women's Hub")


def make_hub(session: Session) -> Hub:
    """The hub of samples/README.md."""
    hub = builders.hub(session)
    for name in AGENCIES:
        builders.agency(session, hub, name)
    builders.staff(session, hub, name="Pat Hale", email="p.hale@probation.example")
    builders.staff(session, hub, name="Dai Rees", email="d.rees@probation.example")
    return hub


def import_bytes(
    database: Database, hub_id: uuid.UUID, content: bytes, now: datetime, **options: Any
) -> ImportReport:
    """Import bytes as the system."""
    actor: Actor = options.pop("actor", SYSTEM)
    return file_import.import_file(
        database.begin, actor, hub_id, io.BytesIO(content), now=now, **options
    )


def sheet(*rows: dict[str, str], columns: Sequence[str] = COLUMNS) -> bytes:
    """A file with these rows; values that a row does not give are those of a valid row."""
    good = dict(
        zip(
            COLUMNS,
            [
                "B-1",
                "X700001",
                "Katrina",
                "Dodds",
                "07700900131",
                "en",
                "p.hale@probation.example",
                "Probation",
                "office",
                "26/03/2027",
                "14:00",
                "30",
                "the hall",
                "Pat",
                "yes",
            ],
            strict=True,
        )
    )
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows({**good, **row} for row in rows)
    return out.getvalue().encode("utf-8", "surrogatepass")


def only(report: ImportReport) -> tuple[str, str]:
    """The column and the reason of the only refused row."""
    found = report.as_json()["refused"]
    assert len(found) == 1, found
    return found[0]["column"], found[0]["reason"]
