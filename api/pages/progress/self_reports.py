"""Self-reports: a worker adds, verifies or disputes them."""

import uuid
from datetime import datetime, time
from zoneinfo import ZoneInfo

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms import RadioField, SelectField, TextAreaField
from wtforms.validators import InputRequired

from api.access import STAFF, allow, current_actor
from api.database import now, transaction
from api.pages.blueprint import pages
from api.pages.form_page import BackLink, form_page
from api.pages.forms import DateField, OnceForm, PageForm, Words, choices, joined
from api.pages.frame import say
from api.pages.submit import act, attempt
from engage.access.policy import Ability, abilities, open_person
from engage.agencies.hub_settings import zone
from engage.agencies.model import Hub
from engage.core.local_time import local_day
from engage.labels.progress import REPORT_FACTS, REPORT_KINDS
from engage.people.model import Person
from engage.progress import rules, service
from engage.progress.housing import service as housing
from engage.progress.kinds import ReportFact, ReportKind


class ReportForm(OnceForm):
    """A self-report that a person gave a worker."""

    TITLE = "Add a self-report"
    LEAD = (
        "It is kept as self-reported. It has no consequences for them and no text is "
        "sent. If they have lost their home or job, or report a lapse, their offender "
        "manager is asked to help."
    )
    BUTTON = "Add"

    CALLED = {"said_at": "date"}

    kind = RadioField("Topic", [InputRequired("Choose a topic")])
    fact = SelectField(
        "What happened",
        choices=choices({"": "None of these", **REPORT_FACTS}),
        description="If it is one of these",
    )
    date = DateField("When did they tell you?")
    note = TextAreaField(
        "What they told you",
        [Words(service.LONGEST_NOTE, lines=True)],
        filters=[joined],
        description="In their words where you can",
    )


class DisputeForm(PageForm):
    """Why it is disputed."""

    TITLE = "Dispute this"
    LEAD = (
        "Their report stays as they gave it, marked as disputed. It has no consequences for them."
    )
    BUTTON = "Mark as disputed"

    note = TextAreaField(
        "What did you find?",
        [Words(service.LONGEST_NOTE, missing="Say what you found", lines=True)],
        filters=[joined],
    )


@pages.get("/people/<uuid:person_id>/reports/new")
@allow(STAFF)
def add_report(person_id: uuid.UUID) -> ResponseReturnValue:
    """The form for a self-report."""
    with transaction() as session:
        found, hub_zone = _to_record(session, person_id)
    return _add_page(found, ReportForm(data={"date": local_day(now(), hub_zone)}))


@pages.post("/people/<uuid:person_id>/reports/new")
@allow(STAFF)
def add_report_sent(person_id: uuid.UUID) -> ResponseReturnValue:
    """Keep it as the person's own word."""
    form, at = ReportForm(request.form), now()
    with transaction() as session:
        found, hub_zone = _to_record(session, person_id)
    form.kind.choices = _kinds(found)

    def work(session: Session) -> str:
        service.add(
            session,
            current_actor(),
            person_id,
            kind=ReportKind(form.kind.data),
            fact=ReportFact(form.fact.data) if form.fact.data else None,
            note=form.note.data or "",
            said_at=_said_at(form, at, hub_zone),
            now=at,
        )
        return url_for("pages.person", person_id=person_id, _anchor="told")

    if form.validate() and (address := attempt(form, work)):
        say("The self-report is saved.")
        return redirect(address)
    return _add_page(found, form), 422


@pages.post("/reports/<uuid:report_id>/verify")
@allow(STAFF)
def verify_report(report_id: uuid.UUID) -> ResponseReturnValue:
    """Mark it as verified. A report about a home leads on to the housing form, unless already
    recorded.
    """
    at = now()
    refusal = act(lambda session: _verify(session, report_id, at))
    say(refusal or "Marked as verified.")
    with transaction() as session:
        person, report = service.open_to_judge(session, current_actor(), report_id, now=at)
        to_place = report.fact is ReportFact.GOT_HOME and not housing.is_recorded_from(
            session, report.id
        )
    if to_place and refusal is None:
        return redirect(url_for("pages.add_housing", person_id=person.id, report=report_id))
    return redirect(url_for("pages.person", person_id=person.id, _anchor="told"))


@pages.get("/reports/<uuid:report_id>/dispute")
@allow(STAFF)
def dispute_report(report_id: uuid.UUID) -> ResponseReturnValue:
    """The form to dispute it."""
    return _dispute_page(report_id, DisputeForm())


@pages.post("/reports/<uuid:report_id>/dispute")
@allow(STAFF)
def dispute_report_sent(report_id: uuid.UUID) -> ResponseReturnValue:
    """Dispute it."""
    form, at = DisputeForm(request.form), now()

    def work(session: Session) -> str:
        report = service.dispute(
            session, current_actor(), report_id, note=form.note.data or "", now=at
        )
        return url_for("pages.person", person_id=report.person_id, _anchor="told")

    if form.validate() and (address := attempt(form, work)):
        say("Marked as disputed.")
        return redirect(address)
    return _dispute_page(report_id, form), 422


def _verify(session: Session, report_id: uuid.UUID, at: datetime) -> None:
    service.verify(session, current_actor(), report_id, now=at)


def _to_record(session: Session, person_id: uuid.UUID) -> tuple[Person, ZoneInfo]:
    found = open_person(
        session,
        current_actor(),
        person_id,
        now=now(),
        what="report.page",
        ability=Ability.RECORD,
        change=True,
    )
    return found, zone(session.get_one(Hub, found.hub_id))


def _said_at(form: ReportForm, at: datetime, hub_zone: ZoneInfo) -> datetime:
    """The day that was given: today at this moment, another day at noon."""
    day = form.date.data
    if day is None or day == local_day(at, hub_zone):
        return at
    return datetime.combine(day, time(12), tzinfo=hub_zone)


def _kinds(found: Person) -> dict[str, str]:
    health = Ability.HEALTH in abilities(current_actor(), found)
    shown = {
        kind: name for kind, name in REPORT_KINDS.items() if health or kind not in rules.HEALTH
    }
    named: dict[str, str] = choices(shown)
    return named


def _add_page(found: Person, form: ReportForm) -> str:
    form.kind.choices = _kinds(found)
    return _form_page(form, found)


def _dispute_page(report_id: uuid.UUID, form: DisputeForm) -> str:
    with transaction() as session:
        person, report = service.open_to_judge(session, current_actor(), report_id, now=now())
    fact = f", {REPORT_FACTS[report.fact]}" if report.fact is not None else ""
    return _form_page(form, person, about=f"{REPORT_KINDS[report.kind]}{fact}")


def _form_page(form: PageForm, person: Person, about: str = "") -> str:
    address = url_for("pages.person", person_id=person.id, _anchor="told")
    return form_page(form, back=BackLink(address, person.name), name=person.name, about=about)
