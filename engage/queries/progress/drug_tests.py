"""A person's drug tests and court reviews as staff see them: a health matter, only with health
access.

Reviews and the order belong to the whole case, and are not shown to workers who only record tests.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.access.policy import (
    Ability,
    Actor,
    abilities,
    may_change,
)
from engage.access.sharing import RecordPart, open_part
from engage.agencies.hub_settings import hub_rules, today_at, zone
from engage.agencies.model import Hub
from engage.core.errors import Forbidden
from engage.core.paging import DayCursor
from engage.legal.model import OrderKind, Requirement
from engage.people.model import Person
from engage.progress.drug_tests import court_reviews, rules, service
from engage.progress.drug_tests.kinds import DrugTestResult
from engage.progress.drug_tests.model import CourtReview, DrugTest
from engage.queries import actor_names

PAGE = 25
COUNTED_DAYS = 91


@dataclass(frozen=True)
class TestView:
    """A test. It is planned while there is no result; `corrected` if another result replaced it;
    `late` if it was due and has no result.
    """

    id: uuid.UUID
    due_on: date
    result: DrugTestResult | None
    note: str
    requirement_id: uuid.UUID | None
    recorded_by: str | None
    recorded_at: datetime | None
    corrected: bool
    late: bool


@dataclass(frozen=True)
class CourtReviewView:
    """A court review, with the day by which its report is due. It is to come while it is neither
    held nor cancelled.
    """

    id: uuid.UUID
    requirement_id: uuid.UUID
    review_on: date
    report_due_on: date
    report_made_at: datetime | None
    report_made_by: str | None
    held_on: date | None
    finding: str
    cancelled: bool

    @property
    def open(self) -> bool:
        """Whether it is still to come."""
        return self.held_on is None and not self.cancelled


@dataclass(frozen=True)
class TestRequirementView:
    """A drug rehabilitation requirement in force: how often it needs tests and reviews, and the
    first possible day of another review.
    """

    id: uuid.UUID
    order: OrderKind
    court: str
    starts_on: date
    ends_on: date
    tests_every_days: int
    reviews_every_days: int | None


@dataclass(frozen=True)
class TestsPage:
    """Everything on the page. `counts` are of the last 13 weeks."""

    person: Person
    zone: ZoneInfo
    today: date
    requirements: tuple[TestRequirementView, ...]
    waiting: tuple[TestView, ...]
    done: tuple[TestView, ...]
    older: DayCursor | None
    counts: rules.TestTally
    reviews: tuple[CourtReviewView, ...]
    may_record: bool
    may_manage: bool


def load(
    session: Session,
    actor: Actor,
    person_id: uuid.UUID,
    *,
    now: datetime,
    before: DayCursor | None = None,
) -> TestsPage:
    """Return the page of one person's tests, in a constant number of statements. The access is
    logged. Raises NotFound or Forbidden.
    """
    person = open_part(session, actor, person_id, RecordPart.HEALTH, now=now, what="tests.page")
    hub = session.get_one(Hub, person.hub_id)
    granted, changes = abilities(actor, person), may_change(actor, person)
    today = today_at(session, person.hub_id, now)
    sees_case = {Ability.CASE, Ability.HEALTH} <= granted
    rows = service.of_person(session, person.id, before=before, limit=PAGE + 1)
    held = court_reviews.of_person(session, person.id) if sees_case else ()
    labels = [row.recorded_by for row in rows] + [review.report_made_by for review in held]
    who = actor_names.names_by_label(session, labels)
    views = [_test(row, who, today) for row in rows[:PAGE]]
    counted = service.results_between(
        session, person.id, today - timedelta(days=COUNTED_DAYS), today
    )
    needs = court_reviews.running_requirements(session, person.id, today) if sees_case else ()
    records = changes and {Ability.RECORD, Ability.HEALTH} <= granted
    return TestsPage(
        person=person,
        zone=zone(hub),
        today=today,
        requirements=tuple(_requirement(need, hub) for need in needs),
        waiting=tuple(view for view in reversed(views) if view.result is None),
        done=tuple(view for view in views if view.result is not None),
        older=DayCursor(views[-1].due_on, views[-1].id) if len(rows) > PAGE else None,
        counts=rules.tally(test.result for test in counted if test.result is not None),
        reviews=tuple(_review(review, hub, who) for review in held),
        may_record=records,
        may_manage=records and sees_case,
    )


def listed(
    session: Session,
    actor: Actor,
    person_id: uuid.UUID,
    *,
    now: datetime,
    before: DayCursor | None,
    limit: int,
) -> tuple[TestView, ...]:
    """A page of a person's tests, latest first, for the API. The access is logged. Raises NotFound
    or Forbidden.
    """
    person = open_part(session, actor, person_id, RecordPart.HEALTH, now=now, what="read tests")
    rows = service.of_person(session, person.id, before=before, limit=limit)
    who = actor_names.names_by_label(session, [row.recorded_by for row in rows])
    today = today_at(session, person.hub_id, now)
    return tuple(_test(row, who, today) for row in rows)


def one(session: Session, test: DrugTest, *, now: datetime) -> TestView:
    """The view of a test that the actor has just changed."""
    person = session.get_one(Person, test.person_id)
    return _test(
        test,
        actor_names.names_by_label(session, [test.recorded_by]),
        today_at(session, person.hub_id, now),
    )


def reviews_of(
    session: Session, actor: Actor, person_id: uuid.UUID, *, now: datetime
) -> tuple[CourtReviewView, ...]:
    """A person's court reviews, latest first, for the API. The access is logged. Raises NotFound or
    Forbidden.
    """
    person = open_part(
        session, actor, person_id, RecordPart.HEALTH, now=now, what="read court reviews"
    )
    if Ability.CASE not in abilities(actor, person):
        raise Forbidden("Your role does not include court reviews.")
    hub = session.get_one(Hub, person.hub_id)
    rows = court_reviews.of_person(session, person.id)
    who = actor_names.names_by_label(session, [review.report_made_by for review in rows])
    return tuple(_review(review, hub, who) for review in rows)


def review(session: Session, row: CourtReview) -> CourtReviewView:
    """The view of a review that the actor has just changed."""
    hub = session.scalars(select(Hub).join(Person).where(Person.id == row.person_id)).one()
    return _review(row, hub, actor_names.names_by_label(session, [row.report_made_by]))


def _test(row: DrugTest, who: Mapping[str | None, str], today: date) -> TestView:
    return TestView(
        id=row.id,
        due_on=row.due_on,
        result=row.result,
        note=row.note,
        requirement_id=row.requirement_id,
        recorded_by=who[row.recorded_by] if row.recorded_by else None,
        recorded_at=row.recorded_at,
        corrected=row.superseded_at is not None,
        late=row.result is None and row.due_on < today,
    )


def _requirement(need: Requirement, hub: Hub) -> TestRequirementView:
    return TestRequirementView(
        id=need.id,
        order=need.order.kind,
        court=need.order.court,
        starts_on=need.starts_on,
        ends_on=need.order.ends_on,
        tests_every_days=need.tests_every_days or hub_rules(hub).test_days,
        reviews_every_days=need.reviews_every_days,
    )


def _review(row: CourtReview, hub: Hub, who: Mapping[str | None, str]) -> CourtReviewView:
    return CourtReviewView(
        id=row.id,
        requirement_id=row.requirement_id,
        review_on=row.review_on,
        report_due_on=court_reviews.report_due(hub, row.review_on),
        report_made_at=row.report_made_at,
        report_made_by=who[row.report_made_by] if row.report_made_by else None,
        held_on=row.held_on,
        finding=row.finding,
        cancelled=row.cancelled_at is not None,
    )
