"""Appointments: find who it is for, book, look, move and cancel."""

import uuid
from collections.abc import Callable
from datetime import datetime
from types import MappingProxyType
from zoneinfo import ZoneInfo

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms import BooleanField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired, NumberRange

from api.access import STAFF, allow, current_actor
from api.database import now, transaction
from api.pages.blueprint import pages
from api.pages.form_page import BackLink, form_page
from api.pages.forms import (
    DateField,
    OnceForm,
    PageForm,
    TimeField,
    WholeNumberField,
    Words,
    choices,
    stripped,
)
from api.pages.frame import say
from api.pages.submit import attempt
from engage import texts
from engage.access.policy import Ability
from engage.appointments import booking as service
from engage.appointments.booking import NewAppointment
from engage.appointments.model import AppointmentType
from engage.compliance import outcomes
from engage.core.errors import Invalid
from engage.core.local_time import NoSuchTime, local_moment
from engage.labels.appointments import TYPES
from engage.labels.formats import moment
from engage.queries.appointments import booking
from engage.queries.appointments.booking import BookingDefaults
from engage.queries.people import caseload
from engage.queries.people import person as queries
from engage.queries.people.person import AppointmentPage

FOUND = 20
A_DAY_AT_MOST = NumberRange(1, 1440, "Enter a length from 1 to 1440 minutes")


class WhenForm(OnceForm):
    """A day and a time, by the clock of the hub."""

    CALLED = MappingProxyType({"starts_at": "date", "worker_name": "worker", "agency_id": "agency"})

    date = DateField("Date")
    time = TimeField("Time", description="For example 10am or 2:30pm")
    minutes = WholeNumberField(
        "Length in minutes",
        [InputRequired("Enter a length from 1 to 1440 minutes"), A_DAY_AT_MOST],
        render_kw={"class": "govuk-input--width-3", "suffix": "minutes"},
    )

    def starts_at(self, zone: ZoneInfo) -> datetime:
        """The moment that was meant. Raises Invalid for a time that the clocks jump over."""
        if self.date.data is None or self.time.data is None:
            raise Invalid(fields={"date": "Enter a date"})
        try:
            return local_moment(self.date.data, self.time.data, zone).at
        except NoSuchTime as problem:
            raise Invalid(fields={"time": str(problem)}) from None


class BookForm(WhenForm):
    """A one-off appointment."""

    TITLE = "Book an appointment"
    BUTTON = "Book"

    type = SelectField("Type", choices=choices(TYPES))
    agency = SelectField("Agency", validate_choice=False)
    worker = StringField(
        "Who they will see",
        [Words(40, missing="Enter who they will see")],
        filters=[stripped],
        description="Texts use the first name",
        render_kw={"class": "govuk-input--width-20"},
    )
    place_alias = StringField(
        "Everyday name of the place",
        [Words(60)],
        filters=[stripped],
        description=(
            "The name agreed with the person, such as the centre on Bridge St. It is shown "
            "in texts."
        ),
        render_kw={"class": "govuk-input--width-20"},
    )
    place = StringField(
        "Address, for staff",
        [Words(120)],
        filters=[stripped],
        description="Never in a text",
        render_kw={"class": "govuk-!-width-two-thirds"},
    )
    enforceable = RadioField(
        "Is this an enforceable appointment?",
        [InputRequired("Say whether the appointment is enforceable")],
        choices=choices({"yes": "Yes, the order or licence requires it", "no": "No"}),
        render_kw={"class": "govuk-radios--inline govuk-radios--small"},
    )
    clash = BooleanField("Book it even though they have another appointment then")


class MoveForm(WhenForm):
    """Another time, and where that changes, another worker or place."""

    TITLE = "Move the appointment"
    LEAD = (
        "Unsent texts about the old time are cancelled. If one has already been sent, the"
        " new time is texted."
    )
    BUTTON = "Move"

    worker = StringField(
        "Who they will see",
        [Words(40, missing="Enter who they will see")],
        filters=[stripped],
        render_kw={"class": "govuk-input--width-20"},
    )
    place_alias = StringField(
        "Everyday name of the place",
        [Words(60)],
        filters=[stripped],
        description="Shown in texts",
        render_kw={"class": "govuk-input--width-20"},
    )
    clash = BooleanField("Move it even though they have another appointment then")


