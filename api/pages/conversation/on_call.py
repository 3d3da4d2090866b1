"""The on-call rota of a hub, and where notices reach each member of staff."""

import uuid
from datetime import datetime

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms import BooleanField, SelectField, TelField

from api.access import STAFF, allow, current_actor, staff
from api.database import now, transaction
from api.pages.blueprint import pages
from api.pages.form_page import BackLink, form_page
from api.pages.forms import DateField, PageForm, TimeField, Words, choices, stripped
from api.pages.frame import say
from api.pages.submit import act, attempt
from engage import texts
from engage.agencies.hub_settings import zone
from engage.agencies.model import Hub, Role, Staff
from engage.conversation.safety import rota
from engage.conversation.safety.rota import MANAGERS, NewTurn
from engage.texts import TextKind

KEEP = staff(*MANAGERS)
ADMINISTER = staff(Role.ADMINISTRATOR)


class TurnForm(PageForm):
    """Who is on call from when to when, and at which level."""

    BUTTON = "Add"
    CALLED = {"ends_at": "ends_on"}

    hub = SelectField("Hub", validate_choice=False)
    staff = SelectField(
        "Who",
        validate_choice=False,
        description="An offender manager is told about their own people only.",
    )
    level = SelectField(
        "Level",
        choices=choices({str(level): str(level) for level in rota.LEVELS}),
        description="1 is told first.",
    )
    starts_on = DateField("From which day?")
    starts_time = TimeField("From what time?", description="For example 5pm")
    ends_on = DateField("Until which day?")
    ends_time = TimeField("Until what time?", description="For example 9am")


class NoticesForm(PageForm):
    """The mobile for notices, and the wish for them."""

    TITLE = "Notices by text"
    LEAD = (
        f"When an item needs you, Engage can send “{texts.render(TextKind.NOTICE, 'en')}” The text "
        "contains no name and nothing else. Replies to it are not treated as yours."
    )

    mobile = TelField(
        "Mobile number",
        [Words(40)],
        filters=[stripped],
        description="A UK mobile number. Leave it empty for no notices.",
        render_kw={"class": "govuk-input--width-20", "autocomplete": "tel"},
    )
    wants = BooleanField("Send a text to this number when an item needs attention")


@pages.get("/on-call")
@allow(KEEP)
def on_call() -> ResponseReturnValue:
    """Who is on call now and next, and the form that adds a turn."""
    return _page(TurnForm(level="1"))


@pages.post("/on-call")
@allow(KEEP)
def add_turn() -> ResponseReturnValue:
    """Add a turn."""
    form, at = TurnForm(request.form), now()

    def work(session: Session) -> str:
        turn = rota.add(session, current_actor(), _turn(session, form), now=at)
        session.refresh(turn, ["staff"])
        say(f"Added. {_warning(turn.staff)}".strip())
        return url_for("pages.on_call")

    if form.validate() and (address := attempt(form, work)):
        return redirect(address)
    return _page(form), 422


@pages.post("/on-call/<uuid:turn_id>/remove")
@allow(KEEP)
def remove_turn(turn_id: uuid.UUID) -> ResponseReturnValue:
    """Take a turn off."""
    say(
        act(lambda session: rota.remove(session, current_actor(), turn_id, now=now())) or "Removed."
    )
    return redirect(url_for("pages.on_call"))


@pages.get("/notices")
@allow(STAFF)
def notices() -> ResponseReturnValue:
    """The form for one's own mobile."""
    return _notices_page(_own_id(), None)


@pages.post("/notices")
@allow(STAFF)
def change_notices() -> ResponseReturnValue:
    """Change one's own mobile and wish."""
    return _change(_own_id(), url_for("pages.notices"))


@pages.get("/staff/<uuid:staff_id>/notices")
@allow(ADMINISTER)
def staff_notices(staff_id: uuid.UUID) -> ResponseReturnValue:
    """The form for a colleague's mobile."""
    return _notices_page(staff_id, None)


@pages.post("/staff/<uuid:staff_id>/notices")
@allow(ADMINISTER)
def change_staff_notices(staff_id: uuid.UUID) -> ResponseReturnValue:
    """Change a colleague's mobile and wish."""
    return _change(staff_id, url_for("pages.on_call"))


def _own_id() -> uuid.UUID:
    actor = current_actor()
    return actor.id if actor.id is not None else uuid.UUID(int=0)


def _change(staff_id: uuid.UUID, address: str) -> ResponseReturnValue:
    form, at = NoticesForm(request.form), now()

    def work(session: Session) -> str:
        rota.change_mobile(
            session,
            current_actor(),
            staff_id,
            form.mobile.data or "",
            wants=bool(form.wants.data),
            now=at,
        )
        return address

    if form.validate() and attempt(form, work):
        say("Saved.")
        return redirect(address)
    return _notices_page(staff_id, form), 422


def _notices_page(staff_id: uuid.UUID, form: NoticesForm | None) -> str:
    with transaction() as session:
        found = rota.staff_for_notices(session, current_actor(), staff_id)
        own = found.id == current_actor().id
        shown = form or NoticesForm(
            data={"mobile": _shown(found.mobile), "wants": found.wants_notices}
        )
    if own:
        return form_page(shown)
    shown.mobile.render_kw = {"class": "govuk-input--width-20", "autocomplete": "off"}
    return form_page(shown, back=BackLink(url_for("pages.on_call"), "On call"), name=found.name)


def _shown(number: str | None) -> str:
    return f"0{number.removeprefix('+44')}" if number else ""


def _turn(session: Session, form: TurnForm) -> NewTurn:
    hub = next(
        (
            one
            for one in rota.managed_hubs(session, current_actor())
            if str(one.id) == form.hub.data
        ),
        None,
    )
    return NewTurn(
        hub_id=hub.id if hub is not None else uuid.UUID(int=0),
        staff_id=_id(form.staff.data),
        starts_at=_moment(form.starts_on, form.starts_time, hub),
        ends_at=_moment(form.ends_on, form.ends_time, hub),
        level=int(form.level.data),
    )


def _moment(day: DateField, clock: TimeField, hub: Hub | None) -> datetime:
    where = zone(hub) if hub is not None else now().tzinfo
    assert day.data is not None and clock.data is not None  # noqa: S101 — both fields are validated
    return datetime.combine(day.data, clock.data, tzinfo=where)


def _id(given: str | None) -> uuid.UUID:
    try:
        return uuid.UUID(given or "")
    except ValueError:
        return uuid.UUID(int=0)


def _warning(found: Staff) -> str:
    if found.mobile is None:
        return (
            f"{found.name} has no mobile number recorded, so Engage cannot notify them. "
            "Add it under Notices."
        )
    if found.wants_notices:
        return ""
    return f"{found.name} has turned notices off, so Engage cannot notify them."


def _page(form: TurnForm) -> str:
    actor, at = current_actor(), now()
    with transaction() as session:
        hubs = rota.managed_hubs(session, actor)
        ids = [hub.id for hub in hubs]
        who = rota.eligible(session, ids)
        form.hub.choices = choices({str(hub.id): hub.name for hub in hubs})
        form.staff.choices = choices({str(one.id): one.name for one in who})
        return render_template(
            "conversation/on_call.html",
            form=form,
            hubs=hubs,
            zones={hub.id: zone(hub) for hub in hubs},
            covered={turn.hub_id for turn in rota.on_call(session, ids, at)},
            turns=rota.upcoming_turns(session, ids, at),
            warnings={one.id: _warning(one) for one in who},
            administers=actor.has(Role.ADMINISTRATOR),
            who=who,
            now=at,
        )
