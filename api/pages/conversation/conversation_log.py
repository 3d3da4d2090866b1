"""The conversation with one person from its beginning: a page to print, and a file. Each time it is
taken out is recorded.
"""

import csv
import io
import uuid
from collections.abc import Iterator

from flask import Response, render_template
from flask.typing import ResponseReturnValue

from api.access import allow, current_actor, staff
from api.database import now, transaction
from api.pages.blueprint import pages
from engage.agencies.model import Role
from engage.labels.conversation import PROMPTS, READINGS
from engage.labels.messaging import PURPOSES, STATUSES
from engage.labels.people import RECORD_CHANGES, field_name
from engage.queries.conversation import log as queries
from engage.queries.conversation.thread import (
    Entry,
    Mark,
    TextIn,
    TextOut,
)

MANAGERS = staff(Role.OFFENDER_MANAGER, Role.COORDINATOR, Role.SUPERVISOR)
ERASED = "(erased under the retention rules)"
COLUMNS = (
    "When",
    "Who",
    "Words",
    "Asked before",
    "Read as",
    "How sure",
    "Because of the words",
    "Corrected to",
    "Corrected by",
    "What was done",
    "Delivery",
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@pages.get("/people/<uuid:person_id>/conversation-log")
@allow(MANAGERS)
def conversation_log(person_id: uuid.UUID) -> ResponseReturnValue:
    """The conversation on one page, to read or to print."""
    at = now()
    with transaction() as session:
        page = queries.take_out(session, current_actor(), person_id, queries.Form.PAGE, now=at)
    return render_template("conversation/conversation_log.html", page=page, now=at, erased=ERASED)


@pages.get("/people/<uuid:person_id>/conversation-log.csv")
@allow(MANAGERS)
def conversation_log_file(person_id: uuid.UUID) -> ResponseReturnValue:
    """The conversation as a file of rows."""
    with transaction() as session:
        found = queries.take_out(session, current_actor(), person_id, queries.Form.FILE, now=now())
    written = io.StringIO()
    rows = csv.writer(written)
    rows.writerow(COLUMNS)
    rows.writerows([_safe(cell) for cell in row] for row in _rows(found))
    answer = Response("\ufeff" + written.getvalue(), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = (
        f'attachment; filename="conversation-{found.person.crn}-{now():%Y-%m-%d}.csv"'
    )
    return answer


def _rows(found: queries.Log) -> Iterator[tuple[str, ...]]:
    for entry in found.entries:
        yield (entry.at.astimezone(found.zone).isoformat(timespec="seconds"), *_cells(found, entry))


def _cells(found: queries.Log, entry: Entry) -> tuple[str, ...]:
    """Everything after the moment, in the order of the columns."""
    if isinstance(entry, TextIn):
        corrected = entry.corrected
        return (
            found.person.first_name,
            ERASED if entry.erased else entry.body,
            PROMPTS.get(entry.prompt, entry.prompt),
            READINGS.get(entry.intent, entry.intent),
            f"{entry.confidence:.2f}",
            "; ".join(entry.evidence),
            READINGS.get(corrected.now, corrected.now) if corrected else "",
            corrected.by if corrected else "",
            f"{entry.done}. {corrected.done}" if corrected else entry.done,
            "",
        )
    if isinstance(entry, TextOut):
        status = STATUSES[entry.status]
        delivery = f"{status}: {entry.reason}" if entry.reason else status
        purpose = PURPOSES.get(entry.purpose, "Text")
        return (entry.by, entry.body or ERASED, "", "", "", "", "", "", purpose, delivery)
    return (entry.by, "", "", "", "", "", "", "", _mark(entry), "")


def _mark(entry: Mark) -> str:
    fields = sorted({field_name(name) for name in entry.data.get("fields", ())})
    return f"{RECORD_CHANGES[entry.kind]}{': ' if fields else ''}{', '.join(fields)}"


def _safe(cell: str) -> str:
    """A cell that a spreadsheet shows and does not work out: what a person texts may begin like a
    formula.
    """
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
