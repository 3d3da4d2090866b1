"""`/v1/people/{id}/status`, `/reviews`, `/stay`, `/death` and `/transfer`."""

from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from engage.access.policy import SYSTEM
from engage.agencies.model import Hub, Staff
from engage.cohort import enrolments
from engage.cohort.kinds import Cohort, Rag, Strand
from engage.cohort.model import RagReview
from engage.core.db import Database
from engage.people.model import LegalStatus, Person
from engage.progress.drug_tests.model import DrugTest, DrugTestResult
from tests import builders
from tests.api.conftest import KeyMaker


@pytest.fixture
def katrina(committed: Database, place: tuple[Hub, Staff], now: datetime) -> Person:
    """A person of the hub who was adopted ten days ago."""
    with committed.begin() as session:
        staff = session.get_one(Staff, place[1].id)
        made = builders.person(session, staff, legal_status=LegalStatus.NON_STATUTORY)
        enrolments.adopt(
            session,
            SYSTEM,
            made,
            cohort=Cohort.FIXED,
            strand=Strand.CATCH_AND_CONTROL,
            lead_agency_id=staff.agency_id,
            rag=Rag.RED,
            reason="Burglaries",
            now=now - timedelta(days=10),
        )
        return made


def test_the_status_is_read(client: FlaskClient, key: KeyMaker, katrina: Person) -> None:
    """The current status, what the rules suggest, and that the review is late."""
    answer = client.get(f"/v1/people/{katrina.id}/status", headers=key("case:read"))
    assert answer.status_code == 200, answer.text
    found = answer.get_json()
    assert found["enrolment"]["cohort"] == "fixed" and found["enrolment"]["ended_on"] is None
    assert found["standing"] == {
        "rag": "red",
        "since": "2027-03-10",
        "due_on": "2027-03-17",
        "late": True,
    }
    assert found["strands"][0]["strand"] == "catch_and_control"
    assert found["suggestion"]["rag"] == "amber" and found["suggestion"]["exit_because"] is None


def test_tests_are_withheld_without_the_scope(
    committed: Database, client: FlaskClient, key: KeyMaker, katrina: Person, now: datetime
) -> None:
    """Reasons about tests require `health:read`."""
    with committed.begin() as session:
        session.add(
            DrugTest(
                person_id=katrina.id,
                due_on=now.date(),
                result=DrugTestResult.POSITIVE,
                recorded_by="system",
                recorded_at=now,
            )
        )
    for scopes, code in ((("case:read",), "withheld"), (("case:read", "health:read"), "tests")):
        found = client.get(f"/v1/people/{katrina.id}/status", headers=key(*scopes)).get_json()
        assert [reason["code"] for reason in found["suggestion"]["strand_reasons"]] == [code]


def test_a_review_is_recorded_once_and_listed(
    committed: Database, client: FlaskClient, key: KeyMaker, katrina: Person
) -> None:
    """A repeated request is done once. Pages follow each other."""
    headers, address = key("case:read", "case:write"), f"/v1/people/{katrina.id}/reviews"
    body = {"rag": "amber", "reason": "Keeps what is booked"}
    for _ in range(2):
        made = client.post(address, json=body, headers={**headers, "Idempotency-Key": "r1"})
        assert made.status_code == 201 and made.get_json()["next_due_on"] == "2027-04-03"
    with committed.begin() as session:
        assert len(session.scalars(select(RagReview)).all()) == 2
    first = client.get(f"{address}?limit=1", headers=headers).get_json()
    second = client.get(f"{address}?limit=1&after={first['next']}", headers=headers).get_json()
    assert [one["rag"] for one in (*first["items"], *second["items"])] == ["amber", "red"]
    assert second["next"] is None


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({"rag": "blue", "reason": "x"}, "#/rag"),
        ({"rag": "red", "reason": " "}, "#/reason"),
        ({"rag": "red"}, "#/reason"),
        ({"rag": "red", "reason": "x" * 501}, "#/reason"),
    ],
)
def test_bad_reviews_are_refused(
    client: FlaskClient, key: KeyMaker, katrina: Person, body: dict[str, str], where: str
) -> None:
    """Each error points to its field."""
    refused = client.post(f"/v1/people/{katrina.id}/reviews", json=body, headers=key("case:write"))
    assert refused.status_code == 422
    assert [one["pointer"] for one in refused.get_json()["errors"]] == [where]


def test_a_transfer(
    committed: Database, client: FlaskClient, key: KeyMaker, katrina: Person
) -> None:
    """To the email address of an offender manager of the hub. The person gets a text."""
    with committed.begin() as session:
        other = builders.staff(session, session.get_one(Hub, katrina.hub_id), name="Dai Rees")
    headers, address = key("case:read", "case:write"), f"/v1/people/{katrina.id}/transfer"
    refused = client.post(address, json={"to": "nobody@example.org", "note": "Hi"}, headers=headers)
    assert refused.status_code == 422 and refused.get_json()["errors"][0]["pointer"] == "#/to"
    made = client.post(address, json={"to": other.email, "note": "Ring first"}, headers=headers)
    assert made.status_code == 201 and made.get_json()["told"] is True
    again = client.post(address, json={"to": other.email, "note": "Ring first"}, headers=headers)
    assert again.status_code == 409 and again.get_json()["code"] == "same_worker"
    found = client.get(f"/v1/people/{katrina.id}/status", headers=headers).get_json()
    assert found["offender_manager"] == "Dai Rees"


def test_staying_on(client: FlaskClient, key: KeyMaker, katrina: Person) -> None:
    """The person stays voluntarily from today."""
    answer = client.post(f"/v1/people/{katrina.id}/stay", headers=key("case:read", "case:write"))
    assert answer.get_json()["enrolment"]["voluntary_since"] == "2027-03-20"


def test_a_death(client: FlaskClient, key: KeyMaker, katrina: Person) -> None:
    """The enrolment ends. A death in the future or a second one is refused."""
    headers, address = key("case:read", "case:write"), f"/v1/people/{katrina.id}/death"
    refused = client.post(address, json={"on": "2027-03-21"}, headers=headers)
    assert refused.status_code == 422 and refused.get_json()["errors"][0]["pointer"] == "#/on"
    found = client.post(address, json={"on": "2027-03-19"}, headers=headers).get_json()
    assert found["enrolment"] is None and found["earlier"][0]["exit_reason"] == "died"
    assert (
        client.post(address, json={"on": "2027-03-19"}, headers=headers).get_json()["code"]
        == "dead"
    )


def test_scopes_and_hubs(
    client: FlaskClient, key: KeyMaker, katrina: Person, committed: Database
) -> None:
    """A key without the scope gets 403, a key of another hub 404."""
    with committed.begin() as session:
        elsewhere = builders.hub(session, "Gwent")
    address = f"/v1/people/{katrina.id}"
    bodies = {
        "reviews": {"rag": "red", "reason": "x"},
        "transfer": {"to": "a@b.example", "note": "x"},
        "stay": {},
        "death": {"on": "2027-03-19"},
    }
    for part, body in bodies.items():
        sent = {"json": body}
        assert client.post(f"{address}/{part}", headers=key("case:read"), **sent).status_code == 403
        foreign = key("case:read", "case:write", hub=elsewhere)
        assert client.post(f"{address}/{part}", headers=foreign, **sent).status_code in (404, 422)
    for part in ("status", "reviews"):
        assert client.get(f"{address}/{part}", headers=key("people:read")).status_code == 403
        assert (
            client.get(f"{address}/{part}", headers=key("case:read", hub=elsewhere)).status_code
            == 404
        )
