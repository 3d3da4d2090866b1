"""Actions of plans: proposed, agreed to, done, withdrawn; and what one agency is to do for
everybody.
"""

import uuid
from collections.abc import Callable
from datetime import date

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms import BooleanField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired

from api.access import STAFF, allow, current_actor
from api.database import now, transaction
from api.pages.blueprint import pages
from api.pages.form_page import BackLink, form_page
from api.pages.forms import DateField, OnceForm, PageForm, Words, choices, joined, stripped
from api.pages.frame import say
from api.pages.list_places import place_or_404
from api.pages.submit import act, attempt
from engage.core.errors import Forbidden, Invalid
from engage.core.local_time import local_day
from engage.core.paging import DayCursor
from engage.labels import plan
from engage.plan import actions as service
from engage.plan.actions import NewAction
from engage.plan.kinds import ActionClass, ActionState, Pathway
from engage.plan.open_record import LONGEST_NOTE
from engage.queries.plan import actions as queries
from engage.queries.plan import plan as plans

LIVE_NOW = "The action is live."
ADDED = "Add an action"
LIVE_AT_ONCE = "You are the offender manager: it is live at once and its text is sent."
WAITS = "The action is proposed and waits for the offender manager."


class ActionForm(OnceForm):
    """What, by whom and by when."""

    TITLE = BUTTON = "Propose an action"
    LEAD = "Nothing is done and no text is sent until the offender manager approves."
    CALLED = {"due_on": "date"}

    what = TextAreaField(
        "Action",
        [Words(service.LONGEST_WHAT, missing="Enter the action", lines=True)],
        filters=[joined],
        description="One thing",
        render_kw={"rows": 2},
    )
    pathway = RadioField(
        "Which need is it about?", [InputRequired("Choose which need it is about")]
    )
    action_class = RadioField(
        "Type of action",
        [InputRequired("Choose the type of action")],
        choices=choices(plan.ACTION_CLASSES),
        description=(
            "Support helps. Intervene uses powers under the order or the law. Disrupt "
            "prevents offending and is never texted"
        ),
    )
    agency = SelectField("Responsible agency")
    responsible = StringField(
        "Responsible person",
        [Words(service.LONGEST_RESPONSIBLE, missing="Enter the responsible person")],
        filters=[stripped],
        description="One named person at that agency",
        render_kw={"class": "govuk-input--width-20"},
    )
    date = DateField("Due date")
    exit_plan = BooleanField("It is part of the exit plan")
    text = TextAreaField(
        "Text to the person",
        [Words(service.LONGEST_TEXT, lines=True)],
        filters=[joined],
        description=(
            "If the person should be told. It must be safe for a stranger to read: no "
            "agency, no court, no test. Leave it empty for no text"
        ),
        render_kw={"rows": 2},
    )


class DoneForm(PageForm):
    """When it was done."""

    TITLE = "Action done"
    BUTTON = "Mark as done"
    CALLED = {"done_on": "date"}

    date = DateField("When was it done?")
    note = TextAreaField("Note", [Words(LONGEST_NOTE, lines=True)], filters=[joined])


class WithdrawForm(PageForm):
    """Why it is not done after all."""

    TITLE = "Withdraw the action"
    LEAD = (
        "It stays on the plan as withdrawn, with the reason. Its text is cancelled if it "
        "has not been sent."
    )
    BUTTON = "Withdraw"
    WARNS = True

    reason = TextAreaField(
        "Why?", [Words(LONGEST_NOTE, missing="Say why", lines=True)], filters=[joined]
    )


class ChangeForm(PageForm):
    """Somebody else, or another day."""

    TITLE = "Change the responsible person or due date"
    LEAD = "The agreed action itself cannot be changed. Withdraw it and propose another instead."
    BUTTON = "Change"
    CALLED = {"due_on": "date"}

    responsible = StringField(
        "Responsible person",
        [Words(service.LONGEST_RESPONSIBLE, missing="Enter the responsible person")],
        filters=[stripped],
        render_kw={"class": "govuk-input--width-20"},
    )
    date = DateField("Due date")


