"""A hub's help lines: the local numbers that safety texts name once the hub has checked them."""

import uuid

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms import SelectField, StringField

from api.access import allow, current_actor, staff
from api.database import now, transaction
from api.pages.blueprint import pages
from api.pages.forms import OptionalDateField, PageForm, Words, choices, stripped
from api.pages.frame import say
from api.pages.submit import act, attempt
from engage.access import hub_settings as use
from engage.agencies import help_lines
from engage.agencies.help_line_kinds import HelpLine

SEE = staff(*use.READERS)
CHANGE = staff(*use.EDITORS)


class HelpLineForm(PageForm):
    """The number of one line, and when somebody rang it."""

    BUTTON = "Save the number"

    line = SelectField("Line", choices=choices({line.value: line.label for line in HelpLine}))
    number = StringField(
        "Number",
        [Words(20, missing="Enter the number")],
        filters=[stripped],
        description="At most 12 digits",
        render_kw={"class": "govuk-input--width-10", "autocomplete": "off"},
    )
    checked_on = OptionalDateField(
        "Checked on",
        description="The day somebody of the hub rang it. Texts do not name the number before.",
    )


@pages.get("/hubs/<uuid:hub_id>/help-lines")
@allow(SEE)
def hub_help_lines(hub_id: uuid.UUID) -> ResponseReturnValue:
    """The help lines of a hub."""
    return _page(hub_id)


@pages.post("/hubs/<uuid:hub_id>/help-lines")
@allow(CHANGE)
def record_help_line(hub_id: uuid.UUID) -> ResponseReturnValue:
    """Record the number of a line, and when it was checked."""
    form = HelpLineForm(request.form)

    def work(session: Session) -> str:
        help_lines.record(
            session,
            use.to_change(session, current_actor(), hub_id),
            HelpLine(form.line.data),
            form.number.data or "",
            checked_on=form.checked_on.data,
            actor=current_actor().label,
            now=now(),
        )
        return url_for("pages.hub_help_lines", hub_id=hub_id)

    if form.validate() and (address := attempt(form, work)):
        say("The number is saved.")
        return redirect(address)
    return _page(hub_id, form), 422


@pages.post("/hubs/<uuid:hub_id>/help-lines/<line>/remove")
@allow(CHANGE)
def remove_help_line(hub_id: uuid.UUID, line: str) -> ResponseReturnValue:
    """Remove the number of a line."""

    def work(session: Session) -> None:
        hub = use.to_change(session, current_actor(), hub_id)
        if line in set(HelpLine):
            help_lines.remove(session, hub, HelpLine(line), actor=current_actor().label, now=now())

    say(act(work) or "The number is removed. Texts name the national one.")
    return redirect(url_for("pages.hub_help_lines", hub_id=hub_id))


def _page(hub_id: uuid.UUID, form: HelpLineForm | None = None) -> str:
    with transaction() as session:
        hub = use.to_read(session, current_actor(), hub_id)
        return render_template(
            "agencies/help_lines.html",
            hub=hub,
            lines=list(HelpLine),
            recorded=help_lines.lines_of(session, hub.id),
            may_change=use.may_change(current_actor(), hub),
            form=form or HelpLineForm(),
        )