class CancelForm(PageForm):
    """Why an appointment is cancelled."""

    TITLE = BUTTON = "Cancel the appointment"
    WARNS = True

    reason = StringField(
        "Why is it cancelled?",
        [Words(200, missing="Say why it is cancelled")],
        filters=[stripped],
        description="For staff. Never in a text.",
    )


@pages.get("/book")
@allow(STAFF)
def choose_person() -> ResponseReturnValue:
    """Who the appointment is for: picked from a list, or found by name or CRN."""
    picked = request.args.get("person", "")
    if picked:
        try:
            return redirect(url_for("pages.book", person_id=uuid.UUID(picked)))
        except ValueError:
            picked = ""
    search = (stripped(request.args.get("q")) or "")[: caseload.SEARCH_MAX]
    with transaction() as session:
        found = caseload.search_for_choice(
            session, current_actor(), search, ability=Ability.BOOK, limit=FOUND + 1
        )
    if search and len(found) == 1:
        return redirect(url_for("pages.book", person_id=found[0].id))
    return render_template(
        "appointments/choose_person.html",
        search=search,
        found=found[:FOUND],
        more=len(found) > FOUND,
    )


@pages.get("/people/<uuid:person_id>/book")
@allow(STAFF)
def book(person_id: uuid.UUID) -> ResponseReturnValue:
    """The booking form, filled in as far as can be known."""
    with transaction() as session:
        offer = booking.booking_defaults(session, current_actor(), person_id, now=now())
    form = BookForm(
        data={
            "type": offer.type.value,
            "date": offer.day,
            "minutes": offer.minutes,
            "agency": str(offer.agency_id) if offer.agency_id else None,
            "worker": offer.worker_name,
            "place": offer.place,
            "place_alias": offer.place_alias,
            "enforceable": "yes" if offer.enforceable else "no",
        }
    )
    return _booking_page(offer, form)


@pages.post("/people/<uuid:person_id>/book")
@allow(STAFF)
def book_it(person_id: uuid.UUID) -> ResponseReturnValue:
    """Book it, once; the page that follows says which texts will go when, or why none will."""
    form, at, actor = BookForm(request.form), now(), current_actor()
    with transaction() as session:
        offer = booking.booking_defaults(session, actor, person_id, now=at)
    form.agency.choices = choices({str(agency.id): agency.name for agency in offer.agencies})
    complete = form.validate()
    if form.agency.data not in {str(agency.id) for agency in offer.agencies}:
        form.refuse({"agency": "Choose the agency"})
        complete = False

    def work(session: Session) -> str:
        made = service.book(
            session,
            actor,
            NewAppointment(
                person_id=person_id,
                agency_id=uuid.UUID(form.agency.data),
                type=AppointmentType(form.type.data),
                starts_at=form.starts_at(offer.zone),
                minutes=form.minutes.data or 0,
                worker_name=form.worker.data or "",
                place=form.place.data or form.place_alias.data or "",
                place_alias=form.place_alias.data or "",
                enforceable=form.enforceable.data == "yes",
            ),
            now=at,
            allow_clash=bool(form.clash.data),
        )
        return url_for("pages.appointment", appointment_id=made.id, booked="yes")

    if complete and (address := attempt(form, work)):
        return redirect(address)
    return _booking_page(offer, form), 422


@pages.get("/appointments/<uuid:appointment_id>")
@allow(STAFF)
def appointment(appointment_id: uuid.UUID) -> ResponseReturnValue:
    """One appointment: what was said, delivered and recorded, and every text with its reasons."""
    page = load(appointment_id)
    return render_template(
        "appointments/appointment.html",
        page=page,
        one=page.appointment,
        now=now(),
        booked="booked" in request.args,
        absences=outcomes.ABSENCES,
    )


