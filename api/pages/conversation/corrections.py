"""Corrections, for the administrator: lines without identity to accept into the corpus or decline,
and the accepted lines as a file.
"""

import uuid

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from api.access import allow, current_actor, staff
from api.database import now, transaction
from api.pages.blueprint import pages
from api.pages.frame import say
from api.pages.list_places import place_or_404
from api.pages.submit import act
from engage.agencies.model import Role
from engage.conversation.corrections import corpus_lines
from engage.conversation.corrections.model import LineState
from engage.core.paging import DayCursor

ADMINISTRATOR = staff(Role.ADMINISTRATOR)


@pages.get("/corrections")
@allow(ADMINISTRATOR)
def corrections() -> ResponseReturnValue:
    """The lines in one state, those to look at first."""
    state = next((one for one in LineState if one == request.args.get("state")), LineState.WAITING)
    after = place_or_404(DayCursor.parse, request.args.get("after"))
    with transaction() as session:
        page = corpus_lines.list_lines(session, current_actor(), state, after=after)
    return render_template(
        "conversation/corrections.html", page=page, state=state, states=list(LineState)
    )


@pages.post("/corrections/<uuid:line_id>/<any(accept, decline):what>")
@allow(ADMINISTRATOR)
def decide_line(line_id: uuid.UUID, what: str) -> ResponseReturnValue:
    """Accept or decline a line."""
    at = now()

    def work(session: Session) -> None:
        corpus_lines.decide(session, current_actor(), line_id, accept=what == "accept", now=at)

    done = (
        "Accepted into the corpus." if what == "accept" else "Declined, and its words are erased."
    )
    say(act(work) or done)
    return redirect(url_for("pages.corrections"))


@pages.get("/corrections.tsv")
@allow(ADMINISTRATOR)
def corrections_file() -> ResponseReturnValue:
    """All accepted lines, in the format of the corpus."""
    with transaction() as session:
        written = corpus_lines.export_for(session, current_actor(), now=now())
    answer = Response(written, content_type="text/tab-separated-values; charset=utf-8")
    answer.headers["Content-Disposition"] = 'attachment; filename="corrections.tsv"'
    return answer
