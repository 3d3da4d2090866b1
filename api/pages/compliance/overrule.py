"""A supervisor's decision about an absence."""

import uuid

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms import RadioField, TextAreaField
from wtforms.validators import InputRequired

from api.access import STAFF, allow, current_actor
from api.database import now, transaction
from api.pages.blueprint import pages
from api.pages.form_page import BackLink, form_page
from api.pages.forms import PageForm, Words, choices, joined
from api.pages.frame import say
from api.pages.submit import attempt
from engage.access.policy import Ability, open_person
from engage.appointments.kinds import OutcomeCode
from engage.compliance import outcomes
from engage.labels.appointments import OUTCOMES
from engage.labels.formats import moment
from engage.queries.people import person as queries

_CODES = {
    code: f"{OUTCOMES[code]} ({code.value})"
    for code in OutcomeCode
    if code in outcomes.ABSENCES and code is not OutcomeCode.FAILED_TO_ATTEND
}


RULE = "Your decision replaces it, and only a supervisor can change it. The earlier record is kept."


class OverruleForm(PageForm):
    """Another decision about an absence."""

    TITLE = "Decide the absence as a supervisor"
    BUTTON = "Decide"

    code = RadioField("What was it?", [InputRequired("Choose an outcome")], choices=choices(_CODES))
    reason = TextAreaField(
        "Why?", [Words(outcomes.LONGEST_REASON, missing="Say why", lines=True)], filters=[joined]
    )


@pages.get("/appointments/<uuid:appointment_id>/overrule")
@allow(STAFF)
def overrule(appointment_id: uuid.UUID) -> ResponseReturnValue:
    """The form to decide an absence otherwise than the worker did."""
    return _overrule_page(appointment_id, OverruleForm())


@pages.post("/appointments/<uuid:appointment_id>/overrule")
@allow(STAFF)
def overrule_sent(appointment_id: uuid.UUID) -> ResponseReturnValue:
    """Decide it; the worker's decision stays to be read."""
    form = OverruleForm(request.form)

    def work(session: Session) -> str:
        outcomes.overrule(
            session,
            current_actor(),
            appointment_id,
            code=OutcomeCode(form.code.data),
            reason=form.reason.data or "",
            now=now(),
        )
        return url_for("pages.appointment", appointment_id=appointment_id)

    if form.validate() and (address := attempt(form, work)):
        say("The absence is decided.")
        return redirect(address)
    return _overrule_page(appointment_id, form), 422


def _overrule_page(appointment_id: uuid.UUID, form: OverruleForm) -> str:
    with transaction() as session:
        page = queries.appointment(session, current_actor(), appointment_id, now=now())
        open_person(
            session,
            current_actor(),
            page.person.id,
            now=now(),
            what="overrule.page",
            ability=Ability.OVERRULE,
            change=True,
        )
    one, lead = page.appointment, RULE
    if one.recorded is not None:
        old = one.recorded
        lead = (
            f"Recorded: {OUTCOMES[old.code]} ({old.code}), {old.by}, {moment(old.at, one.zone)}. "
            f"{old.note}\n{RULE}"
        )
    return form_page(
        form,
        back=BackLink(url_for("pages.appointment", appointment_id=one.id), "Appointment"),
        name=one.person_name,
        about=moment(one.starts_at, one.zone),
        lead=lead,
    )
