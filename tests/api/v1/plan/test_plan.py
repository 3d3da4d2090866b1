"""`/v1/people/{id}/needs`, `/actions` and `/milestones`."""

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from engage.agencies.model import Hub, Staff
from engage.cohort.kinds import MilestoneKind
from engage.cohort.model import Milestone
from engage.core.db import Database
from engage.people.model import Person
from engage.plan import actions, approvals
from engage.plan.kinds import ActionClass
from tests import builders
from tests.api.conftest import KeyMaker

NOW = builders.NOW
ACTION: dict[str, Any] = {
    "pathway": "accommodation",
    "action_class": "support",
    "what": "Find a room",
    "agency": "Probation",
    "responsible": "Jo Lamb",
    "due_on": "2027-04-01",
    "text": "Hi Katrina. Jo will ring you about a room.",
}


@pytest.fixture
def katrina(committed: Database, place: tuple[Hub, Staff]) -> Person:
    """A person of the hub who can be texted."""
    with committed.begin() as session:
        return builders.person(session, session.get_one(Staff, place[1].id))


def propose(client: FlaskClient, headers: dict[str, str], katrina: Person, **changes: Any) -> Any:
    """Propose the action."""
    return client.post(
        f"/v1/people/{katrina.id}/actions", json={**ACTION, **changes}, headers=headers
    )


def test_an_action_waits_for_approval(
    client: FlaskClient,
    key: KeyMaker,
    katrina: Person,
    committed: Database,
    place: tuple[Hub, Staff],
) -> None:
    """A system proposes an action and can finish it only after the offender manager agreed."""
    headers = key()
    made = propose(client, headers, katrina)
    assert made.status_code == 201, made.text
    found = made.get_json()
    assert (found["state"], found["text_status"], found["agency"]) == (
        "proposed",
        None,
        "Probation",
    )
    address = f"/v1/actions/{found['id']}"
    done = {"done_on": "2027-03-20", "note": "Room 4"}
    refused = client.post(f"{address}/done", json=done, headers=headers)
    assert (refused.status_code, refused.get_json()["code"]) == (409, "action_not_live")
    with committed.begin() as session:
        om = builders.actor(session.get_one(Staff, place[1].id))
        actions.approve(session, om, found["id"], now=NOW)
    live = client.get(address, headers=headers).get_json()
    assert (live["state"], live["approval"], live["text_status"]) == ("live", "single", "queued")
    moved = {"responsible": "Sam Orr", "due_on": "2027-04-08"}
    assert (
        client.post(f"{address}/change", json=moved, headers=headers).get_json()["due_on"]
        == "2027-04-08"
    )
    ended = client.post(f"{address}/done", json=done, headers=headers).get_json()
    assert (ended["state"], ended["done_on"], ended["ended_note"]) == (
        "done",
        "2027-03-20",
        "Room 4",
    )
    late = client.post(f"{address}/withdraw", json={"reason": "No"}, headers=headers)
    assert (late.status_code, late.get_json()["code"]) == (409, "action_ended")


def test_a_standing_approval_makes_it_live(
    client: FlaskClient,
    key: KeyMaker,
    katrina: Person,
    committed: Database,
    place: tuple[Hub, Staff],
) -> None:
    """The offender manager has a standing approval for its class."""
    with committed.begin() as session:
        om = builders.actor(session.get_one(Staff, place[1].id))
        approvals.give(
            session, om, katrina.id, action_class=ActionClass.SUPPORT, agency_id=None, now=NOW
        )
    found = propose(client, key(), katrina).get_json()
    assert (found["state"], found["approval"]) == ("live", "standing")
    disrupt = propose(client, key(), katrina, action_class="disrupt", text="").get_json()
    assert disrupt["state"] == "proposed"


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"pathway": "love"}, "#/pathway"),
        ({"what": ""}, "#/what"),
        ({"due_on": "2027-02-29"}, "#/due_on"),
        ({"due_on": "2027-03-19"}, "#/due_on"),
        ({"agency": "Nobody"}, "#/agency"),
        ({"text": "See you in court"}, "#/text"),
        ({"text": "x" * 161}, "#/text"),
        ({"action_class": "disrupt"}, "#/text"),
        ({"state": "live"}, "#/state"),
    ],
)
def test_bad_values_are_refused(
    client: FlaskClient, key: KeyMaker, katrina: Person, changes: dict[str, Any], where: str
) -> None:
    """Each error points to its field, and nothing is proposed."""
    headers = key()
    refused = propose(client, headers, katrina, **changes)
    assert refused.status_code == 422
    assert [one["pointer"] for one in refused.get_json()["errors"]] == [where]
    assert client.get(f"/v1/people/{katrina.id}/actions", headers=headers).get_json()["items"] == []


def test_a_repeated_request_is_done_once(
    client: FlaskClient, key: KeyMaker, katrina: Person
) -> None:
    """The repeat gets the same answer. Pages follow each other."""
    headers = key()
    first = propose(client, {**headers, "Idempotency-Key": "a"}, katrina).get_json()
    assert propose(client, {**headers, "Idempotency-Key": "a"}, katrina).get_json() == first
    second = propose(client, headers, katrina).get_json()
    address = f"/v1/people/{katrina.id}/actions?limit=1"
    page = client.get(address, headers=headers).get_json()
    assert [one["id"] for one in page["items"]] == [second["id"]]
    rest = client.get(f"{address}&after={page['next']}", headers=headers).get_json()
    assert ([one["id"] for one in rest["items"]], rest["next"]) == ([first["id"]], None)


def test_scopes_hubs_and_health(
    client: FlaskClient, key: KeyMaker, katrina: Person, committed: Database
) -> None:
    """Without the scope 403, from another hub 404. Health needs require `health:read`."""
    with committed.begin() as session:
        elsewhere = builders.hub(session, "Gwent")
        for kind in (MilestoneKind.NEGATIVE_TESTS, MilestoneKind.ATTENDED):
            session.add(
                Milestone(
                    person_id=katrina.id,
                    kind=kind,
                    step=5,
                    counted_from=NOW.date() - timedelta(days=9),
                    reached_on=NOW.date(),
                    found_at=NOW,
                )
            )
    assert propose(client, key("case:read"), katrina).status_code == 403
    assert propose(client, key(hub=elsewhere), katrina).status_code in (404, 422)
    everything, case = key(), key("case:read", "case:write")
    health = propose(
        client, everything, katrina, pathway="health", what="See the doctor"
    ).get_json()
    assert propose(client, case, katrina, pathway="health").status_code == 403
    seen = client.get(f"/v1/actions/{health['id']}", headers=case).get_json()
    assert (seen["hidden"], seen["what"], seen["pathway"], seen["text"]) == (True, None, None, None)
    need = {"pathway": "health", "score": 3, "note": "Ill"}
    address = f"/v1/people/{katrina.id}/needs"
    assert client.post(address, json=need, headers=case).status_code == 403
    assert client.post(address, json=need, headers=everything).status_code == 201
    shown = {one["pathway"]: one for one in client.get(address, headers=case).get_json()["items"]}
    assert (shown["health"]["hidden"], shown["health"]["score"]) == (True, None)
    milestones = f"/v1/people/{katrina.id}/milestones"
    assert [one["kind"] for one in client.get(milestones, headers=case).get_json()["items"]] == [
        "attended"
    ]
    page = client.get(f"{milestones}?limit=1", headers=everything).get_json()
    rest = client.get(f"{milestones}?after={page['next']}", headers=everything).get_json()
    assert len(page["items"]) == len(rest["items"]) == 1 and rest["next"] is None
