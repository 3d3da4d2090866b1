"""A person's drug tests and court reviews: the page of them and their forms. Only for staff who may
see matters of health; nothing is texted.
"""

import uuid
from datetime import date

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms import RadioField, StringField
from wtforms.validators import InputRequired

from api.access import STAFF, allow, current_actor
from api.database import now, transaction
from api.pages import record_nav
from api.pages.blueprint import pages
from api.pages.form_page import BackLink, form_page
from api.pages.forms import DateField, OnceForm, PageForm, Words, choices, stripped
from api.pages.frame import say
from api.pages.submit import act, attempt
from engage.agencies.hub_settings import today_at
from engage.core.errors import NotFound
from engage.core.paging import DayCursor
from engage.labels import progress as words
from engage.labels.formats import day_and_year
from engage.people.model import Person
from engage.progress.drug_tests import service
from engage.progress.drug_tests.kinds import DrugTestResult
from engage.progress.drug_tests.model import DrugTest
from engage.queries.progress import drug_tests as queries


class TestForm(OnceForm):
    """The result of a test."""

    TITLE = "Record a test"
    BUTTON = "Record"

    CALLED = {"due_on": "day"}

    day = DateField(
        "Day of the test", description="The day it was asked for. For example, 27 3 2027"
    )
    result = RadioField(
        "Result",
        [InputRequired("Choose a result")],
        choices=choices(words.TEST_RESULTS),
    )
    note = StringField(
        "Note",
        [Words(service.LONGEST_NOTE)],
        filters=[stripped],
        description="Optional. Such as the laboratory’s reference or a prescribed medicine",
    )


class CorrectForm(PageForm):
    """The correct result."""

    TITLE = "Correct a result"
    LEAD = "The earlier result is kept and shown as corrected."
    BUTTON = "Correct"

    result = RadioField(
        "Correct result",
        [InputRequired("Choose a result")],
        choices=choices(words.TEST_RESULTS),
    )
    note = StringField(
        "Note",
        [Words(service.LONGEST_NOTE)],
        filters=[stripped],
        description="Optional. Why it was wrong",
    )


@pages.get("/people/<uuid:person_id>/drug-tests")
@allow(STAFF)
def drug_tests(person_id: uuid.UUID) -> ResponseReturnValue:
    """Planned tests, results, and court reviews."""
    at = now()
    with transaction() as session:
        page = queries.load(session, current_actor(), person_id, now=at, before=_before())
        ways = record_nav.ways(session, current_actor(), page.person, now=at)
    return render_template(
        "progress/drug_tests.html", page=page, ways=ways, now=at, later=_before() is not None
    )


@pages.get("/people/<uuid:person_id>/drug-tests/new")
@allow(STAFF)
def add_drug_test(person_id: uuid.UUID) -> ResponseReturnValue:
    """The form for a test result."""
    with transaction() as session:
        person = service.open_to_record(session, current_actor(), person_id, now=now())
        today = today_at(session, person.hub_id, now())
    return _add_page(person, TestForm(data={"day": _day() or today}))


@pages.post("/people/<uuid:person_id>/drug-tests/new")
@allow(STAFF)
def add_drug_test_sent(person_id: uuid.UUID) -> ResponseReturnValue:
    """Record it."""
    form = TestForm(request.form)
    with transaction() as session:
        person = service.open_to_record(session, current_actor(), person_id, now=now())

    def work(session: Session) -> str:
        service.record(
            session,
            current_actor(),
            person_id,
            due_on=form.day.data or date.max,
            result=DrugTestResult(form.result.data),
            note=form.note.data or "",
            now=now(),
        )
        return url_for("pages.drug_tests", person_id=person_id)

    if form.validate() and (address := attempt(form, work)):
        say("The result is recorded. No text is sent about it.")
        return redirect(address)
    return _add_page(person, form), 422


@pages.get("/drug-tests/<uuid:test_id>/correct")
@allow(STAFF)
def correct_drug_test(test_id: uuid.UUID) -> ResponseReturnValue:
    """The form for another result."""
    person, test = _opened(test_id)
    if test.result is None:
        raise NotFound("This test has no result to correct.")
    return _correct_page(person, test, CorrectForm(data={"result": test.result, "note": test.note}))


@pages.post("/drug-tests/<uuid:test_id>/correct")
@allow(STAFF)
def correct_drug_test_sent(test_id: uuid.UUID) -> ResponseReturnValue:
    """Put it in the place of the one recorded, which stays."""
    form = CorrectForm(request.form)
    person, test = _opened(test_id)

    def work(session: Session) -> str:
        service.correct(
            session,
            current_actor(),
            test_id,
            result=DrugTestResult(form.result.data),
            note=form.note.data or "",
            now=now(),
        )
        return url_for("pages.drug_tests", person_id=person.id)

    if form.validate() and (address := attempt(form, work)):
        say("The result is corrected. The earlier result is kept.")
        return redirect(address)
    return _correct_page(person, test, form), 422


@pages.post("/drug-tests/<uuid:test_id>/call-off")
@allow(STAFF)
def call_off_drug_test(test_id: uuid.UUID) -> ResponseReturnValue:
    """A planned test is not asked for after all."""

    def work(session: Session) -> None:
        service.call_off(session, current_actor(), test_id, now=now())

    refusal = act(work)
    say(refusal or "The test is cancelled and does not count.")
    person, _ = _opened(test_id)
    return redirect(url_for("pages.drug_tests", person_id=person.id))


def _opened(test_id: uuid.UUID) -> tuple[Person, DrugTest]:
    with transaction() as session:
        return service.open_to_change(session, current_actor(), test_id, now=now())


def _before() -> DayCursor | None:
    try:
        return DayCursor.parse(request.args.get("before", ""))
    except ValueError:
        return None


def _day() -> date | None:
    try:
        return date.fromisoformat(request.args.get("day", ""))
    except ValueError:
        return None


def _add_page(person: Person, form: TestForm) -> str:
    lead = (
        f"A missed or positive test is shown to the staff who help {person.first_name}. "
        "No text is sent."
    )
    return _form_page(form, person, lead=lead)


def _correct_page(person: Person, test: DrugTest, form: CorrectForm) -> str:
    result = words.TEST_RESULTS[test.result].lower() if test.result is not None else "nothing"
    about = f"{day_and_year(test.due_on)}, recorded as {result}"
    return _form_page(form, person, about=about)


def _form_page(form: PageForm, person: Person, **words: str) -> str:
    back = BackLink(
        url_for("pages.drug_tests", person_id=person.id), f"Drug tests of {person.name}"
    )
    return form_page(form, back=back, name=person.name, **words)
