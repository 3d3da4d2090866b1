"""Planning of drug rehabilitation requirements: tests and reviews are planned ahead, and called off
when the requirement ends (rule 13).

Any number of workers may run this together: a requirement is planned under the lock of its person's
row, and a day has one test. Nothing is planned for a person in custody, and no result is ever
recorded here.
"""

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, datetime, timedelta

import structlog
from sqlalchemy import ColumnElement, and_, exists, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import InstrumentedAttribute, Session

from engage.access.policy import SYSTEM
from engage.agencies.hub_settings import hub_rules, today_at
from engage.agencies.model import Hub
from engage.core import events
from engage.core.db import new_id
from engage.core.working_days import closed_days
from engage.legal.model import Order, Requirement, RequirementKind
from engage.people.model import ContactStatus, CustodyStatus, Person
from engage.progress.drug_tests import court_reviews, rules
from engage.progress.drug_tests.model import CourtReview, DrugTest

log = structlog.get_logger(__name__)

PLANNED_AHEAD = timedelta(days=28)
"""How far ahead tests are planned."""
BATCH_SIZE = 100
_FIRST = uuid.UUID(int=0)
_IN_CUSTODY = (CustodyStatus.CUSTODY, CustodyStatus.REMAND)
_OVER = (ContactStatus.CLOSED, ContactStatus.DEAD)


def plan_all(begin: Callable[[], AbstractContextManager[Session]], *, now: datetime) -> int:
    """Call off what no longer applies, then plan every requirement that needs it, a hundred in a
    transaction. Return how many tests and reviews were planned.
    """
    with begin() as session:
        call_off(session, now=now)
    planned, after = 0, _FIRST
    while True:
        with begin() as session:
            count, last = plan_batch(session, now=now, after=after)
        planned += count
        if last is None:
            return planned
        after = last


def plan_batch(
    session: Session, *, now: datetime, after: uuid.UUID = _FIRST, limit: int = BATCH_SIZE
) -> tuple[int, uuid.UUID | None]:
    """Plan tests and the next review of requirements after `after` in order of id, skipping people
    who are locked.

    Return how many tests and reviews were planned, and the id of the last requirement processed,
    None when there are no more.
    """
    rows = session.execute(
        select(Requirement, Person, Hub)
        .join(Order, Order.id == Requirement.order_id)
        .join(Person, Person.id == Order.person_id)
        .join(Hub, Hub.id == Person.hub_id)
        .where(_needs_planning(now), Requirement.id > after)
        .order_by(Requirement.id)
        .limit(limit)
        .with_for_update(of=Person, skip_locked=True, key_share=True)
    ).all()
    planned = 0
    for requirement, person, hub in rows:
        try:
            with session.begin_nested():
                planned += _plan_tests(session, person, requirement, hub, now)
                made = court_reviews.plan_next(session, SYSTEM, person, requirement, now=now)
                planned += made is not None
        except ValueError as nonsense:  # a hub's settings or time zone are not valid
            log.error("tests.not_planned", requirement=str(requirement.id), why=str(nonsense))
    return planned, rows[-1][0].id if len(rows) == limit else None


