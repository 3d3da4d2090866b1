"""What the forms for housing and activities share: the person, the self-report that they are made
from, and whether a worker has verified it.
"""

import uuid
from datetime import date
from typing import Any

from flask import request, url_for
from sqlalchemy.orm import Session
from wtforms import RadioField, TextAreaField
from wtforms.validators import InputRequired

from api.access import current_actor
from api.database import now, transaction
from api.pages.form_page import BackLink, form_page
from api.pages.forms import PageForm, Words, choices, joined
from engage.access.sharing import RecordPart, parts_for
from engage.agencies.hub_settings import today_at
from engage.labels.formats import day_and_year
from engage.labels.progress import REPORT_FACTS, REPORT_KINDS
from engage.people.model import Person
from engage.progress import verification
from engage.progress.model import SelfReport

_SURE = {
    "yes": "Yes, I have seen proof or asked someone who knows",
    "no": "No, it is self-reported",
}


def sure_field(description: str = "") -> RadioField:
    """Whether the worker has verified what they record."""
    return RadioField(
        "Have you verified this?",
        [InputRequired("Say whether you have verified it")],
        choices=choices(_SURE),
        description=description,
    )


class DisputeForm(PageForm):
    """Why a record is wrong."""

    TITLE = "Dispute this"
    LEAD = "The record stays, marked as disputed, and no longer counts."
    BUTTON = "Mark as disputed"

    note = TextAreaField(
        "What did you find?",
        [Words(verification.LONGEST_NOTE, missing="Say what you found", lines=True)],
        filters=[joined],
    )


def opened(person_id: uuid.UUID) -> tuple[Person, SelfReport | None, date]:
    """The person of a form, the self-report that the address names if it is theirs, and its day,
    otherwise today. Raises NotFound or Forbidden.
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
    """The address to go on to: the progress page, or the person's page if the actor may not read
    that.
    """
    if RecordPart.PROGRESS in parts_for(session, current_actor(), person, now=now()):
        return url_for("pages.progress", person_id=person.id, _anchor=anchor)
    return url_for("pages.person", person_id=person.id, _anchor="told")


def _report_id() -> uuid.UUID | None:
    try:
        return uuid.UUID(request.args.get("report", ""))
    except ValueError:
        return None


def recording_page(
    form: PageForm, person: Person, report: SelfReport | None = None, **words: Any
) -> str:
    """A form about progress as a page. `report` is the self-report that it is made from."""
    back = BackLink(url_for("pages.person", person_id=person.id), person.name)
    inset = _news(person, report) if report is not None else ""
    return form_page(form, back=back, name=person.name, inset=inset, **words)


def _news(person: Person, report: SelfReport) -> str:
    fact = f", {REPORT_FACTS[report.fact]}" if report.fact is not None else ""
    return (
        f"{person.first_name} reported on {day_and_year(report.said_at)}: "
        f"{REPORT_KINDS[report.kind]}{fact}. "
        "If you have verified it, their report is marked as verified too."
    )
