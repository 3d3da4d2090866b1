"""`/v1/referrals`, `/v1/meetings`, `/v1/people/{id}/assessments` and the case pack."""

from collections.abc import Mapping
from typing import Any

import pytest
from flask.testing import FlaskClient

from engage.agencies.model import AgencyKind, Hub, Staff
from engage.cohort.model import Enrolment, Referral
from engage.core.db import Database
from engage.people.model import Person
from tests import builders
from tests.api.conftest import KeyMaker
from tests.engage.cohort.table import TODAY, enrol

REFERRAL = {
    "agency": "Probation",
    "first_name": "Ryan",
    "last_name": "Tate",
    "reasons": "Shop theft every week",
    "crn": "X555555",
}
JUDGED = {
    "harm_to_others": "high",
    "harm_to_self": "low",
    "needs": [{"pathway": "health", "score": 3}, {"pathway": "accommodation", "score": 2}],
}
Headers = Mapping[str, str]


def post(
    client: FlaskClient, headers: Headers, address: str, body: Mapping[str, Any], status: int
) -> Any:
    """Post a body and return the answer, which must have the status."""
    answer = client.post(f"/v1{address}", json=body, headers=headers)
    assert answer.status_code == status, answer.text
    return answer.get_json()


@pytest.fixture
def katrina(committed: Database, place: tuple[Hub, Staff]) -> Person:
    """A person on the cohort whose review is due."""
    with committed.begin() as session:
        found = builders.person(session, session.get_one(Staff, place[1].id))
        enrol(session, found, due_on=TODAY)
        return found


def test_from_referral_to_adoption(
    client: FlaskClient, key: KeyMaker, place: tuple[Hub, Staff], committed: Database
) -> None:
    """Referral, assessment, meeting, adoption, attendance, minutes, and the case pack of the new
    person.
    """
    headers = key()
    made = post(client, headers, "/referrals", REFERRAL, 201)
    assert made["state"] == "waiting" and made["person_id"] is None
    version = post(client, headers, f"/referrals/{made['id']}/assessments", JUDGED, 201)
    assert version["version"] == 1 and version["needs"][0] == {
        "pathway": "accommodation",
        "score": 2,
    }
    meeting = post(client, headers, "/meetings", {"held_on": "2027-03-20"}, 201)
    (item,) = meeting["items"]
    assert item["referral_id"] == made["id"] and item["reasons"] == ["referral"]
    adopt = {
        "kind": "adopt",
        "reason": "High predictor",
        "cohort": "fixed",
        "strand": "catch_and_control",
        "rag": "red",
        "lead_agency": "Probation",
        "offender_manager": place[1].email,
    }
    lacking = {name: value for name, value in adopt.items() if name != "cohort"}
    refused = post(client, headers, f"/agenda-items/{item['id']}/decision", lacking, 422)
    assert [one["pointer"] for one in refused["errors"]] == ["#/cohort"]
    once = {**headers, "Idempotency-Key": "one"}
    for _ in range(2):
        after = post(client, once, f"/agenda-items/{item['id']}/decision", adopt, 201)
    person = after["items"][0]["person_id"]
    again = post(client, headers, f"/agenda-items/{item['id']}/decision", adopt, 409)
    assert again["code"] == "decided"
    refused = post(client, headers, f"/meetings/{meeting['id']}/close", {"minutes": "Done."}, 422)
    assert refused["errors"][0]["pointer"] == "#/attendance"
    came = {"agencies": [{"agency": "Probation", "came": True, "names": "Pat"}]}
    post(client, headers, f"/meetings/{meeting['id']}/attendance", came, 200)
    closed = post(client, headers, f"/meetings/{meeting['id']}/close", {"minutes": "Done."}, 200)
    assert closed["closed_at"] and closed["agencies"][0] == {
        "agency": "Probation",
        "came": True,
        "names": "Pat",
    }
    pack = client.get(f"/v1/people/{person}/case-pack", headers=headers).get_json()
    assert (pack["crn"], pack["cohort"], pack["statuses"][0]["rag"]) == ("X555555", "fixed", "red")
    assert pack["harm_to_others"] == "high" and pack["last_decision"]["kind"] == "adopt"
    assert (
        client.get(f"/v1/referrals/{made['id']}", headers=headers).get_json()["state"] == "adopted"
    )
    with committed.begin() as session:
        assert session.query(Enrolment).count() == 1


