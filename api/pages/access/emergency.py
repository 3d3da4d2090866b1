"""The page for emergency access to a record."""

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms import StringField, TextAreaField

from api.access import allow, current_actor, staff
from api.database import now, transaction
from api.pages.blueprint import pages
from api.pages.form_page import BackLink, form_page
from api.pages.forms import PageForm, Words, joined, stripped
from api.pages.frame import say
from api.pages.submit import attempt
from engage.access import emergency as emergency_access
from engage.access.emergency import LONGEST, OPENERS
from engage.agencies.hub_settings import hub_rules
from engage.agencies.service import hubs_of

OPEN = staff(*OPENERS)


class EmergencyForm(PageForm):
    """The CRN of the record, and why it cannot wait."""

    TITLE = "Open a record in an emergency"
    BUTTON = "Open the record"
    WARNS = True

    crn = StringField(
        "CRN",
        [Words(7, missing="Enter the CRN")],
        filters=[stripped],
        description="For example X123456",
        render_kw={"class": "govuk-input--width-10", "autocomplete": "off"},
    )
    reason = TextAreaField(
        "What is at risk, and why it cannot wait",
        [Words(LONGEST, missing="Say what is at risk", lines=True)],
        filters=[joined],
    )


@pages.get("/emergency")
@allow(OPEN)
def emergency() -> ResponseReturnValue:
    """The form."""
    return _page(EmergencyForm())


@pages.post("/emergency")
@allow(OPEN)
def open_in_emergency() -> ResponseReturnValue:
    """Open the record and go to it."""
    form = EmergencyForm(request.form)

    def work(session: Session) -> str:
        crn = (form.crn.data or "").upper()
        made = emergency_access.open_record(
            session, current_actor(), crn, reason=form.reason.data or "", now=now()
        )
        return url_for("pages.person", person_id=made.person_id)

    if form.validate() and (address := attempt(form, work)):
        say("The record is open to you. Its offender manager has been told.")
        return redirect(address)
    return _page(form), 422


def _page(form: EmergencyForm) -> str:
    with transaction() as session:
        hours = {
            hub_rules(hub).break_glass_hours
            for hub in hubs_of(session, current_actor().hubs(*OPENERS))
        }
    shown = " or ".join(str(one) for one in sorted(hours))
    return form_page(
        form,
        back=BackLink(url_for("pages.caseload"), "Caseload"),
        warning=(
            "The offender manager is told at once that you opened it. Your reason is kept with the "
            "record."
        ),
        lead=(
            "Use this only if someone could come to harm and you cannot reach anyone who may see "
            f"the record. You can read the case and the texts for {shown} hours. You cannot see "
            "health records or change anything."
        ),
    )
