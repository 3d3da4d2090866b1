"""A person's page, and the form for their details."""

import uuid
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms import BooleanField, RadioField, SelectField, StringField

from api.access import STAFF, allow, current_actor
from api.database import now, transaction
from api.pages import record_nav
from api.pages.blueprint import pages
from api.pages.conversation.messages import TextForm, text_facts
from api.pages.forms import PageForm, Words, choices, stripped
from api.pages.frame import say
from api.pages.list_places import place_or_404
from api.pages.submit import act, attempt
from engage import texts
from engage.access.policy import Ability, open_person
from engage.core.paging import MomentCursor
from engage.labels.people import CONTACT, CUSTODY, LANGUAGES, LEGAL
from engage.people import pause, rebooking_permission, service
from engage.people.model import ContactStatus, CustodyStatus, Language, LegalStatus, Person
from engage.queries.conversation import thread
from engage.queries.people import person as queries

HOURS = {"": "As the hub has it", **{str(hour): f"{hour:02}:00" for hour in range(25)}}


class DetailsForm(PageForm):
    """What may be changed about a person by whoever manages them."""

    preferred_name = StringField("Name used in texts", [Words(40)], filters=[stripped])
    language = RadioField("Language of texts", choices=choices(LANGUAGES))
    legal_status = RadioField("Legal status", choices=choices(LEGAL))
    custody_status = RadioField("Where they are", choices=choices(CUSTODY))
    contact_status = RadioField("Contact by text", choices=choices(CONTACT))
    approved = BooleanField("Texts to this person are approved")
    two_hour_reminder = BooleanField("Also send a reminder 2 hours before")
    rebooking = BooleanField("They may pick another time by text")
    legal_hold = BooleanField("Legal hold")
    text_from_hour = SelectField("Not before", choices=choices(HOURS))
    text_until_hour = SelectField("Not after", choices=choices(HOURS))


@pages.get("/people/<uuid:person_id>")
@allow(STAFF)
def person(person_id: uuid.UUID) -> ResponseReturnValue:
    """Everything the actor may see of one person. The reading is logged."""
    at = now()
    before = place_or_404(thread.ThreadCursor.parse, request.args.get("thread"))
    past_before = place_or_404(MomentCursor.parse, request.args.get("past"))
    with transaction() as session:
        page = queries.load(
            session, current_actor(), person_id, now=at, before=before, past_before=past_before
        )
        ways = record_nav.ways(session, current_actor(), page.person, now=at)
    form = TextForm()
    return render_template(
        "people/person.html",
        page=page,
        ways=ways,
        now=at,
        form=form,
        text=text_facts("", page.person),
        first=texts.shorten_first_name(page.person.first_name, page.person.preferred_name),
        older_thread=before is not None,
        older_past=past_before is not None,
    )


@pages.post("/people/<uuid:person_id>/texts/go-on")
@allow(STAFF)
def let_texts_go_on(person_id: uuid.UUID) -> ResponseReturnValue:
    """A worker has spoken with the person: texts may go on."""
    refusal = act(lambda session: _let_go_on(session, person_id))
    say(refusal or "Texts may go on.")
    return redirect(url_for("pages.person", person_id=person_id))


def _let_go_on(session: Session, person_id: uuid.UUID) -> None:
    pause.resume(session, current_actor(), person_id, now=now())


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
    return render_template("people/details.html", person=found, form=form, first=first)


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
