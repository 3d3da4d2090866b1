"""A person's phone number: change it, and say whether it is theirs and safe."""

import uuid
from collections.abc import Callable

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms import BooleanField, RadioField, StringField
from wtforms.validators import InputRequired, ValidationError

from api.access import STAFF, allow, current_actor
from api.database import now, transaction
from api.pages.blueprint import pages
from api.pages.forms import PageForm, Words, choices, stripped
from api.pages.frame import say
from api.pages.submit import act, attempt
from engage.people import phones
from engage.queries.people import person as queries
from messaging.numbers import NumberProblem, parse_mobile

HOW = {
    "asked face to face": "I asked them face to face",
    "rang the number and spoke to them": "I rang the number and spoke to them",
    "written in a form that they signed": "It is in a form that they signed",
}


class NumberForm(PageForm):
    """Another number, and how it is known to be theirs."""

    given = StringField(
        "Mobile number", [Words(40, missing="Enter a mobile number")], filters=[stripped]
    )
    how = RadioField(
        "How do you know that it is theirs?",
        [InputRequired("Say how you know, or choose to ask by text")],
        choices=choices({**HOW, "ask": "I do not know yet: ask by text whose phone it is"}),
    )

    def validate_given(self, field: StringField) -> None:
        """It must be a UK mobile number: what cannot be texted is no use as somebody's new number."""
        try:
            parse_mobile(field.data or "")
        except NumberProblem as problem:
            raise ValidationError(problem.words) from None


class VerifyForm(PageForm):
    """How a number is known to be somebody's."""

    how = RadioField(
        "How do you know?",
        [InputRequired("Say how you know that it is theirs")],
        choices=choices(HOW),
    )


class SuspendForm(PageForm):
    """Why a number must not be texted for now."""

    why = StringField(
        "Why must this number not be texted?",
        [Words(200, missing="Say why this number must not be texted")],
        filters=[stripped],
    )


class SharedForm(PageForm):
    """A worker has looked at a shared number."""

    sure = BooleanField(
        "I have spoken with them: they know that others read this phone, and texts are safe for them"
    )

    def validate_sure(self, field: BooleanField) -> None:
        """It must be ticked."""
        if not field.data:
            raise ValidationError("Tick the box when you have spoken with them, or go back")


FORMS: dict[str, type[PageForm]] = {
    "change": NumberForm,
    "verify": VerifyForm,
    "suspend": SuspendForm,
    "shared": SharedForm,
}


@pages.get("/people/<uuid:person_id>/number/<any(change, verify, suspend, shared):what>")
@allow(STAFF)
def number_form(person_id: uuid.UUID, what: str) -> ResponseReturnValue:
    """The form for one thing to say of a number."""
    return _page(person_id, what, FORMS[what]())


@pages.post("/people/<uuid:person_id>/number/<any(change, verify, suspend, shared):what>")
@allow(STAFF)
def change_number(person_id: uuid.UUID, what: str) -> ResponseReturnValue:
    """Say it."""
    form = FORMS[what](request.form)
    if form.validate() and (address := attempt(form, _work(person_id, form))):
        say("The number is up to date.")
        return redirect(address)
    return _page(person_id, what, form), 422


@pages.post("/people/<uuid:person_id>/number/safe")
@allow(STAFF)
def confirm_safe(person_id: uuid.UUID) -> ResponseReturnValue:
    """Texts to the number are safe for them, as of today."""
    refusal = act(lambda session: _confirm_safe(session, person_id))
    say(refusal or "Noted: texts to this number are safe for them.")
    return redirect(url_for("pages.person", person_id=person_id))


def _confirm_safe(session: Session, person_id: uuid.UUID) -> None:
    phones.confirm_safe(session, current_actor(), person_id, now=now())


def _work(person_id: uuid.UUID, form: PageForm) -> Callable[[Session], str]:
    def work(session: Session) -> str:
        actor, at = current_actor(), now()
        if isinstance(form, NumberForm):
            how = None if form.how.data == "ask" else form.how.data
            phones.set_number(
                session, actor, person_id, form.given.data or "", verified_how=how, now=at
            )
        elif isinstance(form, VerifyForm):
            phones.verify_number(session, actor, person_id, how=form.how.data, now=at)
        elif isinstance(form, SuspendForm):
            phones.suspend_number(session, actor, person_id, why=form.why.data or "", now=at)
        else:
            phones.agree_shared(session, actor, person_id, now=at)
        return url_for("pages.person", person_id=person_id)

    return work


def _page(person_id: uuid.UUID, what: str, form: PageForm) -> str:
    with transaction() as session:
        page = queries.load_number(session, current_actor(), person_id, now=now())
    return render_template("people/number.html", page=page, what=what, form=form)
