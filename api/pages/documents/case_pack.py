"""The case pack: one person on one page, to look at, to print, or as PDF."""

import uuid

from flask import Response, render_template
from flask.typing import ResponseReturnValue

from api.access import STAFF, allow, current_actor
from api.database import now, transaction
from api.pages import record_nav
from api.pages.blueprint import pages
from engage.access.policy import Ability, abilities, may_change
from engage.documents.case_pack import facts
from engage.documents.case_pack.pdf import render
from engage.queries.cohort import assessments, meetings


@pages.get("/people/<uuid:person_id>/case-pack")
@allow(STAFF)
def case_pack(person_id: uuid.UUID) -> ResponseReturnValue:
    """The pack of one person. The reading is logged."""
    actor, at = current_actor(), now()
    with transaction() as session:
        pack = facts.load(session, actor, person_id, now=at)
        ways = record_nav.ways(session, actor, pack.person, now=at)
        called = meetings.open_meetings_for(session, actor, pack.person)
    manages = Ability.MANAGE in abilities(actor, pack.person) and may_change(actor, pack.person)
    health = pack.tests is not None
    scores = assessments.scores(pack.assessment, health=health) if pack.assessment else {}
    return render_template(
        "documents/case_pack.html",
        pack=pack,
        ways=ways,
        scores=scores,
        called=called if manages else (),
    )


@pages.get("/people/<uuid:person_id>/case-pack.pdf")
@allow(STAFF)
def case_pack_pdf(person_id: uuid.UUID) -> ResponseReturnValue:
    """The same as PDF. The reading is logged."""
    with transaction() as session:
        pack = facts.load(session, current_actor(), person_id, now=now())
    answer = Response(render(pack), mimetype="application/pdf")
    answer.headers["Content-Disposition"] = (
        f'attachment; filename="case-pack-{pack.person.crn}.pdf"'
    )
    return answer