def call_off(session: Session, *, now: datetime) -> int:
    """Call off future tests and reviews that no longer apply: the requirement or its order has
    ended, or the person is in custody, has left or has died. A review stays while its order is in
    force. Return how many were called off.
    """
    today = now.date()
    tests = session.execute(
        update(DrugTest)
        .where(
            DrugTest.result.is_(None),
            DrugTest.superseded_at.is_(None),
            DrugTest.due_on > today,
            DrugTest.requirement_id == Requirement.id,
            Requirement.order_id == Order.id,
            Order.person_id == Person.id,
            or_(
                _ended(DrugTest.due_on),
                Person.custody_status.in_(_IN_CUSTODY),
                Person.contact_status.in_(_OVER),
            ),
        )
        .values(superseded_at=now)
        .returning(DrugTest.id, Person.id, Person.hub_id)
        .execution_options(synchronize_session=False)
    ).all()
    over = session.execute(
        update(CourtReview)
        .where(
            CourtReview.held_on.is_(None),
            CourtReview.cancelled_at.is_(None),
            CourtReview.review_on > today,
            CourtReview.requirement_id == Requirement.id,
            Requirement.order_id == Order.id,
            Order.person_id == Person.id,
            or_(_ended(CourtReview.review_on), Person.contact_status == ContactStatus.DEAD),
        )
        .values(cancelled_at=now)
        .returning(CourtReview.id, Person.id, Person.hub_id)
        .execution_options(synchronize_session=False)
    ).all()
    for kind, name, rows in (
        ("test.called_off", "test", tests),
        ("court_review.cancelled", "review", over),
    ):
        for id, person_id, hub_id in rows:
            events.record(
                session,
                kind,
                now=now,
                actor=SYSTEM.label,
                person_id=person_id,
                hub_id=hub_id,
                **{name: id},
            )
    return len(tests) + len(over)


def _ended(on: ColumnElement[date] | InstrumentedAttribute[date]) -> ColumnElement[bool]:
    """The requirement or its order ended before that day."""
    return or_(Requirement.ended_on < on, Order.ended_on < on)


def _needs_planning(now: datetime) -> ColumnElement[bool]:
    """A requirement in force, of a person in the community, whose tests or next review are not
    planned far enough ahead.
    """
    today = now.date()
    last = (
        select(func.max(DrugTest.due_on))
        .where(
            DrugTest.person_id == Order.person_id,
            DrugTest.requirement_id == Requirement.id,
            DrugTest.superseded_at.is_(None),
        )
        .correlate(Order, Requirement)
        .scalar_subquery()
    )
    every = func.coalesce(Requirement.tests_every_days, 1)
    to_review = exists().where(
        CourtReview.requirement_id == Requirement.id,
        CourtReview.held_on.is_(None),
        CourtReview.cancelled_at.is_(None),
    )
    return and_(
        Requirement.kind == RequirementKind.DRR,
        Requirement.ended_on.is_(None),
        Order.ended_on.is_(None),
        Order.ends_on >= today,
        Person.custody_status.not_in(_IN_CUSTODY),
        Person.contact_status.not_in(_OVER),
        or_(
            func.coalesce(last, Requirement.starts_on) + every
            <= func.least(today + PLANNED_AHEAD, Order.ends_on),
            and_(Requirement.reviews_every_days.is_not(None), ~to_review),
        ),
    )


def _plan_tests(
    session: Session, person: Person, requirement: Requirement, hub: Hub, now: datetime
) -> int:
    """Plan the tests that are not planned yet, up to the horizon; days that have passed are not
    made up for.
    """
    today = today_at(session, person.hub_id, now)
    last = session.scalar(
        select(func.max(DrugTest.due_on)).where(
            DrugTest.requirement_id == requirement.id,
            DrugTest.person_id == person.id,
            DrugTest.superseded_at.is_(None),
        )
    )
    days = rules.days_of_tests(
        requirement.starts_on,
        requirement.tests_every_days or hub_rules(hub).test_days,
        after=max(last or date.min, today - timedelta(days=1)),
        until=min(today + PLANNED_AHEAD, requirement.order.ends_on),
        closed=closed_days(hub.settings),
    )
    values = [
        {
            "id": new_id(),
            "person_id": person.id,
            "requirement_id": requirement.id,
            "due_on": day,
            "result": None,
            "note": "",
        }
        for day in days
    ]
    if not values:
        return 0
    made = session.scalars(
        insert(DrugTest).values(values).on_conflict_do_nothing().returning(DrugTest.id)
    ).all()
    if made:
        events.record_for_person(
            session,
            "tests.planned",
            person,
            now=now,
            actor=SYSTEM.label,
            requirement=requirement.id,
            tests=list(made),
        )
    return len(made)
