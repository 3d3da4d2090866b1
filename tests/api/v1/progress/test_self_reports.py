"""`/v1/people/{id}/self-reports`: what people report, with health for its scope only."""

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from engage.agencies.model import Hub, Staff
from engage.core.db import Database
from engage.people.model import Person
from engage.progress.model import ReportKind
from tests import builders
from tests.api.conftest import KeyMaker, StoppedClock


@pytest.fixture
def person(committed: Database, place: tuple[Hub, Staff]) -> Person:
    """A person of the caseload."""
    with committed.begin() as session:
        return builders.person(session, place[1])


def news(clock: StoppedClock, **values: Any) -> dict[str, Any]:
    """A self-report of a home."""
    return {"kind": "housing", "fact": "got_home", "said_at": clock.now().isoformat(), **values}


def test_reports_are_added_verified_and_disputed(
    client: FlaskClient, key: KeyMaker, person: Person, clock: StoppedClock
) -> None:
    """Each answer has the report in its new state."""
    headers = key("progress:read", "progress:write")
    address = f"/v1/people/{person.id}/self-reports"
    added = client.post(address, json=news(clock, note="keys on friday"), headers=headers)
    assert added.status_code == 201
    report = added.get_json()
    assert (report["state"], report["words"], report["by_text"]) == (
        "self_reported",
        "keys on friday",
        False,
    )
    sure = client.post(
        f"/v1/self-reports/{report['id']}/verify", json={}, headers=headers
    ).get_json()
    assert (sure["state"], sure["fact"]) == ("verified", "got_home")
    other = client.post(
        f"/v1/self-reports/{report['id']}/dispute",
        json={"note": "landlord says no"},
        headers=headers,
    ).get_json()
    assert (other["state"], other["judged_note"]) == ("disputed", "landlord says no")
    (listed,) = client.get(address, headers=headers).get_json()["items"]
    assert listed == other


@pytest.mark.parametrize(
    "values",
    [
        {"fact": "got_work"},
        {"fact": None},
        {"kind": "money"},
        {"said_at": "2027-03-20T09:00:00"},
        {"said_at": "2027-03-25T09:00:00Z"},
        {"note": "x" * 501},
        {"note": 7},
        {"more": 1},
    ],
)
def test_bad_values_are_refused(
    client: FlaskClient, key: KeyMaker, person: Person, clock: StoppedClock, values: dict[str, Any]
) -> None:
    """422, and nothing is stored."""
    headers = key("progress:read", "progress:write")
    address = f"/v1/people/{person.id}/self-reports"
    assert client.post(address, json=news(clock, **values), headers=headers).status_code == 422
    assert client.get(address, headers=headers).get_json()["items"] == []


def test_health_requires_its_scope(
    client: FlaskClient, key: KeyMaker, committed: Database, person: Person, clock: StoppedClock
) -> None:
    """Other keys see only that there is a report and its day. They may not verify, dispute or add
    one.
    """
    with committed.begin() as session:
        report = builders.report(
            session, person, clock.now(), kind=ReportKind.LAPSE, fact=None, note="had a drink"
        )
    few, health = key("progress:read", "progress:write"), key("progress:read", "health:read")
    address = f"/v1/people/{person.id}/self-reports"
    (hidden,) = client.get(address, headers=few).get_json()["items"]
    assert (hidden["kind"], hidden["words"], hidden["state"], hidden["hidden"]) == (
        "health",
        None,
        None,
        True,
    )
    for listing in (address, f"{address}/health"):
        (shown,) = client.get(listing, headers=health).get_json()["items"]
        assert (shown["kind"], shown["words"], shown["hidden"]) == ("lapse", "had a drink", False)
    assert client.post(f"/v1/self-reports/{report.id}/verify", headers=few).status_code == 403
    sent = client.post(address, json=news(clock, kind="lapse", fact=None, note="x"), headers=few)
    assert sent.status_code == 403


def test_a_key_of_another_hub_gets_404(
    client: FlaskClient, key: KeyMaker, committed: Database, person: Person, clock: StoppedClock
) -> None:
    """For the list and for verifying."""
    with committed.begin() as session:
        report, elsewhere = (
            builders.report(session, person, clock.now()),
            builders.hub(session, "Wearside"),
        )
    headers = key(hub=elsewhere)
    assert client.get(f"/v1/people/{person.id}/self-reports", headers=headers).status_code == 404
    assert client.post(f"/v1/self-reports/{report.id}/verify", headers=headers).status_code == 404


def test_the_list_has_pages(
    client: FlaskClient, key: KeyMaker, committed: Database, person: Person, clock: StoppedClock
) -> None:
    """Latest first, each report once, even if several have the same moment."""
    with committed.begin() as session:
        made = [
            str(builders.report(session, person, clock.now() - timedelta(hours=n // 2)).id)
            for n in range(5)
        ]
    headers, seen, after = key("progress:read"), [], ""
    while True:
        page = client.get(
            f"/v1/people/{person.id}/self-reports?limit=2{after}", headers=headers
        ).get_json()
        seen += [item["id"] for item in page["items"]]
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
    assert sorted(seen) == sorted(made) and len(seen) == 5
