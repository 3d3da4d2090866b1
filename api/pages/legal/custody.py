"""A person's time in prison: into it, sentenced or moved, the plan for the day of release, and out
of it.
"""

import uuid
from typing import Any

from flask import redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms import RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired

from api.access import STAFF, allow, current_actor
from api.database import now, transaction
from api.pages.blueprint import pages
from api.pages.forms import (
    DateField,
    OnceForm,
    OptionalDateField,
    PageForm,
    WholeNumberField,
    Words,
    choices,
    joined,
    stripped,
)
from api.pages.frame import say
from api.pages.legal.forms import legal_form, legal_page
from api.pages.submit import attempt
from engage.labels.legal import CUSTODY_KINDS
from engage.legal import custody
from engage.legal.kinds import CustodyKind
from engage.queries.legal import legal as queries

NOT_KNOWN = "As expected now. Leave it empty if not known"
NO_SENTENCE = "Leave it empty on remand or if not known"


class ChangeCustodyForm(PageForm):
    """What may be changed of a time in prison."""

    TITLE = "Change the time in prison"
    CALLED = {"sentence_days": "sentence"}

    kind = RadioField("Reason for custody", choices=choices(CUSTODY_KINDS))
    prison = StringField("Which prison?", [Words(custody.LONGEST_PRISON)], filters=[stripped])
    sentence = WholeNumberField("Length of the sentence, in days", description=NO_SENTENCE)
    release_on = OptionalDateField("Day of release", description=NOT_KNOWN)


class CustodyForm(OnceForm):
    """A new time in prison."""

    TITLE = "Record time in prison"
    LEAD = (
        "Waiting texts are cancelled. Appointments stay: cancel those they cannot attend."
        " You can book a visit in prison, but no texts are sent about it."
    )
    CALLED = {"sentence_days": "sentence"}

    kind = RadioField(
        "Reason for custody",
        [InputRequired("Choose the reason for custody")],
        choices=choices(CUSTODY_KINDS),
    )
    since = DateField("Since when?")
    prison = StringField("Which prison?", [Words(custody.LONGEST_PRISON)], filters=[stripped])
    sentence = WholeNumberField("Length of the sentence, in days", description=NO_SENTENCE)
    release_on = OptionalDateField("Day of release", description=NOT_KNOWN)


class ReleaseForm(PageForm):
    """The day on which they left prison."""

    TITLE = "Record the release"
    LEAD = "Texts may be sent from now on."
    BUTTON = "Record the release"

    on = DateField("On which day did they leave?")


class ReleasePlanForm(PageForm):
    """What is arranged for the day of release."""

    TITLE = "Release plan"

    home = StringField(
        "Home",
        [Words(custody.LONGEST_LINE, missing="Say where they will live")],
        filters=[stripped],
        description="Where they will live",
    )
    travel = StringField(
        "Travel",
        [Words(custody.LONGEST_LINE)],
        filters=[stripped],
        description="How they get there, and who meets them",
    )
    health = StringField(
        "Health",
        [Words(custody.LONGEST_LINE)],
        filters=[stripped],
        description="Continuing prescriptions and treatment",
    )
    note = TextAreaField(
        "Anything else", [Words(custody.LONGEST_NOTE, lines=True)], filters=[joined]
    )


@pages.get("/people/<uuid:person_id>/custody/new")
@allow(STAFF)
def new_custody(person_id: uuid.UUID) -> ResponseReturnValue:
    """The form to record time in prison."""
    return _new_page(person_id, CustodyForm())


@pages.post("/people/<uuid:person_id>/custody/new")
@allow(STAFF)
def take_into_custody(person_id: uuid.UUID) -> ResponseReturnValue:
    """Record it, once; texts stop with it."""
    form = CustodyForm(request.form)

    def work(session: Session) -> str:
        spell = custody.start(
            session, current_actor(), person_id, since=form.since.given, **_values(form), now=now()
        )
        return legal_page(spell.person_id)

    if form.validate() and (address := attempt(form, work)):
        say("Recorded. No texts are sent while they are in prison.")
        return redirect(address)
    return _new_page(person_id, form), 422


@pages.get("/custody/<uuid:spell_id>/change")
@allow(STAFF)
def change_custody(spell_id: uuid.UUID) -> ResponseReturnValue:
    """The form for another day of release, a sentence, another prison."""
    return _change_page(spell_id)


