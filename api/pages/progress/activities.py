"""Groups, courses, work and treatment: started, ended, verified or disputed."""

import uuid
from datetime import date

from flask import redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms import RadioField, SelectField, StringField
from wtforms.validators import InputRequired

from api.access import STAFF, allow, current_actor
from api.database import now, transaction
from api.pages.blueprint import pages
from api.pages.forms import DateField, OnceForm, PageForm, Words, choices, stripped
from api.pages.frame import say
from api.pages.progress.recording import DisputeForm, after, opened, recording_page, sure_field
from api.pages.submit import act, attempt
from engage.access.policy import Ability, abilities
from engage.agencies.hub_settings import today_at
from engage.agencies.service import agencies_of
from engage.labels import progress as words
from engage.labels.formats import day_and_year
from engage.people.model import Person
from engage.progress.activities import rules, service
from engage.progress.activities.kinds import ActivityEnding, ActivityKind
from engage.progress.activities.model import Activity
from engage.progress.model import SelfReport


class ActivityForm(OnceForm):
    """An activity that a person takes part in."""

    TITLE = "Record a group, course or work"
    BUTTON = "Record"
    CALLED = {"started_on": "started"}

    kind = RadioField("Type", [InputRequired("Choose the type")])
    name = StringField(
        "Name",
        [Words(service.LONGEST_NAME, missing="Enter the name")],
        filters=[stripped],
        description="For example, warehouse job, CSCS card course",
    )
    agency = SelectField("Agency that runs it", default="")
    started = DateField("When did it start?")
    sure = sure_field()


class EndForm(PageForm):
    """How it came to its end."""

    BUTTON = "Record"
    CALLED = {"ended_on": "ended"}

    ending = RadioField(
        "How did it end?",
        [InputRequired("Say how it ended")],
        choices=choices(words.ACTIVITY_ENDINGS),
    )
    ended = DateField("When did it end?")


@pages.get("/people/<uuid:person_id>/activities/new")
@allow(STAFF)
def add_activity(person_id: uuid.UUID) -> ResponseReturnValue:
    """The form for an activity."""
    person, report, day = opened(person_id)
    begun = (
        rules.STARTED_BY.get(report.fact)
        if report is not None and report.fact is not None
        else None
    )
    form = ActivityForm(data={"started": day, "kind": begun.value if begun is not None else None})
    return _add_page(person, report, form)


@pages.post("/people/<uuid:person_id>/activities/new")
@allow(STAFF)
def add_activity_sent(person_id: uuid.UUID) -> ResponseReturnValue:
    """Record it."""
    form = ActivityForm(request.form)
    person, report, _ = opened(person_id)
    _offer(person, form)

    def work(session: Session) -> str:
        service.start(
            session,
            current_actor(),
            person_id,
            kind=ActivityKind(form.kind.data),
            name=form.name.data or "",
            started_on=form.started.data or date.max,
            sure=form.sure.data == "yes",
            agency=form.agency.data or None,
            report_id=report.id if report is not None else None,
            now=now(),
        )
        return after(session, person, "activities")

    if form.validate() and (address := attempt(form, work)):
        say("The activity is recorded.")
        return redirect(address)
    return _add_page(person, report, form), 422


@pages.get("/activities/<uuid:activity_id>/end")
@allow(STAFF)
def end_activity(activity_id: uuid.UUID) -> ResponseReturnValue:
    """The form for its end."""
    person, activity = _opened(activity_id)
    with transaction() as session:
        today = today_at(session, person.hub_id, now())
    form = EndForm(data={"ended": activity.ended_on or today, "ending": activity.ending})
    return _end_page(person, activity, form)


@pages.post("/activities/<uuid:activity_id>/end")
@allow(STAFF)
def end_activity_sent(activity_id: uuid.UUID) -> ResponseReturnValue:
    """Record its end."""
    form = EndForm(request.form)
    person, activity = _opened(activity_id)

    def work(session: Session) -> str:
        service.end(
            session,
            current_actor(),
            activity_id,
            ended_on=form.ended.data or date.max,
            ending=ActivityEnding(form.ending.data),
            now=now(),
        )
        return after(session, person, "activities")

    if form.validate() and (address := attempt(form, work)):
        say("Its end is recorded.")
        return redirect(address)
    return _end_page(person, activity, form), 422


@pages.post("/activities/<uuid:activity_id>/verify")
@allow(STAFF)
def verify_activity(activity_id: uuid.UUID) -> ResponseReturnValue:
    """Mark it as verified."""

    def work(session: Session) -> None:
        service.verify(session, current_actor(), activity_id, now=now())

    refusal = act(work)
    say(refusal or "Marked as verified.")
    with transaction() as session:
        person, _ = service.open_to_judge(session, current_actor(), activity_id, now=now())
        return redirect(after(session, person, "activities"))


@pages.get("/activities/<uuid:activity_id>/dispute")
@allow(STAFF)
def dispute_activity(activity_id: uuid.UUID) -> ResponseReturnValue:
    """The form to dispute it."""
    return _dispute_page(activity_id, DisputeForm())


@pages.post("/activities/<uuid:activity_id>/dispute")
@allow(STAFF)
def dispute_activity_sent(activity_id: uuid.UUID) -> ResponseReturnValue:
    """Dispute it."""
    form = DisputeForm(request.form)

    def work(session: Session) -> str:
        found = service.dispute(
            session, current_actor(), activity_id, note=form.note.data or "", now=now()
        )
        return after(session, session.get_one(Person, found.person_id), "activities")

    if form.validate() and (address := attempt(form, work)):
        say("Marked as disputed. It no longer counts.")
        return redirect(address)
    return _dispute_page(activity_id, form), 422


def _opened(activity_id: uuid.UUID) -> tuple[Person, Activity]:
    with transaction() as session:
        return service.open_to_judge(session, current_actor(), activity_id, now=now())


def _offer(person: Person, form: ActivityForm) -> None:
    """The kinds that the actor may record, and the agencies of the area."""
    health = Ability.HEALTH in abilities(current_actor(), person)
    form.kind.choices = choices(
        {
            kind: name
            for kind, name in words.ACTIVITY_KINDS.items()
            if health or kind not in rules.HEALTH
        }
    )
    with transaction() as session:
        named = [agency.name for agency in agencies_of(session, [person.hub_id])]
    form.agency.choices = choices({"": "None, or not known", **{name: name for name in named}})


def _add_page(person: Person, report: SelfReport | None, form: ActivityForm) -> str:
    _offer(person, form)
    return recording_page(form, person, report)


def _end_page(person: Person, activity: Activity, form: EndForm) -> str:
    kind, since = words.ACTIVITY_KINDS[activity.kind], day_and_year(activity.started_on)
    return recording_page(
        form, person, title=f"End of {activity.name}", about=f"{kind}, since {since}"
    )


def _dispute_page(activity_id: uuid.UUID, form: DisputeForm) -> str:
    person, activity = _opened(activity_id)
    what = f"{words.ACTIVITY_KINDS[activity.kind]}, {activity.name}"
    return recording_page(form, person, about=what)