@pages.get("/actions")
@allow(STAFF)
def actions() -> ResponseReturnValue:
    """What the reader's own agency is to do, soonest first."""
    mine = request.args.get("whose") == "mine"
    after = place_or_404(DayCursor.parse, request.args.get("after"))
    with transaction() as session:
        page = queries.agency_actions(session, current_actor(), now=now(), mine=mine, after=after)
    return render_template("plan/actions.html", page=page, mine=mine, continued=after is not None)


@pages.get("/people/<uuid:person_id>/plan/actions/new")
@allow(STAFF)
def propose_action(person_id: uuid.UUID) -> ResponseReturnValue:
    """The form that puts an action into the plan."""
    return _propose_page(person_id, ActionForm())


@pages.post("/people/<uuid:person_id>/plan/actions/new")
@allow(STAFF)
def propose_action_sent(person_id: uuid.UUID) -> ResponseReturnValue:
    """Proposed; live at once where it is agreed to already."""
    form, said = ActionForm(request.form), [WAITS]
    _offer(form, _choices(person_id))

    def work(session: Session) -> str:
        made = service.propose(session, current_actor(), person_id, _wanted(form), now=now())
        if made.state is ActionState.LIVE:
            said[0] = LIVE_NOW
        return url_for("pages.action", action_id=made.id)

    if form.validate() and (address := attempt(form, work)):
        say(said[0])
        return redirect(address)
    return _propose_page(person_id, form), 422


@pages.get("/actions/<uuid:action_id>")
@allow(STAFF)
def action(action_id: uuid.UUID) -> ResponseReturnValue:
    """One action, with all that became of it."""
    with transaction() as session:
        one = queries.action(session, current_actor(), action_id, now=now())
        reads_plan = queries.may_read_plan(session, current_actor(), one.person_id, now=now())
    return render_template("plan/action.html", one=one, reads_plan=reads_plan)


@pages.post("/actions/<uuid:action_id>/approve")
@allow(STAFF)
def approve_action(action_id: uuid.UUID) -> ResponseReturnValue:
    """The offender manager agrees."""
    return _acted(action_id, service.approve, LIVE_NOW)


@pages.post("/actions/<uuid:action_id>/text")
@allow(STAFF)
def text_action(action_id: uuid.UUID) -> ResponseReturnValue:
    """Send its text, if texts may be sent now."""
    return _acted(action_id, service.send_text, "The text is on its way.")


@pages.get("/actions/<uuid:action_id>/done")
@allow(STAFF)
def finish_action(action_id: uuid.UUID) -> ResponseReturnValue:
    """The form that says when it was done."""
    one = _open(action_id, "finish")
    today = local_day(now(), one.zone)
    return _form_page(one, DoneForm(data={"date": today}))


@pages.post("/actions/<uuid:action_id>/done")
@allow(STAFF)
def finish_action_sent(action_id: uuid.UUID) -> ResponseReturnValue:
    """It is done."""
    form = DoneForm(request.form)

    def work(session: Session) -> None:
        service.finish(
            session,
            current_actor(),
            action_id,
            done_on=_day(form.date),
            note=form.note.data or "",
            now=now(),
        )

    return _sent(action_id, form, work, "The action is done.")


@pages.get("/actions/<uuid:action_id>/withdraw")
@allow(STAFF)
def withdraw_action(action_id: uuid.UUID) -> ResponseReturnValue:
    """The form that says why it is not done after all."""
    return _form_page(_open(action_id, "withdraw"), WithdrawForm())


