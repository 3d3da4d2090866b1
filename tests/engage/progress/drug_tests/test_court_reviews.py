"""Court reviews and planned tests: at least a month apart, planned ahead automatically, called off
with their requirement.
"""

import threading
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.access.policy import Actor
from engage.agencies.model import AgencyKind, Hub, Role, Staff
from engage.core.db import Database
from engage.core.errors import (
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
)
from engage.core.model import Event
from engage.legal.model import OrderEnding, Requirement
from engage.people.model import ContactStatus, CustodyStatus, Person
from engage.progress.drug_tests import court_reviews, schedule
from engage.progress.drug_tests.model import CourtReview, DrugTest
from engage.signals import Signal, SignalKind, SignalState, raise_signal
from tests import builders
from tests.engage.progress import stage
from tests.engage.progress.stage import TODAY
from tests.engage.progress.test_reports import partner

STARTED = TODAY - timedelta(days=10)
"""Wednesday 10 March 2027."""


@pytest.fixture
def hub(session: Session) -> Hub:
    """One hub."""
    return builders.hub(session)


@pytest.fixture
def pat(session: Session, hub: Hub) -> Staff:
    """The offender manager."""
    return builders.staff(session, hub)


@pytest.fixture
def actor(pat: Staff) -> Actor:
    """The offender manager as actor."""
    return builders.actor(pat)


@pytest.fixture
def katrina(session: Session, pat: Staff) -> Person:
    """A person of Pat's."""
    return builders.person(session, pat)


@pytest.fixture
def drr(session: Session, katrina: Person) -> Requirement:
    """Weekly tests and a review every four weeks, for ten days now."""
    return stage.treatment(session, katrina, STARTED)


def planned_tests(session: Session) -> list[date]:
    """The planned tests."""
    query = select(DrugTest.due_on).where(
        DrugTest.result.is_(None), DrugTest.superseded_at.is_(None)
    )
    return sorted(session.scalars(query))


def open_reviews(session: Session) -> list[date]:
    """The planned reviews."""
    query = select(CourtReview.review_on).where(
        CourtReview.held_on.is_(None), CourtReview.cancelled_at.is_(None)
    )
    return sorted(session.scalars(query))


def test_tests_and_the_review_are_planned_ahead(
    session: Session, drr: Requirement, now: datetime
) -> None:
    """Rule 13: every week from the start for four weeks ahead, and the review a month after the
    start. Repeating it adds nothing; later runs add the rest.
    """
    assert schedule.plan_batch(session, now=now) == (5, None)
    assert planned_tests(session) == [STARTED + timedelta(days=7 * week) for week in (2, 3, 4, 5)]
    assert open_reviews(session) == [date(2027, 4, 12)]
    assert schedule.plan_batch(session, now=now) == (0, None)
    schedule.plan_batch(session, now=now + timedelta(days=7))
    assert planned_tests(session)[-1] == STARTED + timedelta(days=42)
    session.flush()
    kinds = session.scalars(select(Event.kind).order_by(Event.id)).all()
    assert kinds == ["tests.planned", "court_review.planned", "tests.planned"]


@pytest.mark.parametrize(
    "values",
    [
        {"tests_every_days": None, "reviews_every_days": None},
        {"order": {"ends_on": TODAY + timedelta(days=400)}, "reviews_every_days": None},
    ],
)
def test_without_an_interval_in_the_order_the_hubs_applies(
    session: Session, katrina: Person, now: datetime, values: dict[str, Any]
) -> None:
    """Rule 13: weekly by default; no review if the court named none."""
    stage.treatment(session, katrina, STARTED, **values)
    schedule.plan_batch(session, now=now)
    assert len(planned_tests(session)) == 4 and open_reviews(session) == []


@pytest.mark.parametrize(
    "values",
    [
        {"custody_status": CustodyStatus.CUSTODY},
        {"custody_status": CustodyStatus.REMAND},
        {"contact_status": ContactStatus.CLOSED},
        {"contact_status": ContactStatus.DEAD},
    ],
)
def test_nothing_is_planned_for_people_who_cannot_attend(
    session: Session, pat: Staff, now: datetime, values: dict[str, Any]
) -> None:
    """In custody, left or dead."""
    stage.treatment(session, builders.person(session, pat, **values), STARTED)
    assert schedule.plan_batch(session, now=now) == (0, None)


def _requirement_ends(drr: Requirement) -> None:
    drr.ended_on = TODAY


def _order_ends(drr: Requirement) -> None:
    drr.order.ended_on, drr.order.ending = TODAY, OrderEnding.REVOKED


@pytest.mark.parametrize("end", [_requirement_ends, _order_ends])
def test_planned_tests_and_reviews_end_with_the_order(
    session: Session, drr: Requirement, now: datetime, end: Callable[[Requirement], None]
) -> None:
    """Tests and the review are called off, and nothing new is planned."""
    schedule.plan_batch(session, now=now)
    end(drr)
    session.flush()
    assert schedule.call_off(session, now=now) == 5
    assert (planned_tests(session), open_reviews(session)) == ([], [])
    assert schedule.call_off(session, now=now) == 0
    assert schedule.plan_batch(session, now=now) == (0, None)


def test_custody_calls_tests_off_and_release_plans_them_again(
    session: Session, katrina: Person, drr: Requirement, now: datetime
) -> None:
    """The review stays: it is the court's."""
    schedule.plan_batch(session, now=now)
    katrina.custody_status = CustodyStatus.REMAND
    session.flush()
    schedule.call_off(session, now=now)
    assert planned_tests(session) == [] and len(open_reviews(session)) == 1
    katrina.custody_status = CustodyStatus.COMMUNITY
    session.flush()
    later = now + timedelta(days=20)
    schedule.plan_batch(session, now=later)
    assert planned_tests(session)[0] == date(2027, 4, 14)


