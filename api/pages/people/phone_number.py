"""A person's phone number: change it, and say whether it is theirs and safe."""

import uuid
from collections.abc import Callable

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms import BooleanField, RadioField, StringField, TelField
from wtforms.validators import InputRequired, ValidationError

from api.access import STAFF, allow, current_actor
from api.database import now, transaction
from api.pages.blueprint import pages
from api.pages.form_page import BackLink, form_page
from api.pages.forms import PageForm, Words, choices, stripped
from api.pages.frame import say
from api.pages.submit import act, attempt
from engage.labels.formats import phone
from engage.labels.people import NUMBERS
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

    TITLE = "Change number"
    LEAD = "Texts waiting for the old number are cancelled, and it gets no more texts."

    given = TelField(
        "Mobile number",
        [Words(40, missing="Enter a mobile number")],
        filters=[stripped],
        description="For example 07700 900101",
        render_kw={"class": "govuk-input--width-20", "autocomplete": "off"},
    )
    how = RadioField(
        "How do you know it is theirs?",
        [InputRequired("Say how you know, or choose to ask by text")],
        choices=choices({**HOW, "ask": "I do not know yet: ask by text whose phone it is"}),
    )

    def validate_given(self, field: StringField) -> None:
        """Require a UK mobile number. Others cannot be texted."""
        try:
            parse_mobile(field.data or "")
        except NumberProblem as problem:
            raise ValidationError(problem.words) from None


class VerifyForm(PageForm):
    """How the worker knows that the number belongs to the person."""

    TITLE = "Verify the number"

    how = RadioField(
        "How do you know?",
        [InputRequired("Say how you know it is theirs")],
        choices=choices(HOW),
    )


class SuspendForm(PageForm):
    """Why a number must not be texted for now."""

    TITLE = "Suspend the number"
    LEAD = "No texts are sent until the number is verified again. Waiting texts are cancelled."
    BUTTON = "Suspend"
    WARNS = True

    why = StringField(
        "Why must this number not be texted?",
        [Words(200, missing="Say why this number must not be texted")],
        filters=[stripped],
    )


class SharedForm(PageForm):
    """A worker has looked at a shared number."""

    TITLE = "Confirm a shared number"

    sure = BooleanField(
        "I have spoken with them: they know that others read this phone,"
        " and texts are safe for them"
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


@pages.get("/people/<uuid:person_id>/phone-number/<any(change, verify, suspend, shared):what>")
@allow(STAFF)
def phone_number(person_id: uuid.UUID, what: str) -> ResponseReturnValue:
    """The form for one thing to say of a number."""
    return _page(person_id, FORMS[what]())


@pages.post("/people/<uuid:person_id>/phone-number/<any(change, verify, suspend, shared):what>")
@allow(STAFF)
def change_number(person_id: uuid.UUID, what: str) -> ResponseReturnValue:
    """Say it."""
    form = FORMS[what](request.form)
    if form.validate() and (address := attempt(form, _work(person_id, form))):
        say("The number is up to date.")
        return redirect(address)
    return _page(person_id, form), 422


@pages.post("/people/<uuid:person_id>/phone-number/safe")
@allow(STAFF)
def confirm_safe(person_id: uuid.UUID) -> ResponseReturnValue:
    """Texts to the number are safe for them, as of today."""
    refusal = act(lambda session: _confirm_safe(session, person_id))
    say(refusal or "Recorded: texts to this number are safe for them.")
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


def _page(person_id: uuid.UUID, form: PageForm) -> str:
    with transaction() as session:
        page = queries.load_number(session, current_actor(), person_id, now=now())
    person, point, lead = page.person, page.contactability.point, form.LEAD
    if isinstance(form, VerifyForm):
        lead = f"Texts with details may be sent for the next {page.safe_days} days."
    elif isinstance(form, SharedForm) and page.sharers:
        names = ", ".join(one.name or "a person you cannot see" for one in page.sharers)
        lead = f"The same number is on {names}. Anyone with the phone may read the texts."
    if point is not None:
        shown = phone(page.contactability.number) if page.contactability.number else point.given
        lead = f"Current number: {shown} ({NUMBERS[point.state].lower()})\n{lead}"
    back = BackLink(url_for("pages.person", person_id=person_id), person.name)
    return form_page(form, back=back, name=person.name, lead=lead)
