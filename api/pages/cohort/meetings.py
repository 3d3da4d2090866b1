"""Meetings: call, read, record attendance and decisions, close; put a person on the agenda."""

import uuid

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms import StringField, TextAreaField

from api.access import STAFF, allow, current_actor
from api.database import now, transaction
from api.pages.blueprint import pages
from api.pages.form_page import BackLink, form_page
from api.pages.forms import DateField, HubField, PageForm, Words, choices, joined, stripped
from api.pages.frame import say
from api.pages.submit import act, attempt
from engage.cohort import agenda
from engage.cohort import meetings as service
from engage.cohort.meetings import LONGEST_MINUTES, Presence
from engage.core.errors import Forbidden, Invalid
from engage.core.text_fields import problem_with
from engage.labels.formats import day_and_year
from engage.queries.cohort import meetings as queries

LONGEST_NAMES = 200


class CallForm(PageForm):
    """A meeting to call."""

    TITLE = "Call a meeting"
    LEAD = (
        "The agenda is built automatically: referrals, reviews due, three green months, "
        "urgent signals, and people going into or leaving prison."
    )
    BUTTON = "Call the meeting"
    CALLED = {"held_on": "date"}

    hub = HubField("Hub")
    date = DateField("Day")
    chair = StringField(
        "Chair", [Words(80)], filters=[stripped], render_kw={"class": "govuk-input--width-20"}
    )


class AttendanceForm(PageForm):
    """Who came. The agencies themselves are read from the page."""

    TITLE = "Attendance"
    CALLED = {"agencies": "chair"}

    chair = StringField(
        "Chair", [Words(80)], filters=[stripped], render_kw={"class": "govuk-input--width-20"}
    )


class MinutesForm(PageForm):
    """The minutes."""

    TITLE = "Minutes"
    LEAD = "Write people’s CRNs rather than their names."
    BUTTON = "Close the meeting"

    minutes = TextAreaField(
        "Minutes",
        [Words(LONGEST_MINUTES, lines=True)],
        filters=[joined],
        render_kw={"rows": 12},
    )


@pages.get("/meetings")
@allow(STAFF)
def meetings() -> ResponseReturnValue:
    """The meetings of the actor's hubs, the latest first."""
    _must_attend()
    with transaction() as session:
        page = queries.load(session, current_actor(), now=now())
    return render_template("cohort/meetings.html", page=page)


@pages.get("/meetings/new")
@allow(STAFF)
def new_meeting() -> ResponseReturnValue:
    """The form that calls a meeting."""
    return _call_page(None)


@pages.post("/meetings/new")
@allow(STAFF)
def call_meeting() -> ResponseReturnValue:
    """Call it; the agenda builds itself."""
    form, at = CallForm(request.form), now()

    def work(session: Session) -> str:
        made = service.call(
            session,
            current_actor(),
            _id(form.hub.data, "hub"),
            held_on=form.date.data or at.date(),
            chair=form.chair.data or "",
            now=at,
        )
        return url_for("pages.meeting", meeting_id=made.id)

    if form.validate() and (address := attempt(form, work)):
        say("The meeting is called, and its agenda is built.")
        return redirect(address)
    return _call_page(form), 422


@pages.get("/meetings/<uuid:meeting_id>")
@allow(STAFF)
def meeting(meeting_id: uuid.UUID) -> ResponseReturnValue:
    """One meeting: the agenda, who came, what was decided."""
    with transaction() as session:
        page = queries.load_meeting(session, current_actor(), meeting_id, now=now())
    return render_template("cohort/meeting.html", page=page)


@pages.post("/meetings/<uuid:meeting_id>/agenda")
@allow(STAFF)
def build_agenda(meeting_id: uuid.UUID) -> ResponseReturnValue:
    """Bring the agenda up to date."""

    def work(session: Session) -> None:
        service.rebuild_agenda(session, current_actor(), meeting_id, now=now())

    say(act(work) or "The agenda is up to date.")
    return redirect(url_for("pages.meeting", meeting_id=meeting_id))


@pages.get("/meetings/<uuid:meeting_id>/attendance")
@allow(STAFF)
def attendance(meeting_id: uuid.UUID) -> ResponseReturnValue:
    """The form for who came."""
    return _attendance_page(meeting_id, None)