def test_a_hub_with_invalid_settings_delays_no_other_hub(
    session: Session, hub: Hub, drr: Requirement, now: datetime
) -> None:
    """Nothing is planned there; elsewhere it is."""
    hub.settings = {"closed_days": "tomorrow"}
    elsewhere = builders.staff(session, builders.hub(session, "Wearside"))
    other = builders.person(session, elsewhere, number="+447700900102")
    stage.treatment(session, other, STARTED)
    schedule.plan_batch(session, now=now)
    assert {test.person_id for test in session.scalars(select(DrugTest))} == {other.id}


def test_a_court_names_another_day(
    session: Session, actor: Actor, drr: Requirement, now: datetime
) -> None:
    """It replaces the planned one; repeating it changes nothing."""
    schedule.plan_batch(session, now=now)
    wanted = date(2027, 4, 21)
    first = court_reviews.set_review(session, actor, drr.id, review_on=wanted, now=now)
    assert court_reviews.set_review(session, actor, drr.id, review_on=wanted, now=now) is first
    assert open_reviews(session) == [wanted]


@pytest.mark.parametrize(
    "review_on", [TODAY - timedelta(days=1), date(2027, 4, 9), STARTED + timedelta(days=365)]
)
def test_a_review_too_soon_or_too_late_is_refused(
    session: Session, actor: Actor, drr: Requirement, now: datetime, review_on: date
) -> None:
    """Rule 13: at least a month after the last one, and while the order is in force."""
    with pytest.raises(Invalid) as refusal:
        court_reviews.set_review(session, actor, drr.id, review_on=review_on, now=now)
    assert set(refusal.value.fields) == {"review_on"} and open_reviews(session) == []


def test_a_review_is_held_and_the_next_one_planned(
    session: Session, actor: Actor, katrina: Person, drr: Requirement, now: datetime
) -> None:
    """The finding is kept and the signal resolved; repeating it changes nothing, another finding is
    refused.
    """
    review = stage.review(session, drr, TODAY)
    raise_signal(
        session,
        SignalKind.COURT_REVIEW_SOON,
        person_id=katrina.id,
        hub_id=katrina.hub_id,
        cause="x",
        why="x",
        evidence=[],
        now=now,
    )
    with pytest.raises(Invalid):
        court_reviews.record_review(session, actor, review.id, held_on=TODAY, finding=" ", now=now)
    for _ in range(2):
        court_reviews.record_review(
            session, actor, review.id, held_on=TODAY, finding="Goes on well", now=now
        )
    assert open_reviews(session) == [date(2027, 4, 20)]
    assert session.scalars(select(Signal.state)).all() == [SignalState.RESOLVED]
    attempts: list[Callable[[], object]] = [
        lambda: court_reviews.record_review(
            session, actor, review.id, held_on=TODAY, finding="Badly", now=now
        ),
        lambda: court_reviews.cancel(session, actor, review.id, now=now),
        lambda: court_reviews.record_report(session, actor, review.id, digest="0" * 64, now=now),
    ]
    for attempt in attempts:
        with pytest.raises(Conflict):
            attempt()


def test_a_review_is_cancelled(
    session: Session, actor: Actor, drr: Requirement, now: datetime
) -> None:
    """It can no longer be held or reported on."""
    review = stage.review(session, drr, TODAY)
    for _ in range(2):
        court_reviews.cancel(session, actor, review.id, now=now)
    assert open_reviews(session) == [] and court_reviews.of_person(session, review.person_id) == []
    with pytest.raises(Conflict):
        court_reviews.record_review(session, actor, review.id, held_on=TODAY, finding="x", now=now)


def test_reviews_require_access_to_the_whole_case(
    session: Session, hub: Hub, katrina: Person, drr: Requirement, now: datetime
) -> None:
    """A drug worker records tests and no reviews; a supervisor has no health access; for others
    nothing exists.
    """
    review = stage.review(session, drr, TODAY)
    for who, refusal in (
        (partner(session, hub, katrina, AgencyKind.DRUG_AND_ALCOHOL), Forbidden),
        (builders.actor(builders.staff(session, hub, Role.SUPERVISOR)), Forbidden),
        (builders.actor(builders.staff(session, hub, name="Dai Rees")), NotFound),
    ):
        with pytest.raises(refusal):
            court_reviews.record_review(
                session, who, review.id, held_on=TODAY, finding="x", now=now
            )
        with pytest.raises(refusal):
            court_reviews.set_review(session, who, drr.id, review_on=TODAY, now=now)


def test_two_workers_plan_no_test_twice(committed: Database, now: datetime) -> None:
    """Both at once: each day has one test."""
    with committed.begin() as session:
        pat = builders.staff(session, builders.hub(session))
        for number in range(3):
            whose = builders.person(session, pat, number=f"+44770090010{number}")
            stage.treatment(session, whose, STARTED)
    gate, planned = threading.Barrier(2), []

    def plan() -> None:
        gate.wait(10)
        planned.append(schedule.plan_all(committed.begin, now=now))

    threads = [threading.Thread(target=plan) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sum(planned) == 15
    with committed.begin() as session:
        assert len(planned_tests(session)) == 12 and len(open_reviews(session)) == 3
