"""The cohort in numbers, for staff who may read cases: a page with charts, and a file."""

import csv
import io
import uuid

from flask import Response, abort, render_template, request
from flask.typing import ResponseReturnValue

from api.access import allow, current_actor, staff
from api.database import now, transaction
from api.pages.blueprint import pages
from api.pages.list_places import place_or_404
from engage.agencies.model import Role
from engage.labels import statistics as words
from engage.queries.cohort import statistics as queries

READERS = staff(Role.OFFENDER_MANAGER, Role.COORDINATOR, Role.SUPERVISOR, Role.AUDITOR)
COLUMNS = ("Table", "Line", "Count", "Of", "Percent", "Lowest", "Highest")


@pages.get("/cohort")
@allow(READERS)
def cohort() -> ResponseReturnValue:
    """The numbers with a chart beside each."""
    return render_template("cohort/cohort.html", view=_view(), words=words)


@pages.get("/cohort.csv")
@allow(READERS)
def cohort_file() -> ResponseReturnValue:
    """The same numbers as a file."""
    view, written = _view(), io.StringIO()
    rows = csv.writer(written)
    rows.writerow(COLUMNS)
    for table in view.tables:
        for line in table.lines:
            known = line.interval if table.measured else None
            numbers = [] if known is None else [line.rate, known.low, known.high]
            rows.writerow(
                [
                    words.TABLE_TITLES[table.id],
                    _harmless(words.line_name(table.id, line.key)),
                    line.count,
                    line.of,
                    *(f"{100 * number:.1f}" for number in numbers if number is not None),
                ]
            )
    answer = Response("\ufeff" + written.getvalue(), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = (
        f'attachment; filename="cohort-{view.since:%Y-%m-%d}-to-{view.until:%Y-%m-%d}.csv"'
    )
    return answer


def _view() -> queries.CohortView:
    given = request.args.get("days", str(queries.PERIODS[0]))
    if given not in {str(days) for days in queries.PERIODS}:
        abort(404)
    hub_id = place_or_404(uuid.UUID, request.args.get("hub") or None)
    with transaction() as session:
        return queries.load(session, current_actor(), now=now(), days=int(given), hub_id=hub_id)


def _harmless(name: str) -> str:
    """A name that a spreadsheet will not take for a formula."""
    return f"'{name}" if name.startswith(("=", "+", "-", "@", "\t", "\r")) else name
