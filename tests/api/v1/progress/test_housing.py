"""`/v1` housing, activities, drug tests and court reviews."""

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from engage.agencies.model import Hub, Staff
from engage.core.db import Database
from engage.legal.model import Requirement
from engage.people.model import Person
from engage.progress.activities.kinds import ActivityKind
from tests import builders
from tests.api.conftest import KeyMaker
from tests.engage.progress import stage
from tests.engage.progress.stage import TODAY

HOME = {"stage": "social_tenancy", "since": "2027-03-01", "sure": False}
WORK = {"kind": "work", "name": "The bakery", "started_on": "2027-03-01", "sure": True}
TEST = {"due_on": "2027-03-19", "result": "positive"}


@pytest.fixture
def person(committed: Database, place: tuple[Hub, Staff]) -> Person:
    """A person of the caseload."""
    with committed.begin() as session:
        return builders.person(session, place[1])


@pytest.fixture
def drr(committed: Database, person: Person) -> Requirement:
    """A drug rehabilitation requirement that started five weeks ago."""
    with committed.begin() as session:
        return stage.treatment(session, person, TODAY - timedelta(days=35))


def test_housing_is_recorded_verified_and_disputed(
    client: FlaskClient, key: KeyMaker, committed: Database, person: Person
) -> None:
    """Housing from a self-report. A repeated request is done once. Each answer has the new
    state.
    """
    with committed.begin() as session:
        report = builders.report(session, person, builders.NOW)
    headers, address = key("case:read", "case:write"), f"/v1/people/{person.id}/housing"
    body = {**HOME, "note": "two rooms", "report_id": str(report.id)}
    for _ in range(2):
        made = client.post(address, json=body, headers={**headers, "Idempotency-Key": "a"})
        assert made.status_code == 201
    spell = made.get_json()
    assert (spell["state"], spell["current"], spell["until"]) == ("self_reported", True, None)
    for what, state in (("verify", "verified"), ("dispute", "disputed")):
        answer = client.post(
            f"/v1/housing/{spell['id']}/{what}", json={"note": "asked"}, headers=headers
        )
        assert answer.get_json()["state"] == state
    (listed,) = client.get(address, headers=headers).get_json()["items"]
    assert (listed["judged_note"], listed["current"]) == ("asked", False)
    again = client.post(address, json={**HOME, "report_id": str(report.id)}, headers=headers)
    assert again.status_code == 201


def test_work_is_recorded_and_ends(client: FlaskClient, key: KeyMaker, person: Person) -> None:
    """Work with its agency, verified, then ended."""
    headers, address = key("case:read", "case:write"), f"/v1/people/{person.id}/activities"
    job = client.post(address, json={**WORK, "agency": "Probation"}, headers=headers).get_json()
    assert (job["agency"], job["state"], job["ended_on"]) == ("Probation", "verified", None)
    ended = client.post(
        f"/v1/activities/{job['id']}/end",
        json={"ended_on": "2027-03-19", "ending": "lost"},
        headers=headers,
    )
    assert (ended.get_json()["ending"], ended.get_json()["ended_on"]) == ("lost", "2027-03-19")
    for what, state in (("dispute", "disputed"), ("verify", "verified")):
        answer = client.post(
            f"/v1/activities/{job['id']}/{what}", json={"note": "x"}, headers=headers
        )
        assert answer.get_json()["state"] == state
    assert len(client.get(address, headers=headers).get_json()["items"]) == 1


def test_treatment_requires_health_access(
    client: FlaskClient, key: KeyMaker, committed: Database, person: Person
) -> None:
    """Other keys can neither read nor record it."""
    with committed.begin() as session:
        stage.activity(session, person, ActivityKind.TREATMENT)
    few, more = key("case:read", "case:write"), key("case:read", "case:write", "health:read")
    address, care = f"/v1/people/{person.id}/activities", {**WORK, "kind": "treatment"}
    assert client.get(address, headers=few).get_json()["items"] == []
    assert client.post(address, json=care, headers=few).status_code == 403
    assert client.post(address, json=care, headers=more).status_code == 201
    assert len(client.get(address, headers=more).get_json()["items"]) == 2


@pytest.mark.parametrize(
    ("what", "body", "status"),
    [
        ("housing", {**HOME, "stage": "castle"}, 422),
        ("housing", {**HOME, "since": "2027-04-01"}, 422),
        ("housing", {**HOME, "since": "1066-10-14"}, 422),
        ("housing", {**HOME, "sure": "yes"}, 422),
        ("housing", {**HOME, "report_id": "01a20297-c1eb-7510-997a-bc7306df1a1e"}, 404),
        ("housing", {**HOME, "more": 1}, 422),
        ("activities", {**WORK, "name": " "}, 422),
        ("activities", {**WORK, "agency": "Nobody"}, 422),
        ("activities", {**WORK, "started_on": "2027-04-01"}, 422),
        ("tests", {**TEST, "due_on": "2027-04-01"}, 422),
        ("tests", {**TEST, "result": "clean"}, 422),
        ("tests", {**TEST, "note": "x" * 201}, 422),
    ],
)
def test_bad_values_are_refused(
    client: FlaskClient, key: KeyMaker, person: Person, what: str, body: dict[str, Any], status: int
) -> None:
    """Nothing is stored."""
    headers, address = key(), f"/v1/people/{person.id}/{what}"
    assert client.post(address, json=body, headers=headers).status_code == status
    assert client.get(address, headers=headers).get_json()["items"] == []


