"""Learning from use: how often workers corrected what Engage had read in a hub, for the staff who
run it. A page and a file; both hold counts alone.
"""

import csv
import io
import uuid
from datetime import date, datetime

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from api.access import allow, current_actor, staff
from api.database import now, transaction
from api.pages.blueprint import pages
from api.pages.list_places import place_or_404
from engage.access.hub_settings import READERS
from engage.conversation.learning import rules
from engage.labels.conversation import BASES, COUNTED_MEANINGS
from engage.queries.conversation import learning_from_use as queries

SEE = staff(*READERS)
COLUMNS = (
    *("Month", "Read as", "Read by", "Acted on", "Corrected", "Percent", "Lowest", "Highest"),
    *("Left to a worker", "Then given a meaning", "The meaning Engage had guessed"),
)


@pages.get("/hubs/<uuid:hub_id>/learning-from-use")
@allow(SEE)
def learning_from_use(hub_id: uuid.UUID) -> ResponseReturnValue:
    """The figures of one month, month by month, and a warning if corrections rise."""
    return render_template("conversation/learning_from_use.html", view=_view(hub_id), rules=rules)


@pages.get("/hubs/<uuid:hub_id>/learning-from-use.csv")
@allow(SEE)
def learning_from_use_file(hub_id: uuid.UUID) -> ResponseReturnValue:
    """The figures of every month that can be shown, by meaning and basis, as a file."""
    view, written = _view(hub_id), io.StringIO()
    rows = csv.writer(written)
    rows.writerow(COLUMNS)
    rows.writerows(_row(line) for line in view.month_lines)
    answer = Response("\ufeff" + written.getvalue(), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = (
        f'attachment; filename="learning-from-use-{view.months[0]:%Y-%m}'
        f'-to-{view.months[-1]:%Y-%m}.csv"'
    )
    return answer


def _view(hub_id: uuid.UUID) -> queries.LearningFromUse:
    month = place_or_404(_month, request.args.get("month"))
    with transaction() as session:
        return queries.load(session, current_actor(), hub_id, now=now(), month=month)


def _month(given: str) -> date:
    """The first day of a month such as `2027-02`. Raises ValueError."""
    return datetime.strptime(given, "%Y-%m").date()  # noqa: DTZ007 (a month, not a moment)


def _row(line: rules.MonthLine) -> list[str | int]:
    texts, known = line.texts, line.texts.interval
    numbers = (None, None, None) if known is None else (texts.rate, known.low, known.high)
    return [
        f"{line.month:%Y-%m}",
        COUNTED_MEANINGS.get(line.meaning, line.meaning),
        BASES.get(line.basis, line.basis),
        texts.acted,
        texts.corrected,
        *("" if number is None else f"{100 * number:.1f}" for number in numbers),
        texts.left,
        texts.given,
        texts.guessed,
    ]
