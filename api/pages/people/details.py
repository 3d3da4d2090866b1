"""The form for a person's details."""

import uuid
from typing import Any

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms import BooleanField, RadioField, SelectField, StringField

from api.access import STAFF, allow, current_actor
from api.database import now, transaction
from api.pages.blueprint import pages
from api.pages.form_page import BackLink, form_page
from api.pages.forms import Group, PageForm, Words, choices, stripped
from api.pages.frame import say
from api.pages.submit import attempt
from engage import texts
from engage.access.policy import Ability, open_person
from engage.labels.people import CONTACT, CUSTODY, LANGUAGES, LEGAL
from engage.people import rebooking_permission, service
from engage.people.model import ContactStatus, CustodyStatus, Language, LegalStatus, Person

HOURS = {"": "Use the hub’s hours", **{str(hour): f"{hour:02}:00" for hour in range(25)}}


class DetailsForm(PageForm):
    """What the offender manager may change about a person."""

    GROUPS = (Group(("text_from_hour", "text_until_hour")),)

    preferred_name = StringField(
        "Name used in texts",
        [Words(40)],
        filters=[stripped],
        render_kw={"class": "govuk-input--width-20"},
    )
    language = RadioField(
        "Language of texts",
        choices=choices(LANGUAGES),
        render_kw={"class": "govuk-radios--inline govuk-radios--small"},
    )
    legal_status = RadioField(
        "Legal status",
        choices=choices(LEGAL),
        description="A voluntary person has no order. Not known is not the same as voluntary.",
    )
    custody_status = RadioField(
        "Where they are",
        choices=choices(CUSTODY),
        description="Anything but the community stops texts at once.",
    )
    contact_status = RadioField(
        "Contact by text",
        choices=choices(CONTACT),
        description="Anything but open stops texts at once.",
    )
    approved = BooleanField(
        "Texts to this person are approved",
        description=(
            "No texts are sent without the offender manager’s approval. Withdrawing it "
            "cancels waiting texts."
        ),
    )
    two_hour_reminder = BooleanField("Also send a reminder 2 hours before")
    rebooking = BooleanField(
        "They may choose another time by text",
        description=(
            "When they ask for another time, the worker’s free times are offered and the "
            "one they choose is booked. You are told."
        ),
    )
    legal_hold = BooleanField(
        "Legal hold",
        description=("Otherwise their texts are erased at the end of the hub’s retention period."),
    )
    text_from_hour = SelectField("Not before", choices=choices(HOURS))
    text_until_hour = SelectField("Not after", choices=choices(HOURS))


@pages.get("/people/<uuid:person_id>/details")
@allow(STAFF)
def details(person_id: uuid.UUID) -> ResponseReturnValue:
    """The form for a person's details."""
    with transaction() as session:
        found = _to_manage(session, person_id)
        form = DetailsForm(data=_values(found))
    return _details_page(found, form)


@pages.post("/people/<uuid:person_id>/details")
@allow(STAFF)
def change_details(person_id: uuid.UUID) -> ResponseReturnValue:
    """Change what was changed; what stops texts withdraws those that wait."""
    form, at, actor = DetailsForm(request.form), now(), current_actor()

    def work(session: Session) -> str:
        changed = service.update_person(session, actor, person_id, _changes(form), now=at)
        if bool(form.approved.data) != (changed.texts_approved_at is not None):
            service.approve_texts(
                session, actor, person_id, approved=bool(form.approved.data), now=at
            )
        rebooking_permission.allow(
            session, actor, person_id, allowed=bool(form.rebooking.data), now=at
        )
        return url_for("pages.person", person_id=person_id)

    if form.validate() and (address := attempt(form, work)):
        say("The details are saved.")
        return redirect(address)
    with transaction() as session:
        found = _to_manage(session, person_id)
    return _details_page(found, form), 422


def _to_manage(session: Session, person_id: uuid.UUID) -> Person:
    return open_person(
        session,
        current_actor(),
        person_id,
        now=now(),
        what="details.page",
        ability=Ability.MANAGE,
        change=True,
    )


def _details_page(found: Person, form: DetailsForm) -> str:
    first = texts.shorten_first_name(found.first_name, found.preferred_name)
    form.preferred_name.description = (
        f"What they like to be called. Texts now say {first}. At most 12 letters are used."
    )
    return form_page(
        form,
        back=BackLink(url_for("pages.person", person_id=found.id), found.name),
        title=f"Details of {found.name}",
    )


def _values(found: Person) -> dict[str, Any]:
    return {
        "preferred_name": found.preferred_name,
        "language": found.language.value,
        "legal_status": found.legal_status.value,
        "custody_status": found.custody_status.value,
        "contact_status": found.contact_status.value,
        "approved": found.texts_approved_at is not None,
        "two_hour_reminder": found.two_hour_reminder,
        "rebooking": found.rebooking_allowed_at is not None,
        "legal_hold": found.legal_hold,
        "text_from_hour": "" if found.text_from_hour is None else str(found.text_from_hour),
        "text_until_hour": "" if found.text_until_hour is None else str(found.text_until_hour),
    }


def _changes(form: DetailsForm) -> dict[str, Any]:
    return {
        "preferred_name": form.preferred_name.data or None,
        "language": Language(form.language.data),
        "legal_status": LegalStatus(form.legal_status.data),
        "custody_status": CustodyStatus(form.custody_status.data),
        "contact_status": ContactStatus(form.contact_status.data),
        "two_hour_reminder": bool(form.two_hour_reminder.data),
        "legal_hold": bool(form.legal_hold.data),
        "text_from_hour": int(form.text_from_hour.data) if form.text_from_hour.data else None,
        "text_until_hour": int(form.text_until_hour.data) if form.text_until_hour.data else None,
    }
