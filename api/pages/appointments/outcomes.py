"""Outcomes: record what happened at an appointment, and decide about the reason for an absence."""

import uuid

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms import RadioField, TextAreaField
from wtforms.validators import InputRequired

from api.access import STAFF, allow, current_actor
from api.database import now
from api.pages.appointments.appointments import form_about, load
from api.pages.blueprint import pages
from api.pages.forms import PageForm, Words, choices, joined
from api.pages.frame import say
from api.pages.submit import act, attempt
from engage.appointments.model import AbsenceDecision, OutcomeCode
from engage.compliance import outcomes
from engage.core.errors import Invalid
from engage.labels.appointments import OUTCOMES

_TEMPLATE = "appointments/outcome.html"


class OutcomeForm(PageForm):
    """What happened."""

    TITLE = "Record what happened"
    BUTTON = "Record"

    code = RadioField(
        "What happened?",
        [InputRequired("Choose what happened")],
        choices=choices({code: f"{name} ({code})" for code, name in OUTCOMES.items()}),
    )
    note = TextAreaField("Note", [Words(1000, lines=True)], filters=[joined])


@pages.get("/appointments/<uuid:appointment_id>/outcome")
@allow(STAFF)
def outcome(appointment_id: uuid.UUID) -> ResponseReturnValue:
    """The form for what happened."""
    page = load(appointment_id)
    recorded = page.appointment.recorded
    data = {"code": recorded.code.value, "note": recorded.note} if recorded else None
    return form_about(page, OutcomeForm(data=data), template=_TEMPLATE)


@pages.post("/appointments/<uuid:appointment_id>/outcome")
@allow(STAFF)
def record_outcome(appointment_id: uuid.UUID) -> ResponseReturnValue:
    """Record what happened; what was recorded before stays to be read."""
    page, form = load(appointment_id), OutcomeForm(request.form)

    def work(session: Session) -> str:
        outcomes.record_outcome(
            session,
            current_actor(),
            appointment_id,
            code=OutcomeCode(form.code.data),
            note=form.note.data or "",
            now=now(),
        )
        return url_for("pages.appointment", appointment_id=appointment_id)

    if form.validate() and (address := attempt(form, work)):
        say("The outcome is recorded.")
        return redirect(address)
    return form_about(page, form, template=_TEMPLATE), 422


@pages.post("/appointments/<uuid:appointment_id>/absence")
@allow(STAFF)
def decide_absence(appointment_id: uuid.UUID) -> ResponseReturnValue:
    """Accept the reason for an absence, record it as unacceptable, or leave it. Requires the
    right to record outcomes.
    """
    at = now()
    try:
        reason = uuid.UUID(request.form.get("reason", ""))
        decision = AbsenceDecision(request.form.get("decision", ""))
    except ValueError:
        raise Invalid(fields={"decision": "Choose what to do about the reason."}) from None

    def work(session: Session) -> None:
        outcomes.decide_absence(session, current_actor(), appointment_id, reason, decision, now=at)

    say(act(work) or _DECIDED[decision])
    return redirect(url_for("pages.appointment", appointment_id=appointment_id))


_DECIDED = {
    AbsenceDecision.ACCEPTED: "The reason is accepted and the outcome recorded.",
    AbsenceDecision.NOT_ACCEPTED: "The absence is recorded as unacceptable.",
    AbsenceDecision.LEFT: "The reason is left as it is. Nothing is recorded.",
}
