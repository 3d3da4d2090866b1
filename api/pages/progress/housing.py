"""Where a person lives: recorded, verified, disputed."""

import uuid
from datetime import date

from flask import redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms import RadioField, StringField
from wtforms.validators import InputRequired

from api.access import STAFF, allow, current_actor
from api.database import now, transaction
from api.pages.blueprint import pages
from api.pages.forms import DateField, OnceForm, Words, choices, stripped
from api.pages.frame import say
from api.pages.progress.recording import DisputeForm, after, opened, recording_page, sure_field
from api.pages.submit import act, attempt
from engage.labels.progress import HOUSING_STAGES
from engage.people.model import Person
from engage.progress.housing import service
from engage.progress.housing.kinds import HousingStage


class HousingForm(OnceForm):
    """Where a person lives from a day on."""

    TITLE = "Where they live"
    BUTTON = "Record"

    stage = RadioField(
        "Where do they live?",
        [InputRequired("Choose where they live")],
        choices=choices(HOUSING_STAGES),
    )
    since = DateField("Since when?")
    sure = sure_field("A self-report is kept, and counts as a stable home once it is verified.")
    note = StringField(
        "Note",
        [Words(service.LONGEST_NOTE)],
        filters=[stripped],
        description="Optional. Do not give an address",
    )


@pages.get("/people/<uuid:person_id>/housing/new")
@allow(STAFF)
def add_housing(person_id: uuid.UUID) -> ResponseReturnValue:
    """The form for where a person lives."""
    person, report, day = opened(person_id)
    return recording_page(HousingForm(data={"since": day}), person, report)


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
    return recording_page(form, person, report), 422


@pages.post("/housing/<uuid:spell_id>/verify")
@allow(STAFF)
def verify_housing(spell_id: uuid.UUID) -> ResponseReturnValue:
    """Mark it as verified."""

    def work(session: Session) -> None:
        service.verify(session, current_actor(), spell_id, now=now())

    refusal = act(work)
    say(refusal or "Marked as verified.")
    with transaction() as session:
        person, _ = service.open_to_judge(session, current_actor(), spell_id, now=now())
        return redirect(after(session, person, "housing"))


@pages.get("/housing/<uuid:spell_id>/dispute")
@allow(STAFF)
def dispute_housing(spell_id: uuid.UUID) -> ResponseReturnValue:
    """The form to dispute it."""
    return _dispute_page(spell_id, DisputeForm())


@pages.post("/housing/<uuid:spell_id>/dispute")
@allow(STAFF)
def dispute_housing_sent(spell_id: uuid.UUID) -> ResponseReturnValue:
    """Dispute it."""
    form = DisputeForm(request.form)

    def work(session: Session) -> str:
        spell = service.dispute(
            session, current_actor(), spell_id, note=form.note.data or "", now=now()
        )
        return after(session, session.get_one(Person, spell.person_id), "housing")

    if form.validate() and (address := attempt(form, work)):
        say("Marked as disputed. It no longer counts.")
        return redirect(address)
    return _dispute_page(spell_id, form), 422


def _dispute_page(spell_id: uuid.UUID, form: DisputeForm) -> str:
    with transaction() as session:
        person, spell = service.open_to_judge(session, current_actor(), spell_id, now=now())
    return recording_page(form, person, about=HOUSING_STAGES[spell.stage])
