"""A person's check-ins: how often they are asked how things are, and when."""

import uuid

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms import RadioField, SelectField
from wtforms.validators import InputRequired

from api.access import STAFF, allow, current_actor
from api.database import now, transaction
from api.pages.blueprint import pages
from api.pages.form_page import BackLink, form_page
from api.pages.forms import Group, PageForm, choices
from api.pages.frame import say
from api.pages.submit import attempt
from engage.labels.formats import WEEKDAYS
from engage.progress.check_ins import service
from engage.progress.check_ins.rules import INTERVALS_IN_WEEKS, Schedule
from engage.queries.people import person as queries

OFF = "off"
_EVERY = {
    OFF: "Not at all",
    "1": "Every week",
    **{str(n): f"Every {n} weeks" for n in INTERVALS_IN_WEEKS[1:]},
}


class CheckInForm(PageForm):
    """How often, on which day and at which hour."""

    TITLE = "Check-ins"
    GROUPS = (Group(("weekday", "hour")),)

    CALLED = {"every_weeks": "every"}

    every = RadioField(
        "How often", [InputRequired("Say how often, or not at all")], choices=choices(_EVERY)
    )
    weekday = SelectField(
        "Day",
        choices=choices({str(place): name for place, name in enumerate(WEEKDAYS)}),
        default="1",
    )
    hour = SelectField(
        "Hour", choices=choices({str(hour): f"{hour:02}:00" for hour in range(24)}), default="10"
    )


@pages.get("/people/<uuid:person_id>/check-ins")
@allow(STAFF)
def check_ins(person_id: uuid.UUID) -> ResponseReturnValue:
    """The form for a person's check-ins."""
    return _page(person_id)


@pages.post("/people/<uuid:person_id>/check-ins")
@allow(STAFF)
def set_check_ins(person_id: uuid.UUID) -> ResponseReturnValue:
    """Set them, or switch them off."""
    form = CheckInForm(request.form)

    def work(session: Session) -> str:
        service.set_plan(session, current_actor(), person_id, _wanted(form), now=now())
        return url_for("pages.person", person_id=person_id, _anchor="check-ins")

    if form.validate() and (address := attempt(form, work)):
        say("Check-ins are off." if form.every.data == OFF else "Check-ins are set.")
        return redirect(address)
    return _page(person_id, form), 422


def _wanted(form: CheckInForm) -> Schedule | None:
    if form.every.data == OFF:
        return None
    return Schedule(int(form.every.data), int(form.weekday.data), int(form.hour.data))


def _page(person_id: uuid.UUID, form: CheckInForm | None = None) -> str:
    with transaction() as session:
        page = queries.load_number(session, current_actor(), person_id, now=now())
        plan = service.read_plan(session, current_actor(), person_id, now=now())
    if form is None and plan is not None:
        form = CheckInForm(
            every=str(plan.every_weeks) if plan.on else OFF,
            weekday=str(plan.weekday),
            hour=str(plan.hour),
        )
    hub, first = page.contactability.hub, page.person.first_name
    return form_page(
        form or CheckInForm(),
        back=BackLink(url_for("pages.person", person_id=person_id), page.person.name),
        name=page.person.name,
        lead=(
            "A short text asks how things are: 1 good, 2 OK, 3 not great, 4 need help. "
            f"It stays open for {hub.check_in_hours} hours, with one nudge in the last "
            f"{hub.check_in_nudge_hours}. After a 3 or a 4 you are told the same day, and {first} "
            "is asked whether a call would help.\n"
            f"No answer is not a breach. No check-in is sent while texts to {first} are off."
        ),
    )
