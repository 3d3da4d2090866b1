"""A person's compliance: what counts, what the rules suggest, what was decided."""

import uuid

from flask import render_template
from flask.typing import ResponseReturnValue

from api.access import STAFF, allow, current_actor
from api.database import now, transaction
from api.pages import record_nav
from api.pages.blueprint import pages
from engage.queries.compliance import compliance as queries


@pages.get("/people/<uuid:person_id>/compliance")
@allow(STAFF)
def compliance(person_id: uuid.UUID) -> ResponseReturnValue:
    """Show it, with absences that await a decision and evidence packs. Viewing is logged."""
    at = now()
    with transaction() as session:
        page = queries.load(session, current_actor(), person_id, now=at)
        ways = record_nav.ways(session, current_actor(), page.person, now=at)
    return render_template("compliance/compliance.html", page=page, ways=ways)
