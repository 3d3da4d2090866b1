"""A person's appointments with every agency, for those whose sharing agreement names them."""

import uuid

from flask import render_template, request
from flask.typing import ResponseReturnValue

from api.access import STAFF, allow, current_actor
from api.database import now, transaction
from api.pages import record_nav
from api.pages.blueprint import pages
from api.pages.list_places import place_or_404
from engage.core.paging import MomentCursor
from engage.queries.appointments import shared_appointments as queries


@pages.get("/people/<uuid:person_id>/shared-appointments")
@allow(STAFF)
def shared_appointments(person_id: uuid.UUID) -> ResponseReturnValue:
    """The appointments, the latest first. That they were looked at is logged as a disclosure."""
    at, before = now(), place_or_404(MomentCursor.parse, request.args.get("before"))
    with transaction() as session:
        page = queries.load(session, current_actor(), person_id, now=at, before=before)
        ways = record_nav.ways(session, current_actor(), page.person, now=at)
        return render_template(
            "appointments/shared_appointments.html",
            page=page,
            ways=ways,
            earlier=before is not None,
        )
