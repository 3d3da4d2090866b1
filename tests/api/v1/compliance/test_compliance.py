"""`/v1/people/{id}/compliance` and `/v1/people/{id}/enforcements`."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from engage.agencies.model import Hub, Staff
from engage.appointments.model import OutcomeCode
from engage.compliance import decisions
from engage.compliance.model import EnforcementKind
from engage.core.db import Database
from engage.legal.model import Order
from engage.people.model import Person
from engage.signals import Signal, SignalKind
from tests import builders
from tests.api.conftest import KeyMaker
from tests.engage.compliance.stage import missed, order


@pytest.fixture
def katrina(committed: Database, place: tuple[Hub, Staff]) -> Person:
    """A person on an order, with a failure and a provisional absence."""
    with committed.begin() as session:
        person = builders.person(session, session.get_one(Staff, place[1].id))
        order(session, person)
        missed(session, person, 30)
        missed(session, person, 2, code=OutcomeCode.FAILED_TO_ATTEND)
        return person


def test_a_persons_compliance(client: FlaskClient, key: KeyMaker, katrina: Person) -> None:
    """Every reason, whether texts arrived, and absences that wait."""
    answer = client.get(f"/v1/people/{katrina.id}/compliance", headers=key("compliance:read"))
    assert answer.status_code == 200, answer.text
    found = answer.get_json()
    (standing,) = found["standings"]
    assert (standing["order"], standing["step"], standing["due_on"]) == (
        "community_order",
        "warn_or_refer",
        None,
    )
    assert "1 failure to comply in the last 12 months" in standing["reasons"][0]
    assert standing["failures"][0]["reached"].startswith("No text about it reached them")
    assert [one["explain_by"] for one in found["waiting"]] == ["2027-03-25"]


def test_an_outcome_applies_rule_6_at_once(
    client: FlaskClient, key: KeyMaker, katrina: Person, committed: Database
) -> None:
    """Rule 6: the request that records the second failure raises its signal."""
    with committed.begin() as session:
        made = missed(session, session.get_one(Person, katrina.id), 1, code=None).id
    answer = client.post(
        f"/v1/appointments/{made}/outcome", json={"code": "UAAB"}, headers=key("appointments:write")
    )
    assert answer.status_code == 200, answer.text
    with committed.begin() as session:
        assert session.scalars(
            select(Signal.id).where(Signal.kind == SignalKind.SECOND_FAILURE)
        ).one()


def test_decisions_are_listed_in_pages(
    client: FlaskClient,
    key: KeyMaker,
    katrina: Person,
    committed: Database,
    place: tuple[Hub, Staff],
) -> None:
    """The latest first, without reasons or notes."""
    with committed.begin() as session:
        actor = builders.actor(session.get_one(Staff, place[1].id))
        under = session.scalars(select(Order.id)).one()
        for number in range(3):
            made = decisions.decide(
                session,
                actor,
                katrina.id,
                kind=EnforcementKind.WARNING,
                order_id=under,
                reason=f"Number {number}",
                now=builders.NOW,
            )
            if number < 2:
                decisions.withdraw(session, actor, made.id, why="Wrong", now=builders.NOW)
    headers, address = key("compliance:read"), f"/v1/people/{katrina.id}/enforcements"
    first = client.get(f"{address}?limit=2", headers=headers).get_json()
    rest = client.get(
        address, query_string={"limit": 2, "after": first["next"]}, headers=headers
    ).get_json()
    found = [*first["items"], *rest["items"]]
    assert len(found) == 3 and rest["next"] is None and len({one["id"] for one in found}) == 3
    assert [one["withdrawn_at"] is None for one in found] == [True, False, False]
    assert "reason" not in found[0] and found[0]["rests_on"] == 1


def test_scopes_and_hubs(
    client: FlaskClient, key: KeyMaker, katrina: Person, committed: Database
) -> None:
    """A key without the scope gets 403, a key of another hub 404."""
    with committed.begin() as session:
        elsewhere = builders.hub(session, "Gwent")
    for address in (f"/v1/people/{katrina.id}/compliance", f"/v1/people/{katrina.id}/enforcements"):
        assert client.get(address, headers=key("people:read", "case:read")).status_code == 403
        assert client.get(address, headers=key(hub=elsewhere)).status_code == 404
    bad = client.get(
        f"/v1/people/{katrina.id}/enforcements?after=x", headers=key("compliance:read")
    )
    assert bad.status_code == 422
