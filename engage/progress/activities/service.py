"""Recording activities: groups, courses, work and treatment, self-reported or verified by a worker.

Treatment is a health matter: recording or judging it requires health access. Leaving an activity
has no consequence here, and nothing here sends a text.
"""

import uuid
from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.access.policy import Ability, Actor, abilities
from engage.agencies.hub_settings import today_at
from engage.agencies.lookups import find_agency
from engage.agencies.model import Agency, Hub
from engage.core import events
from engage.core.errors import (
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
)
from engage.core.text_fields import clean_text
from engage.people.model import Person
from engage.progress import verification
from engage.progress.activities import rules
from engage.progress.activities.kinds import ActivityEnding, ActivityKind
from engage.progress.activities.model import Activity
from engage.progress.kinds import ReportState

LONGEST_NAME = 120


def start(
    session: Session,
    actor: Actor,
    person_id: uuid.UUID,
    *,
    kind: ActivityKind,
    name: str,
    started_on: date,
    sure: bool,
    agency: str | None = None,
    report_id: uuid.UUID | None = None,
    now: datetime,
) -> Activity:
    """Record an activity from its first day. `sure`: a worker has verified it, and with it the
    self-report it is recorded from.

    Raises Invalid without a name, for a future day or an agency outside the area; NotFound or
    Conflict for a self-report that is about something else, disputed or already used; Forbidden for
    treatment without health access.
    """
    person = verification.open_to_record(session, actor, person_id, now=now, what="record activity")
    _must_see(actor, person, kind)
    verification.check_not_future(started_on, today_at(session, person.hub_id, now), "started_on")
    called = clean_text("name", name, LONGEST_NAME, missing="Say what it is")
    if report_id is not None:
        facts = frozenset(fact for fact, started in rules.STARTED_BY.items() if started is kind)
        verification.use_report(session, actor, person, report_id, facts, sure=sure, now=now)
        if _is_recorded_from(session, report_id):
            raise Conflict(
                "An activity is already recorded from this self-report.", code="recorded"
            )
    activity = Activity(
        person_id=person.id,
        kind=kind,
        name=called,
        agency_id=_agency(session, person, agency),
        started_on=started_on,
        report_id=report_id,
        judged_note="",
        **verification.recorded_columns(actor, now, sure=sure),
    )
    session.add(activity)
    session.flush()
    events.record_for_person(
        session, "activity.recorded", person, actor=actor.label, now=now, activity=activity.id
    )
    return activity


def end(
    session: Session,
    actor: Actor,
    activity_id: uuid.UUID,
    *,
    ended_on: date,
    ending: ActivityEnding,
    now: datetime,
) -> Activity:
    """Record the end of an activity. Repeating the call changes nothing; a different end replaces
    the recorded one.

    Raises Invalid if the day is in the future or before the start.
    """
    person, activity = open_to_judge(session, actor, activity_id, now=now)
    verification.check_not_future(ended_on, today_at(session, person.hub_id, now), "ended_on")
    if ended_on < activity.started_on:
        raise Invalid(fields={"ended_on": "The end cannot be before the start"})
    if (activity.ended_on, activity.ending) == (ended_on, ending):
        return activity
    activity.ended_on, activity.ending = ended_on, ending
    session.flush()
    events.record_for_person(
        session, "activity.ended", person, actor=actor.label, now=now, activity=activity.id
    )
    return activity


def verify(
    session: Session, actor: Actor, activity_id: uuid.UUID, *, note: str = "", now: datetime
) -> Activity:
    """Mark an activity as verified. Repeating the call changes nothing."""
    person, activity = open_to_judge(session, actor, activity_id, now=now)
    verification.verify(session, actor, person, activity, "activity", note=note, now=now)
    return activity


def dispute(
    session: Session, actor: Actor, activity_id: uuid.UUID, *, note: str, now: datetime
) -> Activity:
    """Dispute an activity: it stays and does not count. Raises Invalid without a note."""
    person, activity = open_to_judge(session, actor, activity_id, now=now)
    verification.dispute(session, actor, person, activity, "activity", note=note, now=now)
    return activity


def open_to_judge(
    session: Session, actor: Actor, activity_id: uuid.UUID, *, now: datetime
) -> tuple[Person, Activity]:
    """Return the activity with its person, locked until the transaction ends, if the actor may
    judge it. Raises NotFound or Forbidden.
    """
    whose = session.scalar(select(Activity.person_id).where(Activity.id == activity_id))
    if whose is None:
        raise NotFound("There is no such activity, or you may not see it.")
    person = verification.open_to_record(session, actor, whose, now=now, what="judge activity")
    activity = session.get_one(Activity, activity_id, populate_existing=True)
    _must_see(actor, person, activity.kind)
    return person, activity


def of_person(
    session: Session, person_id: uuid.UUID, *, health: bool, limit: int | None = None
) -> Sequence[Activity]:
    """A person's activities, latest first; treatment only with `health`. The caller has opened the
    person.
    """
    query = (
        select(Activity)
        .where(Activity.person_id == person_id)
        .order_by(Activity.started_on.desc(), Activity.recorded_at.desc(), Activity.id.desc())
        .limit(limit)
    )
    if not health:
        query = query.where(Activity.kind.not_in(rules.HEALTH))
    return session.scalars(query).all()


def _must_see(actor: Actor, person: Person, kind: ActivityKind) -> None:
    if kind in rules.HEALTH and Ability.HEALTH not in abilities(actor, person):
        raise Forbidden("Your role does not include health matters.")


def _agency(session: Session, person: Person, name: str | None) -> uuid.UUID | None:
    if not name:
        return None
    try:
        found: Agency = find_agency(session, session.get_one(Hub, person.hub_id), name)
    except NotFound as missing:
        raise Invalid(
            fields={"agency": "Give the name of an agency in this hub's area."}
        ) from missing
    return found.id


def _is_recorded_from(session: Session, report_id: uuid.UUID) -> bool:
    """Whether an undisputed activity is recorded from this self-report."""
    found = select(Activity.id).where(
        Activity.report_id == report_id, Activity.state != ReportState.DISPUTED
    )
    return session.scalar(found.limit(1)) is not None
