"""Recording what people take part in: groups, courses, work and treatment, begun and ended, by
their own word or because staff made sure.

Treatment is a matter of health: only those who may see those record or judge it. Leaving something
has no consequence here, and no text goes.
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


def begin(
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
    """Something that the person takes part in from a day on; `sure` when a worker made sure. From
    news, that is verified with it.

    Raises Invalid without a name, for a day to come or an agency that is not of the area; NotFound
    or Conflict for news of something else, disputed or used before; Forbidden for treatment to
    whoever may not see matters of health.
    """
    person = verification.to_record(session, actor, person_id, now=now, what="record activity")
    _may_know(actor, person, kind)
    verification.past_day(started_on, today_at(session, person.hub_id, now), "started_on")
    called = clean_text("name", name, LONGEST_NAME, missing="Say what it is")
    if report_id is not None:
        facts = frozenset(fact for fact, begun in rules.BEGINS.items() if begun is kind)
        verification.told(session, actor, person, report_id, facts, sure=sure, now=now)
        if _made_from(session, report_id):
            raise Conflict("It is recorded from this news already.", code="recorded")
    activity = Activity(
        person_id=person.id,
        kind=kind,
        name=called,
        agency_id=_agency(session, person, agency),
        started_on=started_on,
        report_id=report_id,
        judged_note="",
        **verification.made(actor, now, sure=sure),
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
    """It has come to its end. The same again changes nothing; another end takes the place of the
    one recorded.

    Raises Invalid for a day to come or one before it began.
    """
    person, activity = to_judge(session, actor, activity_id, now=now)
    verification.past_day(ended_on, today_at(session, person.hub_id, now), "ended_on")
    if ended_on < activity.started_on:
        raise Invalid(fields={"ended_on": "It cannot end before it began"})
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
    """Somebody has made sure of it. The same again changes nothing."""
    person, activity = to_judge(session, actor, activity_id, now=now)
    verification.verify(session, actor, person, activity, "activity", note=note, now=now)
    return activity


def dispute(
    session: Session, actor: Actor, activity_id: uuid.UUID, *, note: str, now: datetime
) -> Activity:
    """Somebody has found otherwise: it counts for nothing and stays. Raises Invalid without a note."""
    person, activity = to_judge(session, actor, activity_id, now=now)
    verification.dispute(session, actor, person, activity, "activity", note=note, now=now)
    return activity


def to_judge(
    session: Session, actor: Actor, activity_id: uuid.UUID, *, now: datetime
) -> tuple[Person, Activity]:
    """The activity with its person, held until the transaction ends, if the actor may judge it.
    Raises NotFound or Forbidden.
    """
    whose = session.scalar(select(Activity.person_id).where(Activity.id == activity_id))
    if whose is None:
        raise NotFound("There is no such activity, or you may not see it.")
    person = verification.to_record(session, actor, whose, now=now, what="judge activity")
    activity = session.get_one(Activity, activity_id, populate_existing=True)
    _may_know(actor, person, activity.kind)
    return person, activity


def of_person(
    session: Session, person_id: uuid.UUID, *, health: bool, limit: int | None = None
) -> Sequence[Activity]:
    """What a person takes or took part in, latest first; treatment only with `health`. The caller
    has opened the person.
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


def _may_know(actor: Actor, person: Person, kind: ActivityKind) -> None:
    if kind in rules.HEALTH and Ability.HEALTH not in abilities(actor, person):
        raise Forbidden("Your role does not let you see matters of their health.")


def _agency(session: Session, person: Person, name: str | None) -> uuid.UUID | None:
    if not name:
        return None
    try:
        found: Agency = find_agency(session, session.get_one(Hub, person.hub_id), name)
    except NotFound as missing:
        raise Invalid(
            fields={"agency": "Give the name of an agency of this hub's area."}
        ) from missing
    return found.id


def _made_from(session: Session, report_id: uuid.UUID) -> bool:
    """Whether an activity that stands was made from this news."""
    found = select(Activity.id).where(
        Activity.report_id == report_id, Activity.state != ReportState.DISPUTED
    )
    return session.scalar(found.limit(1)) is not None