@pages.post("/custody/<uuid:spell_id>/change")
@allow(STAFF)
def change_custody_sent(spell_id: uuid.UUID) -> ResponseReturnValue:
    """Keep what was changed."""
    form = ChangeCustodyForm(request.form)

    def work(session: Session) -> str:
        spell = custody.change(session, current_actor(), spell_id, **_values(form), now=now())
        return legal_page(spell.person_id)

    if form.validate() and (address := attempt(form, work)):
        say("The change is saved.")
        return redirect(address)
    return _change_page(spell_id, form), 422


@pages.get("/custody/<uuid:spell_id>/release")
@allow(STAFF)
def release(spell_id: uuid.UUID) -> ResponseReturnValue:
    """The form that says that they have left prison."""
    return _release_page(spell_id, ReleaseForm())


@pages.post("/custody/<uuid:spell_id>/release")
@allow(STAFF)
def release_sent(spell_id: uuid.UUID) -> ResponseReturnValue:
    """Record it; texts may go from now on."""
    form = ReleaseForm(request.form)

    def work(session: Session) -> str:
        spell = custody.release(session, current_actor(), spell_id, on=form.on.given, now=now())
        return legal_page(spell.person_id)

    if form.validate() and (address := attempt(form, work)):
        say("Recorded. If they are on licence, record the licence next.")
        return redirect(address)
    return _release_page(spell_id, form), 422


@pages.get("/custody/<uuid:spell_id>/plan")
@allow(STAFF)
def release_plan(spell_id: uuid.UUID) -> ResponseReturnValue:
    """The form for what is arranged for the day of release."""
    return _plan_page(spell_id)


@pages.post("/custody/<uuid:spell_id>/plan")
@allow(STAFF)
def make_release_plan(spell_id: uuid.UUID) -> ResponseReturnValue:
    """Keep it."""
    form = ReleasePlanForm(request.form)
    with transaction() as session:
        desk, _ = queries.load_custody_form(session, current_actor(), spell_id, now=now())
    if not desk.may_health:
        del form.health

    def work(session: Session) -> str:
        custody.make_plan(
            session,
            current_actor(),
            spell_id,
            home=form.home.data or "",
            travel=form.travel.data or "",
            health=(form["health"].data or "") if "health" in form else None,
            note=form.note.data or "",
            now=now(),
        )
        return legal_page(desk.person.id)

    if form.validate() and (address := attempt(form, work)):
        say("The release plan is saved.")
        return redirect(address)
    return _plan_page(spell_id, form), 422


def _values(form: CustodyForm | ChangeCustodyForm) -> dict[str, Any]:
    return {
        "kind": CustodyKind(form.kind.data),
        "prison": form.prison.data or "",
        "sentence_days": form.sentence.data,
        "release_on": form.release_on.data,
    }


def _new_page(person_id: uuid.UUID, form: CustodyForm) -> str:
    with transaction() as session:
        desk = queries.load_form(session, current_actor(), person_id, now=now())
    return legal_form(form, desk.person)


def _change_page(spell_id: uuid.UUID, form: ChangeCustodyForm | None = None) -> str:
    with transaction() as session:
        desk, spell = queries.load_custody_form(session, current_actor(), spell_id, now=now())
    if form is None:
        given = {
            "kind": spell.kind.value,
            "prison": spell.prison,
            "sentence": spell.sentence_days,
            "release_on": spell.release_on,
        }
        form = ChangeCustodyForm(data=given)
    return legal_form(form, desk.person)


def _release_page(spell_id: uuid.UUID, form: ReleaseForm) -> str:
    with transaction() as session:
        desk, _ = queries.load_custody_form(session, current_actor(), spell_id, now=now())
    return legal_form(form, desk.person)


def _plan_page(spell_id: uuid.UUID, form: ReleasePlanForm | None = None) -> str:
    with transaction() as session:
        desk, spell = queries.load_custody_form(session, current_actor(), spell_id, now=now())
    if form is None:
        form = ReleasePlanForm(obj=spell.plan)
        if not desk.may_health:
            del form.health
    return legal_form(form, desk.person, lead=f"Due {desk.release_days} days before the release.")
