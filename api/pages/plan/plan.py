"""A person's plan: needs and their changes, actions, and standing approvals."""

import uuid

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms import RadioField, SelectField, TextAreaField
from wtforms.validators import InputRequired

from api.access import STAFF, allow, current_actor
from api.database import now, transaction
from api.pages import record_nav
from api.pages.blueprint import pages
from api.pages.form_page import BackLink, form_page
from api.pages.forms import PageForm, Words, choices, joined
from api.pages.frame import say
from api.pages.submit import act, attempt
from engage.access.policy import Ability
from engage.core.errors import Forbidden
from engage.labels import plan as plan_words
from engage.people.model import Person
from engage.plan import approvals, needs
from engage.plan.kinds import ActionClass, Pathway
from engage.plan.open_record import LONGEST_NOTE
from engage.queries.cohort import milestones
from engage.queries.plan import plan as queries

ANY = ""
_STANDING = {
    one: name for one, name in plan_words.ACTION_CLASSES.items() if one is not ActionClass.DISRUPT
}
_SCORES = {str(score): name for score, name in plan_words.NEED_SCORES.items()}


class NeedForm(PageForm):
    """How great a need is now."""

    TITLE = "Score a need"
    LEAD = (
        "Earlier scores are kept to show how a need has changed. A score decides nothing by itself."
    )
    BUTTON = "Save the score"

    pathway = RadioField("Which need?", [InputRequired("Choose which need")])
    score = RadioField("Score", [InputRequired("Choose a score")], choices=choices(_SCORES))
    note = TextAreaField("Why", [Words(LONGEST_NOTE, lines=True)], filters=[joined])


class ApprovalForm(PageForm):
    """A standing approval."""

    TITLE = "Give standing approval"
    LEAD = (
        "From now on every proposed action of this type is live at once and its text is "
        "sent. Actions already waiting still need your approval. It lasts until you "
        "withdraw it or the offender manager changes. Disrupt actions are always approved"
        " one by one."
    )
    BUTTON = "Give approval"

    action_class = RadioField(
        "Type of action",
        [InputRequired("Choose a type of action")],
        choices=choices(_STANDING),
    )
    agency = SelectField("Agency")


@pages.get("/people/<uuid:person_id>/plan")
@allow(STAFF)
def plan(person_id: uuid.UUID) -> ResponseReturnValue:
    """The whole plan."""
    with transaction() as session:
        page = queries.load(session, current_actor(), person_id, now=now())
        reached = milestones.of_person(session, current_actor(), page.person)
        ways = record_nav.ways(session, current_actor(), page.person, now=now())
    return render_template("plan/plan.html", page=page, reached=reached, ways=ways)


@pages.get("/people/<uuid:person_id>/plan/needs")
@allow(STAFF)
def score_need(person_id: uuid.UUID) -> ResponseReturnValue:
    """The form that says how great a need is."""
    return _need_page(person_id, NeedForm(data={"pathway": request.args.get("pathway")}))


@pages.post("/people/<uuid:person_id>/plan/needs")
@allow(STAFF)
def score_need_sent(person_id: uuid.UUID) -> ResponseReturnValue:
    """Keep the score beside the earlier ones."""
    form = NeedForm(request.form)
    _offer_pathways(form, _choices(person_id, Ability.MANAGE))

    def work(session: Session) -> str:
        needs.score(
            session,
            current_actor(),
            person_id,
            pathway=Pathway(form.pathway.data),
            score=int(form.score.data),
            note=form.note.data or "",
            now=now(),
        )
        return url_for("pages.plan", person_id=person_id, _anchor="needs")

    if form.validate() and (address := attempt(form, work)):
        say("The score is saved.")
        return redirect(address)
    return _need_page(person_id, form), 422


@pages.get("/people/<uuid:person_id>/plan/approvals")
@allow(STAFF)
def give_approval(person_id: uuid.UUID) -> ResponseReturnValue:
    """The form by which the offender manager gives a standing approval."""
    return _approval_page(person_id, ApprovalForm())


@pages.post("/people/<uuid:person_id>/plan/approvals")
@allow(STAFF)
def give_approval_sent(person_id: uuid.UUID) -> ResponseReturnValue:
    """Give a standing approval."""
    form = ApprovalForm(request.form)
    _offer_agencies(form, _choices(person_id, Ability.MANAGE))

    def work(session: Session) -> str:
        approvals.give(
            session,
            current_actor(),
            person_id,
            action_class=ActionClass(form.action_class.data),
            agency_id=uuid.UUID(form.agency.data) if form.agency.data != ANY else None,
            now=now(),
        )
        return url_for("pages.plan", person_id=person_id, _anchor="approvals")

    if form.validate() and (address := attempt(form, work)):
        say("The standing approval is given.")
        return redirect(address)
    return _approval_page(person_id, form), 422


@pages.post("/people/<uuid:person_id>/plan/approvals/<uuid:approval_id>/end")
@allow(STAFF)
def end_approval(person_id: uuid.UUID, approval_id: uuid.UUID) -> ResponseReturnValue:
    """What comes waits for the offender manager again."""
    refusal = act(lambda session: _end_approval(session, approval_id))
    say(refusal or "The standing approval has ended.")
    return redirect(url_for("pages.plan", person_id=person_id, _anchor="approvals"))


def _end_approval(session: Session, approval_id: uuid.UUID) -> None:
    approvals.end(session, current_actor(), approval_id, now=now())


def _choices(person_id: uuid.UUID, ability: Ability) -> queries.Choices:
    with transaction() as session:
        return queries.load_choices(session, current_actor(), person_id, now=now(), ability=ability)


def _offer_pathways(form: NeedForm, found: queries.Choices) -> None:
    form.pathway.choices = choices({one: plan_words.PATHWAYS[one] for one in found.pathways})


def _offer_agencies(form: ApprovalForm, found: queries.Choices) -> None:
    named = {str(agency.id): agency.name for agency in found.agencies}
    form.agency.choices = choices({ANY: "Any agency", **named})


def _need_page(person_id: uuid.UUID, form: NeedForm) -> str:
    found = _choices(person_id, Ability.MANAGE)
    _offer_pathways(form, found)
    return _form_page(form, found.person, "needs")


def _approval_page(person_id: uuid.UUID, form: ApprovalForm) -> str:
    found = _choices(person_id, Ability.MANAGE)
    if not found.manager:
        raise Forbidden("Only the person’s own offender manager may approve this.")
    _offer_agencies(form, found)
    return _form_page(form, found.person, "approvals")


def _form_page(form: PageForm, person: Person, anchor: str) -> str:
    address = url_for("pages.plan", person_id=person.id, _anchor=anchor)
    back = BackLink(address, f"Plan of {person.name}")
    return form_page(form, back=back, name=person.name)
