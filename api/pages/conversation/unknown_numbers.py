"""Texts from unknown numbers: read them, or identify the person."""

import uuid

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from api.access import allow, current_actor, staff
from api.database import now, transaction
from api.pages.blueprint import pages
from api.pages.forms import PageForm, stripped
from api.pages.frame import say
from api.pages.submit import attempt
from engage.access.policy import Ability
from engage.agencies.model import Role
from engage.conversation import staff_actions as conversation
from engage.core.errors import NotFound
from engage.queries.conversation import unread
from engage.queries.people import caseload
from engage.queries.signals.today import home_zone

FOUND = 20
FINDERS = staff(Role.COORDINATOR, Role.SUPERVISOR)


@pages.get("/unknown-numbers")
@allow(FINDERS)
def unknown_numbers() -> ResponseReturnValue:
    """Unknown numbers that have texted, the longest waiting first."""
    with transaction() as session:
        found = unread.unknown_numbers(session, current_actor())
        zone = home_zone(session, current_actor())
    return render_template("conversation/unknown_numbers.html", numbers=found, zone=zone)


@pages.get("/unknown-numbers/<uuid:reading_id>/claim")
@allow(FINDERS)
def claim_number(reading_id: uuid.UUID) -> ResponseReturnValue:
    """Find the person whose number it is."""
    return _page(reading_id, PageForm())


@pages.post("/unknown-numbers/<uuid:reading_id>/claim")
@allow(FINDERS)
def claim_number_sent(reading_id: uuid.UUID) -> ResponseReturnValue:
    """The number is that person's from now on, and what it wrote moves to their thread."""
    form = PageForm(request.form)
    try:
        person_id = uuid.UUID(request.form.get("person", ""))
    except ValueError:
        form.refuse_whole("Choose the person whose number it is")
        return _page(reading_id, form), 422

    def work(session: Session) -> str:
        number = _number(session, reading_id).number
        conversation.claim_number(session, current_actor(), number, person_id, now=now())
        return url_for("pages.person", person_id=person_id, _anchor="thread")

    if address := attempt(form, work):
        say("The number is now theirs, and its texts are in their thread.")
        return redirect(address)
    return _page(reading_id, form), 422


def _number(session: Session, reading_id: uuid.UUID) -> unread.UnknownNumber:
    found = unread.unknown_number_of(session, current_actor(), reading_id)
    if found is None:
        raise NotFound("There is no such text from an unknown number.")
    return found


def _page(reading_id: uuid.UUID, form: PageForm) -> str:
    search = (stripped(request.values.get("q")) or "")[: caseload.SEARCH_MAX]
    with transaction() as session:
        number, zone = _number(session, reading_id), home_zone(session, current_actor())
        found = (
            caseload.search_for_choice(
                session, current_actor(), search, ability=Ability.MANAGE, limit=FOUND + 1
            )
            if search
            else ()
        )
    return render_template(
        "conversation/claim_number.html",
        number=number,
        zone=zone,
        reading_id=reading_id,
        form=form,
        search=search,
        found=found[:FOUND],
        more=len(found) > FOUND,
    )