@pages.get("/appointments/<uuid:appointment_id>/move")
@allow(STAFF)
def move(appointment_id: uuid.UUID) -> ResponseReturnValue:
    """The form for another time."""
    page = load(appointment_id)
    one = page.appointment
    local = one.starts_at.astimezone(one.zone)
    form = MoveForm(
        data={
            "date": local.date(),
            "time": local.time(),
            "minutes": one.minutes,
            "worker": one.worker_name,
            "place_alias": one.place_alias,
        }
    )
    return _form_page(page, form)


@pages.post("/appointments/<uuid:appointment_id>/move")
@allow(STAFF)
def move_it(appointment_id: uuid.UUID) -> ResponseReturnValue:
    """Move it. Texts about the old time are cancelled, and the person is told if they knew of
    it.
    """
    page, form = load(appointment_id), MoveForm(request.form)

    def work(session: Session) -> str:
        service.move(
            session,
            current_actor(),
            appointment_id,
            starts_at=form.starts_at(page.appointment.zone),
            minutes=form.minutes.data,
            worker_name=form.worker.data,
            place_alias=form.place_alias.data,
            now=now(),
            allow_clash=bool(form.clash.data),
        )
        return url_for("pages.appointment", appointment_id=appointment_id)

    return _send(page, form, work, "The appointment is moved.")


@pages.get("/appointments/<uuid:appointment_id>/cancel")
@allow(STAFF)
def cancel(appointment_id: uuid.UUID) -> ResponseReturnValue:
    """The form for cancelling."""
    return _form_page(load(appointment_id), CancelForm())


@pages.post("/appointments/<uuid:appointment_id>/cancel")
@allow(STAFF)
def cancel_it(appointment_id: uuid.UUID) -> ResponseReturnValue:
    """Cancel it. Unsent texts are cancelled."""
    page, form = load(appointment_id), CancelForm(request.form)

    def work(session: Session) -> str:
        service.cancel(
            session, current_actor(), appointment_id, reason=form.reason.data or "", now=now()
        )
        return url_for("pages.appointment", appointment_id=appointment_id)

    return _send(page, form, work, "The appointment is cancelled.")


def load(appointment_id: uuid.UUID) -> AppointmentPage:
    """The appointment and its person. Raises NotFound."""
    with transaction() as session:
        return queries.appointment(session, current_actor(), appointment_id, now=now())


def _send(
    page: AppointmentPage, form: MoveForm | CancelForm, work: Callable[[Session], str], done: str
) -> ResponseReturnValue:
    if form.validate() and (address := attempt(form, work)):
        say(done)
        return redirect(address)
    return _form_page(page, form), 422


def form_about(
    page: AppointmentPage, form: PageForm, *, lead: str = "", template: str = "shared/form.html"
) -> str:
    """The page of a form about an appointment."""
    one = page.appointment
    return form_page(
        form,
        back=BackLink(url_for("pages.appointment", appointment_id=one.id), "Appointment"),
        name=one.person_name,
        about=moment(one.starts_at, one.zone),
        lead=lead,
        template=template,
        one=one,
    )


def _form_page(page: AppointmentPage, form: MoveForm | CancelForm) -> str:
    if isinstance(form, MoveForm):
        _ask_about_clash(form)
        return form_about(page, form)
    lead = (
        f"Unsent reminders are cancelled. If {page.person.first_name} has been told the time, "
        "a text says not to come."
    )
    return form_about(page, form, lead=lead)


def _ask_about_clash(form: BookForm | MoveForm) -> None:
    """Offer to go on despite another appointment, once there was a refusal of the whole form."""
    if not (form.whole or form.clash.data):
        del form.clash


def _booking_page(offer: BookingDefaults, form: BookForm) -> str:
    form.agency.choices = choices({str(agency.id): agency.name for agency in offer.agencies})
    _ask_about_clash(form)
    person, why_not = offer.person, "; ".join(offer.why_not)
    return form_page(
        form,
        back=BackLink(url_for("pages.person", person_id=person.id), person.name),
        name=person.name,
        about=person.crn,
        inset=f"You can book, but no texts will be sent: {why_not}." if why_not else "",
        template="appointments/book.html",
        problems=texts.lint(form.place_alias.data or ""),
    )
