"""`/v1/people/{id}/check-in-plan` and `/v1/people/{id}/check-ins`."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from engage.agencies.model import Hub, Staff
from engage.conversation import intake
from engage.core.db import Database
from engage.people.model import Person
from tests import builders
from tests.api.conftest import KeyMaker, StoppedClock
from tests.engage.conversation.phones import text_in
from tests.engage.progress.check_ins.stage import DUE, asked

PLAN = {"every_weeks": 2, "weekday": 1, "hour": 10}


@pytest.fixture
def katrina(committed: Database, place: tuple[Hub, Staff]) -> Person:
    """A person of the hub who can be texted."""
    with committed.begin() as session:
        return builders.person(session, session.get_one(Staff, place[1].id))


def test_a_plan_is_set_read_and_ended(client: FlaskClient, key: KeyMaker, katrina: Person) -> None:
    """Before it is set it gets 404. After its end it has no next check-in."""
    headers, address = key("people:read", "people:write"), f"/v1/people/{katrina.id}/check-in-plan"
    assert client.get(address, headers=headers).status_code == 404
    assert client.post(f"{address}/end", headers=headers).status_code == 404
    made = client.post(address, json=PLAN, headers=headers)
    assert made.status_code == 200, made.text
    assert made.get_json()["next_at"] == "2027-03-23T10:00:00+00:00"
    assert client.get(address, headers=headers).get_json() == made.get_json()
    ended = client.post(f"{address}/end", headers=headers).get_json()
    assert ended["next_at"] is None and ended["every_weeks"] == 2


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"every_weeks": 3}, "#/every_weeks"),
        ({"every_weeks": 0}, "#/every_weeks"),
        ({"every_weeks": "1"}, "#/every_weeks"),
        ({"weekday": 7}, "#/weekday"),
        ({"hour": 24}, "#/hour"),
        ({"hour": 7}, "#/hour"),
        ({"minute": 5}, "#/minute"),
    ],
)
def test_bad_plans_are_refused(
    client: FlaskClient, key: KeyMaker, katrina: Person, changes: dict[str, object], where: str
) -> None:
    """Each error points to its field, and nothing is stored."""
    headers, address = key(), f"/v1/people/{katrina.id}/check-in-plan"
    refused = client.post(address, json={**PLAN, **changes}, headers=headers)
    assert refused.status_code == 422 and [
        one["pointer"] for one in refused.get_json()["errors"]
    ] == [where]
    assert client.get(address, headers=headers).status_code == 404


def test_scopes_and_hubs(
    client: FlaskClient, key: KeyMaker, katrina: Person, committed: Database
) -> None:
    """A key without the scope gets 403, a key of another hub 404."""
    with committed.begin() as session:
        elsewhere = builders.hub(session, "Gwent")
    plan, rounds = f"/v1/people/{katrina.id}/check-in-plan", f"/v1/people/{katrina.id}/check-ins"
    assert client.post(plan, json=PLAN, headers=key("people:read")).status_code == 403
    assert client.get(rounds, headers=key("people:read", "people:write")).status_code == 403
    for method, address in (("get", plan), ("post", plan), ("get", rounds)):
        body = {"json": PLAN} if method == "post" else {}
        answer = getattr(client, method)(address, headers=key(hub=elsewhere), **body)
        assert answer.status_code == 404


def test_without_approval_it_is_a_conflict(
    client: FlaskClient, key: KeyMaker, katrina: Person, committed: Database
) -> None:
    """The code is `not_approved`."""
    with committed.begin() as session:
        session.get_one(Person, katrina.id).texts_approved_at = None
    refused = client.post(f"/v1/people/{katrina.id}/check-in-plan", json=PLAN, headers=key())
    assert (refused.status_code, refused.get_json()["code"]) == (409, "not_approved")


def test_check_ins_are_listed_newest_first(
    client: FlaskClient, key: KeyMaker, katrina: Person, committed: Database, clock: StoppedClock
) -> None:
    """With the answer, its words and the earlier answers."""
    with committed.begin() as session:
        asked(session, session.get_one(Person, katrina.id))
    for count, body in enumerate(["1", "3 bit rubbish"]):
        with committed.begin() as session:
            at = DUE + timedelta(minutes=count)
            intake.handle(session, text_in(session, body, at), at)
    clock.at = DUE + timedelta(hours=1)
    page = client.get(f"/v1/people/{katrina.id}/check-ins", headers=key("messages:read")).get_json()
    (found,) = page["items"]
    assert page["next"] is None and found["due_on"] == "2027-03-23" and found["state"] == "answered"
    assert (found["value"], found["words"], found["earlier"]) == (3, "bit rubbish", [1])
