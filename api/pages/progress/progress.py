"""A person's progress: housing, activities, and self-reports."""

import uuid

from flask import render_template
from flask.typing import ResponseReturnValue

from api.access import STAFF, allow, current_actor
from api.database import now, transaction
from api.pages import record_nav
from api.pages.blueprint import pages
from engage.queries.progress import progress as queries


@pages.get("/people/<uuid:person_id>/progress")
@allow(STAFF)
def progress(person_id: uuid.UUID) -> ResponseReturnValue:
    """Show where they live, what they take part in, and self-reports not yet recorded."""
    at = now()
    with transaction() as session:
        page = queries.load(session, current_actor(), person_id, now=at)
        ways = record_nav.ways(session, current_actor(), page.person, now=at)
    return render_template("progress/progress.html", page=page, ways=ways, now=at)
