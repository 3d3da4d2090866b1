"""A person's progress as staff see it: housing and activities, self-reported or verified, and
self-reports from which nothing is recorded yet.

Treatment is a health matter and requires health access. Nothing here judges the person.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import Session

from engage.access.policy import (
    Ability,
    Actor,
    abilities,
    may_change,
)
from engage.access.sharing import RecordPart, open_part
from engage.agencies.hub_settings import today_at, zone
from engage.agencies.model import Agency, Hub
from engage.people.model import Person
from engage.progress import rules as news_rules
from engage.progress.activities import rules, service
from engage.progress.activities.kinds import ActivityEnding, ActivityKind
from engage.progress.activities.model import Activity
from engage.progress.housing import service as housing
from engage.progress.housing.kinds import HousingStage
from engage.progress.housing.model import HousingSpell
from engage.progress.kinds import ReportFact, ReportKind, ReportState
from engage.progress.model import SelfReport
from engage.progress.stability import Stability, stability_of
from engage.queries import actor_names

PAGE = 50
NEWS = 10
NEWS_AGE = timedelta(days=182)


@dataclass(frozen=True)
class StabilityView:
    """Whether a record is self-reported, verified or disputed, by whom and when."""

    state: ReportState
    recorded_by: str
    recorded_at: datetime
    judged_by: str | None
    judged_at: datetime | None
    judged_note: str


@dataclass(frozen=True)
class HousingView:
    """Where a person lives from a day on. `until` is the day on which the next undisputed spell
    begins. `current`: where they live now.
    """

    id: uuid.UUID
    stage: HousingStage
    since: date
    until: date | None
    current: bool
    note: str
    standing: StabilityView


@dataclass(frozen=True)
class ActivityView:
    """An activity that a person takes or took part in."""

    id: uuid.UUID
    kind: ActivityKind
    name: str
    agency: str | None
    started_on: date
    ended_on: date | None
    ending: ActivityEnding | None
    standing: StabilityView


@dataclass(frozen=True)
class SelfReportView:
    """A self-report from which nothing is recorded yet: a home, an activity to start (`begins`) or
    one to end (`ends`).
    """

    id: uuid.UUID
    kind: ReportKind
    fact: ReportFact
    said_at: datetime
    begins: ActivityKind | None
    ends: uuid.UUID | None


@dataclass(frozen=True)
class ProgressPage:
    """Everything on the page. `health`: whether treatment is included."""

    person: Person
    zone: ZoneInfo
    today: date
    stable: Stability
    homes: tuple[HousingView, ...]
    activities: tuple[ActivityView, ...]
    news: tuple[SelfReportView, ...]
    may_record: bool
    health: bool


def load(session: Session, actor: Actor, person_id: uuid.UUID, *, now: datetime) -> ProgressPage:
    """Return the page of one person's progress, in a constant number of statements. The access is
    logged. Raises NotFound or Forbidden.
    """
    person = open_part(
        session, actor, person_id, RecordPart.PROGRESS, now=now, what="progress.page"
    )
    granted = abilities(actor, person)
    health = Ability.HEALTH in granted
    spells = housing.of_person(session, person.id, limit=PAGE)
    activities = service.of_person(session, person.id, health=health, limit=PAGE)
    may_record = may_change(actor, person) and Ability.RECORD in granted
    today = today_at(session, person.hub_id, now)
    return ProgressPage(
        person=person,
        zone=zone(session.get_one(Hub, person.hub_id)),
        today=today,
        stable=stability_of(session, person.id, today),
        homes=home_views(session, spells, today),
        activities=activity_views(session, activities),
        news=_news(session, person, activities, health, now) if may_record else (),
        may_record=may_record,
        health=health,
    )


def homes(
    session: Session, actor: Actor, person_id: uuid.UUID, *, now: datetime
) -> tuple[HousingView, ...]:
    """A person's housing, latest first, for the API. The access is logged. Raises NotFound or
    Forbidden.
    """
    person = open_part(session, actor, person_id, RecordPart.PROGRESS, now=now, what="read housing")
    spells = housing.of_person(session, person.id, limit=PAGE)
    return home_views(session, spells, today_at(session, person.hub_id, now))


def home(session: Session, spell: HousingSpell, *, now: datetime) -> HousingView:
    """The view of a spell that the actor has just changed."""
    person = session.get_one(Person, spell.person_id)
    spells = housing.of_person(session, person.id, limit=PAGE)
    views = home_views(session, spells, today_at(session, person.hub_id, now))
    found = [view for view in views if view.id == spell.id]
    return (found or home_views(session, [spell], spell.since))[0]


def listed(
    session: Session, actor: Actor, person_id: uuid.UUID, *, now: datetime
) -> tuple[ActivityView, ...]:
    """A person's activities, latest first, for the API; treatment only with health access. The
    access is logged. Raises NotFound or Forbidden.
    """
    person = open_part(
        session, actor, person_id, RecordPart.PROGRESS, now=now, what="read activities"
    )
    health = Ability.HEALTH in abilities(actor, person)
    return activity_views(session, service.of_person(session, person.id, health=health, limit=PAGE))


def home_views(
    session: Session, spells: Sequence[HousingSpell], today: date
) -> tuple[HousingView, ...]:
    """Spells, latest first, each with the day on which the next one began."""
    who = _names(session, spells)
    views, following, current = [], None, None
    for spell in spells:
        stands = spell.state is not ReportState.DISPUTED
        if stands and current is None and spell.since <= today:
            current = spell.id
        views.append(
            HousingView(
                id=spell.id,
                stage=spell.stage,
                since=spell.since,
                until=following if stands else None,
                current=spell.id == current,
                note=spell.note,
                standing=_standing(spell, who),
            )
        )
        following = spell.since if stands else following
    return tuple(views)


def activity_views(session: Session, activities: Sequence[Activity]) -> tuple[ActivityView, ...]:
    """Activities with the names of their agencies, in at most two statements."""
    who = _names(session, activities)
    ids = {one.agency_id for one in activities if one.agency_id is not None}
    found = session.scalars(select(Agency).where(Agency.id.in_(ids))) if ids else ()
    agencies = {agency.id: agency.name for agency in found}
    return tuple(
        ActivityView(
            id=one.id,
            kind=one.kind,
            name=one.name,
            agency=agencies.get(one.agency_id) if one.agency_id else None,
            started_on=one.started_on,
            ended_on=one.ended_on,
            ending=one.ending,
            standing=_standing(one, who),
        )
        for one in activities
    )


def _names(
    session: Session, rows: Sequence[HousingSpell] | Sequence[Activity]
) -> Mapping[str | None, str]:
    labels = {label for row in rows for label in (row.recorded_by, row.judged_by) if label}
    return actor_names.names_by_label(session, labels)


def _standing(row: HousingSpell | Activity, who: Mapping[str | None, str]) -> StabilityView:
    return StabilityView(
        state=row.state,
        recorded_by=who[row.recorded_by],
        recorded_at=row.recorded_at,
        judged_by=who[row.judged_by] if row.judged_by else None,
        judged_at=row.judged_at,
        judged_note=row.judged_note,
    )


def _news(
    session: Session, person: Person, activities: Sequence[Activity], health: bool, now: datetime
) -> tuple[SelfReportView, ...]:
    """Recent self-reports from which a home or an activity can be recorded, or that end one, and
    that have not been used.
    """
    home_made = exists().where(
        HousingSpell.report_id == SelfReport.id, HousingSpell.state != ReportState.DISPUTED
    )
    activity_made = exists().where(
        Activity.report_id == SelfReport.id, Activity.state != ReportState.DISPUTED
    )
    running: dict[ActivityKind, Activity] = {}
    for one in activities:
        if one.ended_on is None and one.state is not ReportState.DISPUTED:
            running.setdefault(one.kind, one)
    begins = {
        fact
        for fact, kind in rules.STARTED_BY.items()
        if kind is not ActivityKind.GROUP or kind not in running
    }
    ends = {fact for fact, (kind, _) in rules.ENDED_BY.items() if kind in running}
    query = (
        select(SelfReport)
        .where(
            SelfReport.person_id == person.id,
            SelfReport.said_at > now - NEWS_AGE,
            SelfReport.state != ReportState.DISPUTED,
            or_(
                and_(SelfReport.fact.in_(housing.HOME_FACTS), ~home_made),
                and_(SelfReport.fact.in_(begins), ~activity_made),
                SelfReport.fact.in_(ends),
            ),
        )
        .order_by(SelfReport.said_at.desc(), SelfReport.id.desc())
        .limit(NEWS)
    )
    if not health:
        query = query.where(SelfReport.kind.not_in(news_rules.HEALTH))
    return tuple(
        SelfReportView(
            id=report.id,
            kind=report.kind,
            fact=report.fact,
            said_at=report.said_at,
            begins=rules.STARTED_BY.get(report.fact),
            ends=running[rules.ENDED_BY[report.fact][0]].id
            if report.fact in rules.ENDED_BY
            else None,
        )
        for report in session.scalars(query)
        if report.fact is not None
    )