def test_tests_are_recorded_corrected_and_listed_page_by_page(
    client: FlaskClient, key: KeyMaker, committed: Database, person: Person
) -> None:
    """A second result for a day is refused. A corrected result stays. A planned test is called
    off.
    """
    headers, address = key("tests:read", "tests:write"), f"/v1/people/{person.id}/tests"
    made = client.post(address, json=TEST, headers=headers).get_json()
    refused = client.post(address, json={**TEST, "result": "negative"}, headers=headers)
    assert (refused.status_code, refused.get_json()["code"]) == (409, "recorded")
    right = client.post(
        f"/v1/tests/{made['id']}/correct", json={"result": "void"}, headers=headers
    ).get_json()
    assert (right["result"], right["due_on"]) == ("void", "2027-03-19") and right["id"] != made[
        "id"
    ]
    with committed.begin() as session:
        planned = stage.drug_test(session, person, TODAY, None)
    seen, after = [], ""
    while True:
        page = client.get(f"{address}?limit=2{after}", headers=headers).get_json()
        seen += [(item["result"], item["corrected"]) for item in page["items"]]
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
    assert sorted(seen, key=str) == [("positive", True), ("void", False), (None, False)]
    assert client.post(f"/v1/tests/{planned.id}/call-off", headers=headers).status_code == 200
    assert len(client.get(address, headers=headers).get_json()["items"]) == 2


def test_court_reviews_and_the_report(
    client: FlaskClient, key: KeyMaker, person: Person, drr: Requirement
) -> None:
    """A review is set, reported on and held; the next one is planned and cancelled. Too early a day
    is refused.
    """
    headers = key("tests:read", "tests:write")
    at = f"/v1/requirements/{drr.id}/court-review"
    assert client.post(at, json={"review_on": "2027-03-01"}, headers=headers).status_code == 422
    review = client.post(at, json={"review_on": "2027-03-20"}, headers=headers).get_json()
    assert (review["report_due_on"], review["report_made_at"]) == ("2027-03-13", None)
    mine = f"/v1/court-reviews/{review['id']}"
    draft = client.get(f"{mine}/report", headers=headers).get_json()
    assert (draft["made"], draft["digest"], draft["report"]["crn"]) == (False, None, person.crn)
    made = client.post(f"{mine}/report", headers=headers).get_json()
    assert made["made"] and not made["changed"] and len(made["digest"]) == 64
    held = client.post(
        f"{mine}/held", json={"held_on": "2027-03-20", "finding": "Goes on"}, headers=headers
    ).get_json()
    assert (held["held_on"], held["finding"]) == ("2027-03-20", "Goes on")
    listed = client.get(f"/v1/people/{person.id}/court-reviews", headers=headers).get_json()[
        "items"
    ]
    assert [item["review_on"] for item in listed] == ["2027-04-20", "2027-03-20"]
    cancelled = client.post(
        f"/v1/court-reviews/{listed[0]['id']}/cancel", headers=headers
    ).get_json()
    assert cancelled["cancelled"]
    assert client.post(f"{mine}/cancel", headers=headers).status_code == 409


def test_a_key_of_another_hub_gets_404(
    client: FlaskClient, key: KeyMaker, committed: Database, person: Person, drr: Requirement
) -> None:
    """Every list and every change gets 404."""
    with committed.begin() as session:
        elsewhere = builders.hub(session, "Wearside")
        spell, job = stage.spell(session, person), stage.activity(session, person)
        test, review = stage.drug_test(session, person), stage.review(session, drr, TODAY)
    headers = key(hub=elsewhere)
    for what in ("housing", "activities", "tests", "court-reviews"):
        assert client.get(f"/v1/people/{person.id}/{what}", headers=headers).status_code == 404
    bodies: dict[str, dict[str, Any]] = {
        f"people/{person.id}/housing": HOME,
        f"people/{person.id}/activities": WORK,
        f"people/{person.id}/tests": TEST,
        f"housing/{spell.id}/verify": {},
        f"activities/{job.id}/dispute": {"note": "x"},
        f"tests/{test.id}/correct": {"result": "void"},
        f"requirements/{drr.id}/court-review": {"review_on": "2027-05-01"},
        f"court-reviews/{review.id}/cancel": {},
        f"court-reviews/{review.id}/report": {},
    }
    for address, body in bodies.items():
        assert client.post(f"/v1/{address}", json=body, headers=headers).status_code == 404, address
    assert client.get(f"/v1/court-reviews/{review.id}/report", headers=headers).status_code == 404
