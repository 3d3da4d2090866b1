"""The caseload page: everybody the actor may see, with a search."""

import uuid

from flask import render_template, request
from flask.typing import ResponseReturnValue

from api.access import STAFF, allow, current_actor
from api.database import now, transaction
from api.pages.blueprint import pages
from api.pages.cohort.transfers import HANDERS
from api.pages.forms import stripped
from api.pages.list_places import place_or_404
from engage.access import scope
from engage.access.emergency import OPENERS
from engage.access.policy import Ability
from engage.queries.people import caseload as queries


@pages.get("/caseload")
@allow(STAFF)
def caseload() -> ResponseReturnValue:
    """A page of the caseload."""
    actor = current_actor()
    if not scope.may_see_people(actor):
        return render_template("shared/no_people.html")
    search = (stripped(request.args.get("q")) or "")[: queries.SEARCH_MAX]
    after = place_or_404(uuid.UUID, request.args.get("after"))
    with transaction() as session:
        page = queries.load(session, actor, now=now(), search=search, after=after)
    return render_template(
        "people/caseload.html",
        page=page,
        search=search,
        continued=after is not None,
        signals=scope.may_anywhere(actor, Ability.SIGNALS),
        converses=scope.may_anywhere(actor, Ability.CONVERSE),
        cases=scope.may_anywhere(actor, Ability.CASE),
        hands_over=actor.has(*HANDERS),
        may_open_in_emergency=actor.has(*OPENERS),
    )
