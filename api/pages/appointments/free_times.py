"""Free times: add and withdraw them. Workers see their own, coordinators and supervisors those of
their hubs.
"""

import uuid

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms import BooleanField, SelectField, StringField
from wtforms.validators import InputRequired, NumberRange

from api.access import allow, current_actor, staff
from api.database import now, transaction
from api.pages.appointments.appointments import WhenForm
from api.pages.blueprint import pages
from api.pages.forms import WholeNumberField, Words, choices, stripped
from api.pages.frame import say
from api.pages.submit import act, attempt
from engage.agencies.hub_settings import zone
from engage.agencies.model import Hub
from engage.agencies.service import hubs_of
from engage.appointments.free_times import service
from engage.appointments.free_times.rules import FREE_KINDS
from engage.appointments.model import AppointmentType
from engage.core.errors import Invalid
from engage.labels.appointments import TYPES
from engage.labels.formats import moment
from engage.queries.appointments import free_times as queries

KEEP = staff(*service.WORKER_ROLES)
WEEKS = f"Enter a number of weeks from 1 to {service.MOST_WEEKS}"


class FreeTimeForm(WhenForm):
    """A free time, once or weekly."""

    BUTTON = "Add"
    FIRST = ("worker",)

    worker = SelectField("Worker", validate_choice=False)
    type = SelectField(
        "Type", choices=choices({kind: name for kind, name in TYPES.items() if kind in FREE_KINDS})
    )
    place_alias = StringField(
        "Everyday name of the place",
        [Words(60)],
        filters=[stripped],
        description="The name shown in texts, such as the centre on Bridge St",
        render_kw={"class": "govuk-input--width-20"},
    )
    place = StringField(
        "Address, for staff",
        [Words(120)],
        filters=[stripped],
        description="Never in a text",
        render_kw={"class": "govuk-!-width-two-thirds"},
    )
    weeks = WholeNumberField(
        "For how many weeks?",
        [InputRequired(WEEKS), NumberRange(1, service.MOST_WEEKS, WEEKS)],
        description="At the same time each week, up to 8 weeks. Enter 1 for a single time.",
        render_kw={"class": "govuk-input--width-2"},
    )
    despite_closed = BooleanField(
        "Include days when the hub is closed",
        description="Otherwise bank holidays and other closed days are skipped.",
    )


@pages.get("/free-times")
@allow(KEEP)
def free_times() -> ResponseReturnValue:
    """The free times to come, and the form that adds some."""
    return _page(FreeTimeForm(data={"minutes": 30, "weeks": 1}))


@pages.post("/free-times")
@allow(KEEP)
def add_free_times() -> ResponseReturnValue:
    """Put them in, once; weeks that could not be are named."""
    form, at, actor = FreeTimeForm(request.form), now(), current_actor()

    def work(session: Session) -> str:
        hub_id, worker_id = _whose(session, form)
        where = zone(session.get_one(Hub, hub_id))
        new = service.NewTimes(
            worker_id=worker_id,
            type=AppointmentType(form.type.data),
            starts_at=form.starts_at(where),
            minutes=form.minutes.data or 0,
            place=form.place.data or form.place_alias.data or "",
            place_alias=form.place_alias.data or "",
            weeks=form.weeks.data or 0,
            despite_closed=bool(form.despite_closed.data),
        )
        added = service.add(session, actor, hub_id, new, now=at)
        left_out = [f"{moment(time, where)}: {reason}." for time, reason in added.refused]
        count = len(added.times)
        say(" ".join([f"{count} free time{'s' if count > 1 else ''} added.", *left_out]))
        return url_for("pages.free_times")

    if form.validate() and (address := attempt(form, work)):
        return redirect(address)
    return _page(form), 422


@pages.post("/free-times/<uuid:free_time_id>/withdraw")
@allow(KEEP)
def withdraw_free_time(free_time_id: uuid.UUID) -> ResponseReturnValue:
    """Take one back."""
    refusal = act(lambda session: _withdraw(session, free_time_id))
    say(refusal or "The free time is withdrawn.")
    return redirect(url_for("pages.free_times"))


def _withdraw(session: Session, free_time_id: uuid.UUID) -> None:
    service.withdraw(session, current_actor(), free_time_id, now=now())


def _whose(session: Session, form: FreeTimeForm) -> tuple[uuid.UUID, uuid.UUID]:
    """The hub and the worker that were chosen among those offered. Raises Invalid."""
    offered = _workers(session)
    if form.worker.data not in offered:
        raise Invalid(fields={"worker": "Choose a worker"})
    hub_id, _, worker_id = str(form.worker.data).partition("_")
    return uuid.UUID(hub_id), uuid.UUID(worker_id)


def _workers(session: Session) -> dict[str, str]:
    """The workers for whom the actor may add times, by hub and worker."""
    actor = current_actor()
    hubs = hubs_of(session, actor.hubs(*service.WORKER_ROLES))
    return {
        f"{hub.id}_{one.id}": f"{one.name} ({hub.name})" if len(hubs) > 1 else one.name
        for hub in hubs
        for one in service.workers_of(session, actor, hub.id)
    }


def _page(form: FreeTimeForm) -> str:
    actor, at = current_actor(), now()
    with transaction() as session:
        times = queries.upcoming(session, actor, now=at)
        offered = _workers(session)
    form.worker.choices = choices(offered)
    if not form.worker.data:
        own = [key for key in offered if key.endswith(f"_{actor.id}")]
        form.worker.data = own[0] if own else None
    return render_template("appointments/free_times.html", times=times, form=form)
