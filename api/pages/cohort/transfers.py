"""Transfers to another offender manager: one person, or a whole caseload."""

import uuid
from typing import TypeVar

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms import SelectField, SelectMultipleField, TextAreaField
from wtforms.validators import InputRequired

from api.access import STAFF, allow, current_actor, staff
from api.database import now, transaction
from api.pages.blueprint import pages
from api.pages.form_page import BackLink, form_page
from api.pages.forms import OnceForm, Words, choices, joined
from api.pages.frame import say
from api.pages.list_places import place_or_404
from api.pages.submit import attempt
from engage.agencies.model import Role
from engage.cohort.transfers import LONGEST_NOTE
from engage.conversation import transfers
from engage.queries.cohort import status as queries

HANDERS = (Role.COORDINATOR, Role.SUPERVISOR, Role.OFFENDER_MANAGER)
"""Who may give people to another offender manager: those whom they manage."""
NO_TAKERS = "This hub has no other offender manager. An administrator can add one."
_NOBODY = {"": "Choose"}


class TransferForm(OnceForm):
    """The new offender manager, and what they need to know."""

    TITLE = "Transfer to another offender manager"
    BUTTON = "Transfer"

    to = SelectField("To", [InputRequired("Choose an offender manager")])
    note = TextAreaField(
        "Note for them",
        [Words(LONGEST_NOTE, missing="Write what they need to know", lines=True)],
        filters=[joined],
    )


class HandoverForm(TransferForm):
    """The same for several people at once."""

    TITLE = "Hand over a caseload"
    BUTTON = "Hand over"
    FIRST = ("people",)

    people = SelectMultipleField(
        "People to hand over", [InputRequired("Choose at least one person")]
    )


Sent = TypeVar("Sent", bound=TransferForm)


@pages.get("/people/<uuid:person_id>/transfer")
@allow(STAFF)
def transfer(person_id: uuid.UUID) -> ResponseReturnValue:
    """The form that gives one person to another offender manager."""
    page = _one(person_id)
    return _transfer_page(page, _offering(TransferForm(), page))


@pages.post("/people/<uuid:person_id>/transfer")
@allow(STAFF)
def record_transfer(person_id: uuid.UUID) -> ResponseReturnValue:
    """Transfer the person. The previous offender manager can no longer see the record."""
    page = _one(person_id)
    form, at = _offering(TransferForm(request.form), page), now()

    def work(session: Session) -> str:
        to_id, note = uuid.UUID(form.to.data), form.note.data or ""
        transfers.transfer_people(
            session, current_actor(), [person_id], to_id=to_id, note=note, now=at
        )
        return url_for("pages.caseload")

    if form.validate() and (address := attempt(form, work)):
        say("The person is transferred.")
        return redirect(address)
    return _transfer_page(page, form), 422


@pages.get("/handover")
@allow(staff(*HANDERS))
def handover() -> ResponseReturnValue:
    """The people to hand over and their new offender manager."""
    from_id = place_or_404(uuid.UUID, request.args.get("whose"))
    page = _many(from_id)
    return _handover_page(page, _offering(HandoverForm(), page))


@pages.post("/handover")
@allow(staff(*HANDERS))
def record_handover() -> ResponseReturnValue:
    """Give all that were chosen to another, or none."""
    from_id = place_or_404(uuid.UUID, request.args.get("whose"))
    page = _many(from_id)
    form, at = _offering(HandoverForm(request.form), page), now()

    def work(session: Session) -> str:
        people = [uuid.UUID(one) for one in form.people.data or ()]
        to_id, note = uuid.UUID(form.to.data), form.note.data or ""
        transfers.transfer_people(session, current_actor(), people, to_id=to_id, note=note, now=at)
        return url_for("pages.handover", whose=from_id)

    if form.validate() and (address := attempt(form, work)):
        count = len(form.people.data or ())
        say(f"{count} {'person is' if count == 1 else 'people are'} transferred.")
        return redirect(address)
    return _handover_page(page, form), 422


def _offering(form: Sent, page: queries.TransferForm | queries.Handover) -> Sent:
    """The form with the choices of this page, and no others."""
    form.to.choices = choices({**_NOBODY, **{str(one.id): one.name for one in page.takers}})
    if isinstance(form, HandoverForm) and isinstance(page, queries.Handover):
        names = {str(one.id): f"{one.last_name}, {one.first_name}" for one in page.people}
        form.people.choices = choices(names)
    return form


def _one(person_id: uuid.UUID) -> queries.TransferForm:
    with transaction() as session:
        return queries.load_transfer_form(session, current_actor(), person_id, now=now())


def _many(from_id: uuid.UUID | None) -> queries.Handover:
    with transaction() as session:
        return queries.load_handover(session, current_actor(), from_id)


def _transfer_page(page: queries.TransferForm, form: TransferForm) -> str:
    person, manager = page.person, page.manager
    lead = (
        f"{manager.name} is the current offender manager, and will no longer see the record."
        " Texts, "
        f"signals, actions and appointments with {manager.first_name} are transferred too. "
        f"{person.first_name} is told by text, if texts may be sent."
    )
    return form_page(
        form,
        back=BackLink(url_for("pages.status", person_id=person.id), "Status"),
        name=person.name,
        lead=lead if page.takers else NO_TAKERS,
        template="shared/form.html" if page.takers else "cohort/no_takers.html",
    )


def _handover_page(page: queries.Handover, form: HandoverForm) -> str:
    form.note.description = "The same note is sent with each person"
    if form.people.data is None:
        form.people.data = [str(one.id) for one in page.people]
    return form_page(
        form,
        back=BackLink(url_for("pages.caseload"), "Caseload"),
        template="cohort/handover.html",
        page=page,
        crns={str(one.id): one.crn for one in page.people},
        no_takers=NO_TAKERS,
    )
