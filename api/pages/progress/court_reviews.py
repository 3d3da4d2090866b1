"""Court reviews of a drug rehabilitation requirement: the day that the court named, what it found,
and the report before it.
"""

import uuid
from datetime import date

from flask import Response, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms import TextAreaField

from api.access import STAFF, allow, current_actor
from api.database import now, transaction
from api.pages.blueprint import pages
from api.pages.form_page import BackLink, form_page
from api.pages.forms import DateField, PageForm, Words, joined
from api.pages.frame import say
from api.pages.submit import act, attempt
from engage.agencies.hub_settings import today_at
from engage.documents.court_report import facts, pdf
from engage.labels.formats import day_and_year
from engage.labels.progress import interval
from engage.legal.model import Requirement
from engage.people.model import Person
from engage.progress.drug_tests import court_reviews
from engage.progress.drug_tests.model import CourtReview


class NextForm(PageForm):
    """The day of the next review."""

    TITLE = "Next court review"

    CALLED = {"review_on": "day"}

    day = DateField("Date of the review")


class CourtReviewForm(PageForm):
    """What the court found."""

    TITLE = "What the court found"
    LEAD = "The next review is planned automatically if the order says how often."
    BUTTON = "Record"

    CALLED = {"held_on": "day"}

    day = DateField("When was the review?")
    finding = TextAreaField(
        "What did the court find?",
        [Words(court_reviews.LONGEST_FINDING, missing="Say what the court found", lines=True)],
        filters=[joined],
    )


@pages.get("/requirements/<uuid:requirement_id>/court-review")
@allow(STAFF)
def court_review_next(requirement_id: uuid.UUID) -> ResponseReturnValue:
    """The form for the day of the next review."""
    person, need, standing = _requirement(requirement_id)
    return _next_page(person, need, NextForm(data={"day": standing}))


@pages.post("/requirements/<uuid:requirement_id>/court-review")
@allow(STAFF)
def court_review_next_sent(requirement_id: uuid.UUID) -> ResponseReturnValue:
    """Keep the day that the court named."""
    form = NextForm(request.form)
    person, need, _ = _requirement(requirement_id)

    def work(session: Session) -> str:
        court_reviews.set_review(
            session, current_actor(), requirement_id, review_on=form.day.data or date.min, now=now()
        )
        return _tests(person.id)

    if form.validate() and (address := attempt(form, work)):
        say("The date of the review is saved.")
        return redirect(address)
    return _next_page(person, need, form), 422


@pages.get("/court-reviews/<uuid:review_id>/held")
@allow(STAFF)
def record_court_review(review_id: uuid.UUID) -> ResponseReturnValue:
    """The form for what the court found."""
    person, review = _opened(review_id)
    return _review_page(
        person, review, CourtReviewForm(data={"day": review.held_on or review.review_on})
    )


@pages.post("/court-reviews/<uuid:review_id>/held")
@allow(STAFF)
def record_court_review_sent(review_id: uuid.UUID) -> ResponseReturnValue:
    """Keep it; the next review is planned."""
    form = CourtReviewForm(request.form)
    person, review = _opened(review_id)

    def work(session: Session) -> str:
        court_reviews.record_review(
            session,
            current_actor(),
            review_id,
            held_on=form.day.data or date.max,
            finding=form.finding.data or "",
            now=now(),
        )
        return _tests(person.id)

    if form.validate() and (address := attempt(form, work)):
        say("What the court found is recorded.")
        return redirect(address)
    return _review_page(person, review, form), 422


@pages.post("/court-reviews/<uuid:review_id>/cancel")
@allow(STAFF)
def cancel_court_review(review_id: uuid.UUID) -> ResponseReturnValue:
    """The review does not take place."""

    def work(session: Session) -> None:
        court_reviews.cancel(session, current_actor(), review_id, now=now())

    refusal = act(work)
    say(refusal or "The review is cancelled.")
    person, _ = _opened(review_id)
    return redirect(_tests(person.id))


@pages.get("/court-reviews/<uuid:review_id>/report")
@allow(STAFF)
def court_report(review_id: uuid.UUID) -> ResponseReturnValue:
    """The report to the court, to read and to print."""
    page = _report(review_id)
    return render_template("progress/court_report.html", page=page, paper=pdf)


@pages.post("/court-reviews/<uuid:review_id>/report")
@allow(STAFF)
def make_court_report(review_id: uuid.UUID) -> ResponseReturnValue:
    """Make the report, or make it again."""

    def work(session: Session) -> None:
        facts.make(session, current_actor(), review_id, now=now())

    refusal = act(work)
    say(refusal or "The report is made. Its disclosure to the court is recorded.")
    return redirect(url_for("pages.court_report", review_id=review_id))


@pages.get("/court-reviews/<uuid:review_id>/report.pdf")
@allow(STAFF)
def court_report_pdf(review_id: uuid.UUID) -> ResponseReturnValue:
    """The report on paper."""
    page = _report(review_id)
    answer = Response(pdf.render(page), mimetype="application/pdf")
    return _named(answer, page, "pdf")


@pages.get("/court-reviews/<uuid:review_id>/report.json")
@allow(STAFF)
def court_report_json(review_id: uuid.UUID) -> ResponseReturnValue:
    """The report for another system."""
    page = _report(review_id)
    return _named(jsonify(facts.as_json(page.report)), page, "json")


def _report(review_id: uuid.UUID) -> facts.ReportPage:
    with transaction() as session:
        return facts.load(session, current_actor(), review_id, now=now())


def _named(answer: Response, page: facts.ReportPage, kind: str) -> Response:
    name = f"court-review-{page.person.crn}-{page.review.review_on.isoformat()}.{kind}"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _requirement(requirement_id: uuid.UUID) -> tuple[Person, Requirement, date]:
    """A current requirement, its person, and the day of the planned review, else today."""
    with transaction() as session:
        person, need = court_reviews.open_requirement(
            session, current_actor(), requirement_id, now=now()
        )
        standing = court_reviews.next_planned(session, need.id)
        today = today_at(session, person.hub_id, now())
    return person, need, standing.review_on if standing is not None else today


def _opened(review_id: uuid.UUID) -> tuple[Person, CourtReview]:
    with transaction() as session:
        return court_reviews.open_to_change(session, current_actor(), review_id, now=now())


def _tests(person_id: uuid.UUID) -> str:
    return url_for("pages.drug_tests", person_id=person_id, _anchor="reviews")


def _next_page(person: Person, need: Requirement, form: NextForm) -> str:
    days = need.reviews_every_days
    lead = "Reviews are at least a month apart. This date replaces the planned one."
    return _form_page(
        form, person, lead=f"The order names a review {interval(days)}. {lead}" if days else lead
    )


def _review_page(person: Person, review: CourtReview, form: CourtReviewForm) -> str:
    return _form_page(form, person, about=f"review of {day_and_year(review.review_on)}")


def _form_page(form: PageForm, person: Person, **words: str) -> str:
    back = BackLink(
        url_for("pages.drug_tests", person_id=person.id), f"Drug tests of {person.name}"
    )
    return form_page(form, back=back, name=person.name, **words)
