"""A person's page."""

import uuid

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from api.access import STAFF, allow, current_actor
from api.database import now, transaction
from api.pages import record_nav
from api.pages.blueprint import pages
from api.pages.conversation.messages import TextForm, text_facts
from api.pages.frame import say
from api.pages.list_places import place_or_404
from api.pages.submit import act
from engage import texts
from engage.core.paging import MomentCursor
from engage.people import pause
from engage.queries.conversation import thread
from engage.queries.people import person as queries


@pages.get("/people/<uuid:person_id>")
@allow(STAFF)
def person(person_id: uuid.UUID) -> ResponseReturnValue:
    """Everything the actor may see of one person. The reading is logged."""
    at = now()
    before = place_or_404(thread.ThreadCursor.parse, request.args.get("thread"))
    past_before = place_or_404(MomentCursor.parse, request.args.get("past"))
    with transaction() as session:
        page = queries.load(
            session, current_actor(), person_id, now=at, before=before, past_before=past_before
        )
        ways = record_nav.ways(session, current_actor(), page.person, now=at)
    return render_template(
        "people/person.html",
        page=page,
        ways=ways,
        now=at,
        form=TextForm(),
        unread=_unread(page),
        text=text_facts("", page.person),
        first=texts.shorten_first_name(page.person.first_name, page.person.preferred_name),
        older_thread=before is not None,
        older_past=past_before is not None,
    )


def _unread(page: queries.PersonPage) -> list[int]:
    """The texts on the page that wait to be read: a reply from the page marks them as read."""
    return [
        entry.id
        for entry in page.thread.entries
        if isinstance(entry, thread.TextIn) and entry.needs_human and entry.read_at is None
    ]


@pages.post("/people/<uuid:person_id>/texts/go-on")
@allow(STAFF)
def let_texts_go_on(person_id: uuid.UUID) -> ResponseReturnValue:
    """A worker has spoken with the person: texts may go on."""
    refusal = act(lambda session: _let_go_on(session, person_id))
    say(refusal or "Texts may be sent again.")
    return redirect(url_for("pages.person", person_id=person_id))


def _let_go_on(session: Session, person_id: uuid.UUID) -> None:
    pause.resume(session, current_actor(), person_id, now=now())
