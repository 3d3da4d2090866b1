"""How somebody gets on: the page of it, and the forms for where they live."""

import uuid
from datetime import date

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms import RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired

from api.access import STAFF, allow, current_actor
from api.database import now, transaction
from api.pages import record_nav
from api.pages.blueprint import pages
from api.pages.forms import DateField, OnceForm, PageForm, Words, choices, joined, stripped
from api.pages.frame import say
from api.pages.submit import act, attempt
from engage.access.sharing import RecordPart, parts_for
from engage.agencies.hub_settings import today_at
from engage.labels import progress as words
from engage.people.model import Person
from engage.progress import verification
from engage.progress.housing import service
from engage.progress.housing.kinds import HousingStage
from engage.progress.model import SelfReport
from engage.queries.progress import progress as queries

SURE = "Did you make sure of it?"
SURE_CHOICES = {
    "yes": "Yes, I have seen proof or asked who knows",
    "no": "No, it is their own word",
}
SURE_MISSING = "Say whether you made sure of it"


class HousingForm(OnceForm):
    """Where somebody lives from a day on."""

    stage = RadioField(
        "Where do they live?",
        [InputRequired("Choose where they live")],
        choices=choices(words.HOUSING_STAGES),
    )
    since = DateField("Since when?")
    sure = RadioField(SURE, [InputRequired(SURE_MISSING)], choices=choices(SURE_CHOICES))
    note = StringField("Note", [Words(service.LONGEST_NOTE)], filters=[stripped])


class DisputeForm(PageForm):
    """Why it is not so."""

    note = TextAreaField(
        "What did you find?",
        [Words(verification.LONGEST_NOTE, missing="Say what you found", lines=True)],
        filters=[joined],
    )


@pages.get("/people/<uuid:person_id>/progress")
@allow(STAFF)
def progress(person_id: uuid.UUID) -> ResponseReturnValue:
    """Where somebody lives, what they take part in, and what they told that nobody has recorded."""
    at = now()
    with transaction() as session:
        page = queries.load(session, current_actor(), person_id, now=at)
        ways = record_nav.ways(session, current_actor(), page.person, now=at)
    return render_template("progress/progress.html", page=page, ways=ways, now=at)


@pages.get("/people/<uuid:person_id>/housing/new")
@allow(STAFF)
def add_housing(person_id: uuid.UUID) -> ResponseReturnValue:
    """The form for where somebody lives."""
    person, report, day = opened(person_id)
    return _housing_page(person, report, HousingForm(data={"since": day}))


@pages.post("/people/<uuid:person_id>/housing/new")
@allow(STAFF)
def add_housing_sent(person_id: uuid.UUID) -> ResponseReturnValue:
    """Record it."""
    form = HousingForm(request.form)
    person, report, _ = opened(person_id)

    def work(session: Session) -> str:
        service.record(
            session,
            current_actor(),
            person_id,
            stage=HousingStage(form.stage.data),
            since=form.since.data or date.max,
            sure=form.sure.data == "yes",
            note=form.note.data or "",
            report_id=report.id if report is not None else None,
            now=now(),
        )
        return after(session, person, "housing")

    if form.validate() and (address := attempt(form, work)):
        say("Where they live is recorded.")
        return redirect(address)
    return _housing_page(person, report, form), 422


@pages.post("/housing/<uuid:spell_id>/verify")
@allow(STAFF)
def verify_housing(spell_id: uuid.UUID) -> ResponseReturnValue:
    """Somebody has made sure of it."""

    def work(session: Session) -> None:
        service.verify(session, current_actor(), spell_id, now=now())

    refusal = act(work)
    say(refusal or "Marked: you made sure of it.")
    with transaction() as session:
        person, _ = service.open_to_judge(session, current_actor(), spell_id, now=now())
        return redirect(after(session, person, "housing"))


@pages.get("/housing/<uuid:spell_id>/dispute")
@allow(STAFF)
def dispute_housing(spell_id: uuid.UUID) -> ResponseReturnValue:
    """The form that says why it is not so."""
    return _dispute_page(spell_id, DisputeForm())


@pages.post("/housing/<uuid:spell_id>/dispute")
@allow(STAFF)
def dispute_housing_sent(spell_id: uuid.UUID) -> ResponseReturnValue:
    """It is not so."""
    form = DisputeForm(request.form)

    def work(session: Session) -> str:
        spell = service.dispute(
            session, current_actor(), spell_id, note=form.note.data or "", now=now()
        )
        return after(session, session.get_one(Person, spell.person_id), "housing")

    if form.validate() and (address := attempt(form, work)):
        say("Marked as disputed. It counts no longer.")
        return redirect(address)
    return _dispute_page(spell_id, form), 422


def opened(person_id: uuid.UUID) -> tuple[Person, SelfReport | None, date]:
    """The person of a form, for whoever may record; the news that it is made from, if the address
    names one of theirs; and its day, else today.
    """
    at = now()
    with transaction() as session:
        person = verification.open_to_record(
            session, current_actor(), person_id, now=at, what="record progress"
        )
        report_id = _report_id()
        report = session.get(SelfReport, report_id) if report_id is not None else None
        if report is not None and report.person_id != person.id:
            report = None
        day = today_at(session, person.hub_id, at if report is None else report.said_at)
    return person, report, day


def after(session: Session, person: Person, anchor: str) -> str:
    """Where to go on: the page of progress, or the person's page for whoever may not read that."""
    if RecordPart.PROGRESS in parts_for(session, current_actor(), person, now=now()):
        return url_for("pages.progress", person_id=person.id, _anchor=anchor)
    return url_for("pages.person", person_id=person.id, _anchor="told")


def _report_id() -> uuid.UUID | None:
    try:
        return uuid.UUID(request.args.get("report", ""))
    except ValueError:
        return None


def _housing_page(person: Person, report: SelfReport | None, form: HousingForm) -> str:
    return render_template("progress/housing_add.html", person=person, report=report, form=form)


def _dispute_page(spell_id: uuid.UUID, form: DisputeForm) -> str:
    with transaction() as session:
        person, spell = service.open_to_judge(session, current_actor(), spell_id, now=now())
    what = words.HOUSING_STAGES[spell.stage]
    return render_template("progress/progress_dispute.html", person=person, what=what, form=form)
