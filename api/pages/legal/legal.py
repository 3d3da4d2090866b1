"""A person's legal page: orders with what was asked and done, time in prison, offences."""

import uuid

from flask import render_template
from flask.typing import ResponseReturnValue

from api.access import STAFF, allow, current_actor
from api.database import now, transaction
from api.pages import record_nav
from api.pages.blueprint import pages
from engage.queries.legal import legal as queries


@pages.get("/people/<uuid:person_id>/legal")
@allow(STAFF)
def legal(person_id: uuid.UUID) -> ResponseReturnValue:
    """Show it; the intelligence flag only to those who may see it. Viewing is logged."""
    at = now()
    with transaction() as session:
        page = queries.load(session, current_actor(), person_id, now=at)
        ways = record_nav.ways(session, current_actor(), page.person, now=at)
    return render_template("legal/legal.html", page=page, ways=ways)
