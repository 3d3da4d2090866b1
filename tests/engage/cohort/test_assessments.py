"""Assessments: versions are kept, and move with the person."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy.orm import Session

from engage.access.policy import Actor
from engage.agencies.model import Hub, Role, Staff
from engage.cohort import assessments
from engage.cohort.model import Assessment
from engage.core.errors import Forbidden, Invalid, NotFound
from engage.plan.kinds import Pathway
from tests import builders
from tests.engage.cohort.table import JUDGED, refer


@pytest.fixture
def hub(session: Session) -> Hub:
    """The hub Tyneside."""
    return builders.hub(session)


@pytest.fixture
def om(session: Session, hub: Hub) -> Staff:
    """Its offender manager."""
    return builders.staff(session, hub)


@pytest.fixture
def keeper(session: Session, hub: Hub) -> Actor:
    """Its coordinator."""
    return builders.actor(builders.staff(session, hub, Role.COORDINATOR, name="Chidi Okafor"))


def test_each_judgement_is_a_version_and_none_is_overwritten(session: Session, om: Staff) -> None:
    """Latest first; scores by pathway."""
    person, actor = builders.person(session, om), builders.actor(om)
    again = replace(JUDGED, offences_a_year=10, needs={Pathway.HEALTH: 2})
    for judged in (JUDGED, again):
        assessments.assess_person(session, actor, person.id, judged, now=builders.NOW)
    _, found = assessments.of_person(session, actor, person.id, now=builders.NOW, limit=10)
    assert [(one.version, one.offences_a_year, one.needs) for one in found] == [
        (2, 10, {"health": 2}),
        (1, 40, {}),
    ]
    _, older = assessments.of_person(
        session, actor, person.id, now=builders.NOW, limit=10, before=2
    )
    assert [one.version for one in older] == [1]


def test_a_referral_of_a_known_person_adds_to_their_versions(
    session: Session, hub: Hub, om: Staff, keeper: Actor
) -> None:
    """A known person has one sequence of versions."""
    person = builders.person(session, om, crn="X111111")
    assessments.assess_person(session, keeper, person.id, JUDGED, now=builders.NOW)
    referral = refer(session, keeper, hub, crn="X111111")
    made = assessments.assess_referral(session, keeper, referral.id, JUDGED, now=builders.NOW)
    assert (made.person_id, made.referral_id, made.version) == (person.id, None, 2)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"offences_a_year": -1}, "offences_a_year"),
        ({"offences_a_year": 1001}, "offences_a_year"),
        ({"cost_pence": -1}, "cost_pence"),
        (
            {"predictor_score": 101, "predictor": "OGRS", "predictor_version": "3"},
            "predictor_score",
        ),
        ({"predictor_score": 60}, "predictor"),
        ({"predictor_score": 60, "predictor": "OGRS"}, "predictor"),
        ({"needs": {Pathway.HEALTH: 4}}, "needs"),
    ],
)
def test_impossible_values_are_refused(
    session: Session, om: Staff, changes: dict[str, Any], field: str
) -> None:
    """Named by its field; no version is added."""
    person = builders.person(session, om)
    with pytest.raises(Invalid) as refused:
        assessments.assess_person(
            session, builders.actor(om), person.id, replace(JUDGED, **changes), now=builders.NOW
        )
    assert set(refused.value.fields) == {field} and session.query(Assessment).count() == 0


def test_who_assesses(session: Session, hub: Hub, om: Staff, keeper: Actor) -> None:
    """A worker who manages the person; for a referral, staff of the hub who manage people, but not
    the worker who only sent it.
    """
    person = builders.person(session, om)
    other = builders.actor(builders.staff(session, hub, name="Dai Rees"))
    with pytest.raises(NotFound):
        assessments.assess_person(session, other, person.id, JUDGED, now=builders.NOW)
    worker = builders.actor(builders.staff(session, hub, Role.SUPPORT_WORKER, name="Jo Lamb"))
    referral = refer(session, worker, hub)
    with pytest.raises(Forbidden):
        assessments.assess_referral(session, worker, referral.id, JUDGED, now=builders.NOW)
    auditor = builders.actor(builders.staff(session, hub, Role.AUDITOR, name="Robin Platt"))
    with pytest.raises(Forbidden):
        assessments.assess_person(session, auditor, person.id, JUDGED, now=builders.NOW)
    assert (
        assessments.assess_referral(session, keeper, referral.id, JUDGED, now=builders.NOW).version
        == 1
    )
