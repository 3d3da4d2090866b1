"""Two records of one person: compared, merged, and separated again."""

import uuid

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms import StringField, TextAreaField

from api.access import allow, current_actor, staff
from api.database import now, transaction
from api.pages.blueprint import pages
from api.pages.forms import PageForm, Words, joined, stripped
from api.pages.frame import say
from api.pages.submit import act, attempt
from engage.agencies.model import Role
from engage.core.errors import Invalid
from engage.records.merging import service as merging
from engage.records.merging.both_records import open_for_merge, open_pair
from engage.records.merging.service import LONGEST_REASON

MERGE = staff(Role.COORDINATOR, Role.SUPERVISOR)


class MergeForm(PageForm):
    """The other record of the same person, and how the worker knows."""

    crn = StringField(
        "CRN of the other record",
        [Words(7, missing="Enter the CRN")],
        filters=[stripped],
        description="For example X123456",
        render_kw={"class": "govuk-input--width-10", "autocomplete": "off"},
    )
    reason = TextAreaField(
        "How you know this is the same person",
        [Words(LONGEST_REASON, lines=True)],
        filters=[joined],
    )


@pages.get("/people/<uuid:person_id>/merge")
@allow(MERGE)
def merge(person_id: uuid.UUID) -> ResponseReturnValue:
    """Ask for the other record. With its CRN, show both side by side."""
    form = MergeForm(request.args)
    if not request.args:
        return _merge_page(person_id, MergeForm())
    if form.crn.validate(form):
        return _merge_page(person_id, form)
    return _merge_page(person_id, form), 422


@pages.post("/people/<uuid:person_id>/merge")
@allow(MERGE)
def merge_records(person_id: uuid.UUID) -> ResponseReturnValue:
    """Merge the two records."""
    form = MergeForm(request.form)

    def work(session: Session) -> str:
        merging.merge(
            session,
            current_actor(),
            person_id,
            form.crn.data or "",
            reason=form.reason.data or "",
            now=now(),
        )
        return _address(person_id)

    if form.validate() and (address := attempt(form, work)):
        say("The two records are merged.")
        return redirect(address)
    return _merge_page(person_id, form), 422


@pages.post("/people/<uuid:person_id>/merges/<uuid:merge_id>/undo")
@allow(MERGE)
def undo_merge(person_id: uuid.UUID, merge_id: uuid.UUID) -> ResponseReturnValue:
    """Undo a merge."""

    def work(session: Session) -> None:
        merging.undo(session, current_actor(), merge_id, now=now())

    say(act(work) or "The two records are separate again.")
    return redirect(_address(person_id))


def _merge_page(person_id: uuid.UUID, form: MergeForm) -> str:
    with transaction() as session:
        found = None
        if form.crn.data and not form.crn.errors:
            try:
                found = open_pair(session, current_actor(), person_id, form.crn.data, now=now())
            except Invalid as refusal:
                form.refuse(refusal.fields)
        person = open_for_merge(session, current_actor(), person_id, now=now())
        return render_template("access/merge.html", person=person, pair=found, form=form)


def _address(person_id: uuid.UUID) -> str:
    return url_for("pages.record_access", person_id=person_id)