@pages.post("/meetings/<uuid:meeting_id>/attendance")
@allow(STAFF)
def attendance_sent(meeting_id: uuid.UUID) -> ResponseReturnValue:
    """Keep who came."""
    form = AttendanceForm(request.form)

    def work(session: Session) -> str:
        page = queries.load_meeting(session, current_actor(), meeting_id, now=now())
        given = {one.agency.id: _presence(one.agency.id) for one in page.agencies}
        service.note_attendance(
            session, current_actor(), meeting_id, given, chair=form.chair.data or "", now=now()
        )
        return url_for("pages.meeting", meeting_id=meeting_id)

    if form.validate() and (address := attempt(form, work)):
        say("The attendance is saved.")
        return redirect(address)
    return _attendance_page(meeting_id, form), 422


@pages.get("/meetings/<uuid:meeting_id>/minutes")
@allow(STAFF)
def minutes(meeting_id: uuid.UUID) -> ResponseReturnValue:
    """The form for the minutes."""
    return _minutes_page(meeting_id, None)


@pages.post("/meetings/<uuid:meeting_id>/minutes")
@allow(STAFF)
def minutes_sent(meeting_id: uuid.UUID) -> ResponseReturnValue:
    """Keep the minutes; with the second button the meeting is closed with them."""
    form = MinutesForm(request.form)
    closes = request.form.get("close") == "yes"

    def work(session: Session) -> str:
        use = service.close if closes else service.write_minutes
        use(session, current_actor(), meeting_id, minutes=form.minutes.data or "", now=now())
        return url_for("pages.meeting", meeting_id=meeting_id)

    if form.validate() and (address := attempt(form, work)):
        say("The meeting is closed." if closes else "The minutes are saved.")
        return redirect(address)
    return _minutes_page(meeting_id, form), 422


@pages.post("/people/<uuid:person_id>/agenda")
@allow(STAFF)
def ask_for(person_id: uuid.UUID) -> ResponseReturnValue:
    """Put a person on the agenda of a meeting."""

    def work(session: Session) -> None:
        wanted = _id(request.form.get("meeting"), "meeting")
        agenda.request_item(session, current_actor(), wanted, person_id, now=now())

    say(act(work) or "They are on the agenda.")
    return redirect(url_for("pages.case_pack", person_id=person_id))


def _must_attend() -> None:
    if not queries.may_attend(current_actor()):
        raise Forbidden("Your role does not attend meetings.")


def _id(given: str | None, field: str) -> uuid.UUID:
    try:
        return uuid.UUID(given or "")
    except ValueError:
        raise Invalid(fields={field: f"Choose a {field}"}) from None


def _presence(agency_id: uuid.UUID) -> Presence:
    names = (stripped(request.form.get(f"names-{agency_id}")) or "").strip()
    if problem := problem_with(names, longest=LONGEST_NAMES):
        raise Invalid(fields={"names": f"Names: {problem}"})
    return Presence(came=str(agency_id) in request.form.getlist("came"), names=names)


def _call_page(form: CallForm | None) -> str:
    _must_attend()
    with transaction() as session:
        page = queries.load(session, current_actor(), now=now())
    if not page.keeps:
        raise Forbidden("Only a coordinator or a supervisor can call a meeting.")
    if form is None:
        due = next(meets for hub, meets in page.hubs if hub == page.keeps[0])
        form = CallForm(data={"date": due.on})
    form.hub.choices = choices({str(hub.id): hub.name for hub in page.keeps})
    return form_page(form, back=BackLink(url_for("pages.meetings"), "Meetings"))


def _attendance_page(meeting_id: uuid.UUID, form: AttendanceForm | None) -> str:
    page = _to_keep(meeting_id)
    form = form or AttendanceForm(data={"chair": page.meeting.chair})
    return _form_page(form, page, "cohort/attendance.html")


def _minutes_page(meeting_id: uuid.UUID, form: MinutesForm | None) -> str:
    page = _to_keep(meeting_id)
    form = form or MinutesForm(data={"minutes": page.meeting.minutes})
    return _form_page(form, page, "cohort/minutes.html")


def _form_page(form: PageForm, page: queries.MeetingPage, template: str) -> str:
    return form_page(
        form,
        back=BackLink(url_for("pages.meeting", meeting_id=page.meeting.id), "Meeting"),
        about=f"Meeting of {day_and_year(page.meeting.held_on)}",
        template=template,
        page=page,
    )


def _to_keep(meeting_id: uuid.UUID) -> queries.MeetingPage:
    with transaction() as session:
        page = queries.load_meeting(session, current_actor(), meeting_id, now=now())
    if not page.keeps:
        raise Forbidden(
            "Only a coordinator or a supervisor can write this, and only until the meeting "
            "is closed."
        )
    return page
