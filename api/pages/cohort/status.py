"""A person's status on the cohort: the page, a review, staying on voluntarily, and a death."""

import uuid
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms import RadioField, TextAreaField
from wtforms.validators import InputRequired

from api.access import STAFF, allow, current_actor
from api.database import now, transaction
from api.pages import record_nav
from api.pages.blueprint import pages
from api.pages.form_page import BackLink, form_page
from api.pages.forms import DateField, OnceForm, PageForm, Words, choices, joined, parse_date
from api.pages.frame import say
from api.pages.submit import act, attempt
from engage.cohort import exits, reviews
from engage.cohort.enrolments import LONGEST_REASON
from engage.cohort.kinds import Rag
from engage.labels import cohort
from engage.people.model import Person
from engage.queries.cohort import status as queries


class ReviewForm(OnceForm):
    """The status from today on, and why."""

    TITLE = "Review"
    BUTTON = "Record the review"

    rag = RadioField(
        "Status from today", [InputRequired("Choose a status")], choices=choices(cohort.RAGS)
    )
    reason = TextAreaField(
        "Reason",
        [Words(LONGEST_REASON, missing="Give the reason", lines=True)],
        filters=[joined],
        description="What you looked at, and why this status",
    )


class DeathForm(PageForm):
    """The date of death."""

    TITLE = "Record a death"
    BUTTON = "Record the death"
    WARNS = True

    CALLED = {"on": "date"}

    date = DateField("Date of death")


@pages.get("/people/<uuid:person_id>/status")
@allow(STAFF)
def status(person_id: uuid.UUID) -> ResponseReturnValue:
    """Status, strand, reviews, exit, and who had them. The reading is logged."""
    at, actor = now(), current_actor()
    with transaction() as session:
        page = queries.load(session, actor, person_id, now=at)
        ways = record_nav.ways(session, actor, page.person, now=at)
    return render_template("cohort/status.html", page=page, ways=ways, now=at)


@pages.get("/people/<uuid:person_id>/review")
@allow(STAFF)
def review(person_id: uuid.UUID) -> ResponseReturnValue:
    """The form of a review, with what the rule suggests."""
    return _review_page(person_id, ReviewForm())


@pages.post("/people/<uuid:person_id>/review")
@allow(STAFF)
def record_review(person_id: uuid.UUID) -> ResponseReturnValue:
    """Decide the status."""
    form, at = ReviewForm(request.form), now()

    def work(session: Session) -> str:
        decided: dict[str, Any] = {"rag": Rag(form.rag.data), "reason": form.reason.data}
        reviews.review(session, current_actor(), person_id, **decided, now=at)
        return url_for("pages.status", person_id=person_id)

    if form.validate() and (address := attempt(form, work)):
        say("The review is recorded.")
        return redirect(address)
    return _review_page(person_id, form), 422


@pages.post("/people/<uuid:person_id>/stay")
@allow(STAFF)
def stay(person_id: uuid.UUID) -> ResponseReturnValue:
    """Their order has ended, and they stay of their own will."""
    refusal = act(lambda session: _stay(session, person_id))
    say(refusal or "Recorded: they stay voluntarily.")
    return redirect(url_for("pages.status", person_id=person_id))


@pages.get("/people/<uuid:person_id>/death")
@allow(STAFF)
def death(person_id: uuid.UUID) -> ResponseReturnValue:
    """The form that records a death."""
    return _death_page(person_id, DeathForm())


@pages.post("/people/<uuid:person_id>/death")
@allow(STAFF)
def record_death(person_id: uuid.UUID) -> ResponseReturnValue:
    """Record a death. Texts stop, and orders and the enrolment end."""
    form, at = DeathForm(request.form), now()

    def work(session: Session) -> str:
        on = parse_date(*form.date.parts)
        exits.record_death(session, current_actor(), person_id, on=on, now=at)
        return url_for("pages.status", person_id=person_id)

    if form.validate() and (address := attempt(form, work)):
        say("The death is recorded. No more texts are sent.")
        return redirect(address)
    return _death_page(person_id, form), 422


def _death_page(person_id: uuid.UUID, form: DeathForm) -> str:
    with transaction() as session:
        person = queries.open_for_death(session, current_actor(), person_id, now=now())
    lead = (
        f"No more texts are sent to {person.first_name}’s phone, and waiting texts are cancelled. "
        "Their orders and enrolment end. Booked appointments stay: cancel them."
    )
    return _form_page(form, person, lead=lead)


def _stay(session: Session, person_id: uuid.UUID) -> None:
    exits.stay_voluntarily(session, current_actor(), person_id, now=now())


def _review_page(person_id: uuid.UUID, form: ReviewForm) -> str:
    with transaction() as session:
        page = queries.load_review_form(session, current_actor(), person_id, now=now())
    form.rag.description = (
        f"Reviewed again after {page.terms[Rag.RED]} days if red,"
        f" {page.terms[Rag.AMBER]} if amber, "
        f"{page.terms[Rag.GREEN]} if green"
    )
    return _form_page(form, page.person, template="cohort/review.html", page=page)


def _form_page(form: PageForm, person: Person, **words: Any) -> str:
    back = BackLink(url_for("pages.status", person_id=person.id), "Status")
    return form_page(form, back=back, name=person.name, **words)
