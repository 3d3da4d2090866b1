"""Rows for tests of housing, activities and drug tests; each is added and flushed."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from engage.legal.model import Order, OrderKind, Requirement, RequirementKind
from engage.people.model import Person
from engage.progress.activities.kinds import ActivityKind
from engage.progress.activities.model import Activity
from engage.progress.drug_tests.kinds import DrugTestResult
from engage.progress.drug_tests.model import CourtReview, DrugTest
from engage.progress.housing.kinds import HousingStage
from engage.progress.housing.model import HousingSpell
from engage.progress.kinds import ReportState
from tests import builders

TODAY = builders.NOW.date()


def spell(
    session: Session,
    whose: Person,
    stage: HousingStage = HousingStage.SOCIAL_TENANCY,
    since: date = TODAY,
    **values: Any,
) -> HousingSpell:
    """Where the person lives from a day on, verified by default."""
    made = HousingSpell(
        person_id=whose.id,
        stage=stage,
        since=since,
        **{
            "state": ReportState.VERIFIED,
            "recorded_by": "system",
            "recorded_at": builders.NOW,
            **values,
        },
    )
    session.add(made)
    session.flush()
    return made


def activity(
    session: Session,
    whose: Person,
    kind: ActivityKind = ActivityKind.WORK,
    started_on: date = TODAY,
    **values: Any,
) -> Activity:
    """An activity of the person, verified by default."""
    made = Activity(
        person_id=whose.id,
        kind=kind,
        started_on=started_on,
        **{
            "name": "The bakery",
            "state": ReportState.VERIFIED,
            "recorded_by": "system",
            "recorded_at": builders.NOW,
            **values,
        },
    )
    session.add(made)
    session.flush()
    return made


def treatment(
    session: Session,
    whose: Person,
    starts_on: date = TODAY,
    *,
    order: dict[str, Any] | None = None,
    **values: Any,
) -> Requirement:
    """A drug rehabilitation requirement of a one-year order, by default with weekly tests and a
    review every 28 days.
    """
    under = Order(
        person_id=whose.id,
        **{
            "kind": OrderKind.COMMUNITY_ORDER,
            "court": "Newcastle Crown Court",
            "made_on": starts_on,
            "starts_on": starts_on,
            "ends_on": starts_on + timedelta(days=364),
            "recorded_by": "system",
            "recorded_at": builders.NOW,
            **(order or {}),
        },
    )
    session.add(under)
    session.flush()
    made = Requirement(
        order=under,
        kind=RequirementKind.DRR,
        starts_on=starts_on,
        **{
            "tests_every_days": 7,
            "reviews_every_days": 28,
            "recorded_by": "system",
            "recorded_at": builders.NOW,
            **values,
        },
    )
    session.add(made)
    session.flush()
    return made


def drug_test(
    session: Session,
    whose: Person,
    due_on: date = TODAY,
    result: DrugTestResult | None = DrugTestResult.NEGATIVE,
    *,
    at: datetime = builders.NOW,
    **values: Any,
) -> DrugTest:
    """A drug test, planned if it has no result."""
    by = {} if result is None else {"recorded_by": "system", "recorded_at": at}
    made = DrugTest(person_id=whose.id, due_on=due_on, result=result, **{**by, **values})
    session.add(made)
    session.flush()
    return made


def review(
    session: Session, requirement: Requirement, review_on: date, **values: Any
) -> CourtReview:
    """A court review."""
    made = CourtReview(
        person_id=requirement.order.person_id,
        requirement_id=requirement.id,
        review_on=review_on,
        **{"recorded_by": "system", "recorded_at": builders.NOW, **values},
    )
    session.add(made)
    session.flush()
    return made
