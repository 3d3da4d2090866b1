"""Arrests, charges and convictions of a person, and the intelligence flag."""

import uuid

from flask import redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms import BooleanField, RadioField, StringField
from wtforms.validators import InputRequired

from api.access import STAFF, allow, current_actor
from api.database import now, transaction
from api.pages.blueprint import pages
from api.pages.forms import DateField, OnceForm, PageForm, Words, choices, stripped
from api.pages.frame import say
from api.pages.legal.forms import legal_form, legal_page
from api.pages.submit import attempt
from engage.labels.legal import OFFENCE_KINDS
from engage.legal import intelligence, offences
from engage.legal.kinds import OffenceKind
from engage.queries.legal import legal as queries


class OffenceForm(OnceForm):
    """An arrest, a charge or a conviction."""

    TITLE = "Record an arrest, a charge or a conviction"

    kind = RadioField("Stage", [InputRequired("Choose one")], choices=choices(OFFENCE_KINDS))
    happened_on = DateField("On which day?")
    what = StringField(
        "Offence",
        [Words(offences.LONGEST_WHAT, missing="Enter the offence, such as theft from a shop")],
        filters=[stripped],
        description=(
            "The type of offence only. Do not name anyone: Engage holds no data about victims"
        ),
    )
    acquisitive = BooleanField("Acquisitive offence: theft, burglary, robbery")


class FlagForm(PageForm):
    """A day: since when there is intelligence, or since when it is no longer current."""

    LEAD = (
        "A flag and a date only, never the content. Only police and the offender manager "
        "can see it."
    )

    on = DateField("Since which day?")


@pages.get("/people/<uuid:person_id>/offences/new")
@allow(STAFF)
def new_offence(person_id: uuid.UUID) -> ResponseReturnValue:
    """The form for an arrest, a charge or a conviction."""
    return _new_page(person_id, OffenceForm())


@pages.post("/people/<uuid:person_id>/offences/new")
@allow(STAFF)
def record_offence(person_id: uuid.UUID) -> ResponseReturnValue:
    """Record it, once."""
    form = OffenceForm(request.form)

    def work(session: Session) -> str:
        offences.record(
            session,
            current_actor(),
            person_id,
            kind=OffenceKind(form.kind.data),
            happened_on=form.happened_on.given,
            what=form.what.data or "",
            acquisitive=bool(form.acquisitive.data),
            now=now(),
        )
        return legal_page(person_id)

    if form.validate() and (address := attempt(form, work)):
        say(f"{OFFENCE_KINDS[OffenceKind(form.kind.data)]} recorded.")
        return redirect(address)
    return _new_page(person_id, form), 422


@pages.post("/offences/<uuid:offence_id>/withdraw")
@allow(STAFF)
def withdraw_offence(offence_id: uuid.UUID) -> ResponseReturnValue:
    """Withdraw a wrong record. It stays, and no longer counts."""
    with transaction() as session:
        offence = offences.withdraw(session, current_actor(), offence_id, now=now())
    say("It is withdrawn and no longer counts.")
    return redirect(legal_page(offence.person_id))


@pages.get("/people/<uuid:person_id>/flag")
@allow(STAFF)
def flag(person_id: uuid.UUID) -> ResponseReturnValue:
    """The form that sets the intelligence flag, or ends it."""
    return _flag_page(person_id, FlagForm())


@pages.post("/people/<uuid:person_id>/flag")
@allow(STAFF)
def change_flag(person_id: uuid.UUID) -> ResponseReturnValue:
    """Set it, or end it: whichever the page offered."""
    form, ends = FlagForm(request.form), "end" in request.form

    def work(session: Session) -> str:
        change = intelligence.end if ends else intelligence.flag
        change(session, current_actor(), person_id, on=form.on.given, now=now())
        return legal_page(person_id)

    if form.validate() and (address := attempt(form, work)):
        say("The flag is ended." if ends else "The flag is set.")
        return redirect(address)
    return _flag_page(person_id, form), 422


def _new_page(person_id: uuid.UUID, form: OffenceForm) -> str:
    with transaction() as session:
        desk = queries.load_form(session, current_actor(), person_id, now=now())
    return legal_form(form, desk.person)


def _flag_page(person_id: uuid.UUID, form: FlagForm) -> str:
    with transaction() as session:
        desk, stands = queries.load_flag_form(session, current_actor(), person_id, now=now())
    return legal_form(
        form,
        desk.person,
        title="End the intelligence flag" if stands else "Set the intelligence flag",
        button="End the flag" if stands else "Set the flag",
        button_name="end" if stands else "set",
    )