@pages.post("/actions/<uuid:action_id>/withdraw")
@allow(STAFF)
def withdraw_action_sent(action_id: uuid.UUID) -> ResponseReturnValue:
    """It is not done."""
    form = WithdrawForm(request.form)

    def work(session: Session) -> None:
        service.withdraw(
            session, current_actor(), action_id, reason=form.reason.data or "", now=now()
        )

    return _sent(action_id, form, work, "The action is withdrawn.")


@pages.get("/actions/<uuid:action_id>/change")
@allow(STAFF)
def change_action(action_id: uuid.UUID) -> ResponseReturnValue:
    """The form to change the responsible person or the due date."""
    one = _open(action_id, "change")
    form = ChangeForm(data={"responsible": one.responsible, "date": one.due_on})
    return _form_page(one, form)


@pages.post("/actions/<uuid:action_id>/change")
@allow(STAFF)
def change_action_sent(action_id: uuid.UUID) -> ResponseReturnValue:
    """Changed."""
    form = ChangeForm(request.form)

    def work(session: Session) -> None:
        service.change(
            session,
            current_actor(),
            action_id,
            responsible=form.responsible.data or "",
            due_on=_day(form.date),
            now=now(),
        )

    return _sent(action_id, form, work, "The action is changed.")


def _acted(action_id: uuid.UUID, use_case: Callable[..., object], done: str) -> ResponseReturnValue:
    def work(session: Session) -> None:
        use_case(session, current_actor(), action_id, now=now())

    refusal = act(work)
    say(refusal or done)
    return redirect(url_for("pages.action", action_id=action_id))


def _sent(
    action_id: uuid.UUID, form: PageForm, work: Callable[[Session], None], done: str
) -> ResponseReturnValue:
    def and_back(session: Session) -> str:
        work(session)
        return url_for("pages.action", action_id=action_id)

    if form.validate() and (address := attempt(form, and_back)):
        say(done)
        return redirect(address)
    with transaction() as session:
        one = queries.action(session, current_actor(), action_id, now=now())
    return _form_page(one, form), 422


def _form_page(one: queries.ActionView, form: PageForm) -> str:
    if isinstance(form, ChangeForm):
        form.responsible.description = f"A person of {one.agency_name}"
    return form_page(
        form,
        back=BackLink(url_for("pages.action", action_id=one.id), "The action"),
        name=one.person_name,
        about="Health matter" if one.what is None else one.what,
    )


def _open(action_id: uuid.UUID, what: str) -> queries.ActionView:
    """The action of a form, if the actor may still do this to it."""
    with transaction() as session:
        one = queries.action(session, current_actor(), action_id, now=now())
    if not getattr(one.may, what):
        raise Forbidden("Your role does not allow this, or the action has ended.")
    return one


def _wanted(form: ActionForm) -> NewAction:
    return NewAction(
        pathway=Pathway(form.pathway.data),
        action_class=ActionClass(form.action_class.data),
        what=form.what.data or "",
        agency_id=uuid.UUID(form.agency.data),
        responsible=form.responsible.data or "",
        due_on=_day(form.date),
        exit_plan=bool(form.exit_plan.data),
        text=form.text.data or "",
    )


def _day(field: DateField) -> date:
    if field.data is None:
        raise Invalid(fields={"date": "Enter a date"})
    return field.data


def _choices(person_id: uuid.UUID) -> plans.Choices:
    with transaction() as session:
        return plans.load_choices(session, current_actor(), person_id, now=now())


def _offer(form: ActionForm, found: plans.Choices) -> None:
    form.pathway.choices = choices({one: plan.PATHWAYS[one] for one in found.pathways})
    form.agency.choices = choices({str(agency.id): agency.name for agency in found.agencies})


def _propose_page(person_id: uuid.UUID, form: ActionForm) -> str:
    found = _choices(person_id)
    _offer(form, found)
    words = {"title": ADDED, "button": ADDED, "lead": LIVE_AT_ONCE} if found.manager else {}
    back = BackLink(url_for("pages.person", person_id=person_id), found.person.name)
    return form_page(form, back=back, name=found.person.name, **words)