def test_referrals_are_listed_merged_and_withdrawn(client: FlaskClient, key: KeyMaker) -> None:
    """Filters by state and CRN, pages, and a duplicate for a CRN that waits."""
    headers = key()
    first = post(client, headers, "/referrals", REFERRAL, 201)
    second = post(client, headers, "/referrals", REFERRAL, 201)
    assert second["state"] == "duplicate" and second["duplicate_of"] == first["id"]
    third = post(client, headers, "/referrals", {**REFERRAL, "crn": None}, 201)
    assert third["alike"] == [{"by": "name", "person_id": None, "referral_id": first["id"]}]
    taken = post(client, headers, f"/referrals/{third['id']}/identify", {"crn": "X555555"}, 409)
    assert taken["code"] == "referred_already"
    joined = post(client, headers, f"/referrals/{third['id']}/duplicate", {"of": first["id"]}, 200)
    assert joined["state"] == "duplicate"
    page = client.get("/v1/referrals?limit=2", headers=headers).get_json()
    rest = client.get(f"/v1/referrals?limit=2&after={page['next']}", headers=headers).get_json()
    listed = [one["id"] for one in (*page["items"], *rest["items"])]
    assert (
        sorted(listed) == sorted([first["id"], second["id"], third["id"]]) and rest["next"] is None
    )
    waiting = client.get("/v1/referrals?state=waiting&crn=X555555", headers=headers).get_json()[
        "items"
    ]
    assert [one["id"] for one in waiting] == [first["id"]]
    back = post(client, headers, f"/referrals/{first['id']}/withdraw", {"why": "Moved"}, 200)
    assert (back["state"], back["ended_why"]) == ("withdrawn", "Moved")


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"first_name": " "}, "#/first_name"),
        ({"crn": "123"}, "#/crn"),
        ({"agency": "Nobody"}, "#/agency"),
        ({"at_arrest": True}, "#/at_arrest"),
        ({"date_of_birth": "2030-01-01"}, "#/date_of_birth"),
        ({"needs": ["money"]}, "#/needs/0"),
        ({"victim": "x"}, "#/victim"),
    ],
)
def test_bad_referrals_are_refused(
    client: FlaskClient, key: KeyMaker, committed: Database, changes: dict[str, object], where: str
) -> None:
    """Each error points to its field, and nothing is stored."""
    refused = post(client, key("referrals:write"), "/referrals", {**REFERRAL, **changes}, 422)
    assert [one["pointer"] for one in refused["errors"]] == [where]
    with committed.begin() as session:
        assert session.query(Referral).count() == 0


def test_the_police_select_at_the_point_of_arrest(
    client: FlaskClient, key: KeyMaker, committed: Database, place: tuple[Hub, Staff]
) -> None:
    """A police system refers at arrest in the name of its agency."""
    with committed.begin() as session:
        builders.agency(session, session.get_one(Hub, place[0].id), "Police", AgencyKind.POLICE)
    body = {**REFERRAL, "agency": "Police", "at_arrest": True}
    assert post(client, key("referrals:write"), "/referrals", body, 201)["at_arrest"] is True


def test_assessments_keep_versions_and_health_apart(
    client: FlaskClient, key: KeyMaker, katrina: Person
) -> None:
    """Each assessment is a version. Health needs require health access."""
    address = f"/people/{katrina.id}/assessments"
    for version in (1, 2):
        assert post(client, key("case:write"), address, JUDGED, 201)["version"] == version
    one = client.get(f"/v1{address}?limit=1", headers=key("case:read")).get_json()
    assert [row["version"] for row in one["items"]] == [2] and one["next"]
    assert [need["pathway"] for need in one["items"][0]["needs"]] == ["accommodation"]
    both = client.get(f"/v1{address}", headers=key("case:read", "health:read")).get_json()["items"]
    assert [need["pathway"] for need in both[0]["needs"]] == ["accommodation", "health"]


def test_meetings_and_agendas(
    client: FlaskClient, key: KeyMaker, katrina: Person, committed: Database
) -> None:
    """One meeting a day; a person is put on the agenda; the agenda is updated."""
    headers = key()
    meeting = post(client, headers, "/meetings", {"held_on": "2027-03-22", "chair": "Chidi"}, 201)
    assert [one["reasons"] for one in meeting["items"]] == [["review_due"]]
    assert (
        post(client, headers, "/meetings", {"held_on": "2027-03-22"}, 409)["code"]
        == "meeting_called"
    )
    post(client, headers, "/meetings", {"held_on": "2027-03-29"}, 201)
    asked = post(
        client, headers, f"/meetings/{meeting['id']}/people", {"person_id": str(katrina.id)}, 200
    )
    assert asked["items"][0]["reasons"] == ["review_due", "asked_for"]
    assert (
        post(client, headers, f"/meetings/{meeting['id']}/agenda", {}, 200)["items"]
        == asked["items"]
    )
    page = client.get("/v1/meetings?limit=1", headers=headers).get_json()
    rest = client.get(f"/v1/meetings?limit=1&after={page['next']}", headers=headers).get_json()
    days = [one["held_on"] for one in (*page["items"], *rest["items"])]
    assert days == ["2027-03-29", "2027-03-22"]
    ahead = {"kind": "retain", "rag": "amber", "reason": "x"}
    item = asked["items"][0]["id"]
    assert post(client, headers, f"/agenda-items/{item}/decision", ahead, 409)["code"] == "not_held"


def test_another_hubs_key_finds_nothing(
    client: FlaskClient, key: KeyMaker, katrina: Person, committed: Database
) -> None:
    """A key of another hub gets 404 everywhere. Drug tests require their scope."""
    with committed.begin() as session:
        elsewhere = builders.hub(session, "Gwent")
    mine, theirs = key(), key(hub=elsewhere)
    referral = post(client, mine, "/referrals", REFERRAL, 201)["id"]
    meeting = post(client, mine, "/meetings", {"held_on": "2027-03-20"}, 201)
    item = meeting["items"][0]["id"]
    for address in (
        f"/referrals/{referral}",
        f"/meetings/{meeting['id']}",
        f"/people/{katrina.id}/case-pack",
    ):
        assert client.get(f"/v1{address}", headers=theirs).status_code == 404, address
    post(client, theirs, f"/agenda-items/{item}/decision", {"kind": "decline", "reason": "x"}, 404)
    post(client, theirs, f"/referrals/{referral}/withdraw", {"why": "x"}, 404)
    pack = client.get(f"/v1/people/{katrina.id}/case-pack", headers=key("meetings:read")).get_json()
    assert pack["tests"] is None and pack["signals"] == []
    assert client.get(f"/v1/people/{katrina.id}/case-pack", headers=mine).get_json()["tests"] == []
