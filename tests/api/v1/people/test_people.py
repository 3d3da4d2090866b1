"""`/v1/people`: adding, finding and changing people and their numbers."""

import base64

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from engage.agencies.model import Hub, Staff
from engage.core.db import Database
from engage.core.model import AccessRecord, Event
from engage.people.model import Person
from tests import builders
from tests.api.conftest import KeyMaker

KATRINA = {
    "crn": "X123456",
    "first_name": "Katrina",
    "last_name": "Dodds",
    "offender_manager": "p.hale@probation.example",
    "mobile": "07700 900101",
}


@pytest.fixture
def headers(key: KeyMaker) -> dict[str, str]:
    """A key with all scopes."""
    return key()


def add(client: FlaskClient, headers: dict[str, str], **changes: object) -> dict[str, object]:
    """Add a person over HTTP."""
    answer = client.post("/v1/people", json={**KATRINA, **changes}, headers=headers)
    assert answer.status_code == 201, answer.text
    found: dict[str, object] = answer.get_json()
    return found


def test_a_person_is_added_and_read_again(client: FlaskClient, headers: dict[str, str]) -> None:
    """The answer has the fields of the request and the defaults."""
    added = add(client, headers)
    assert added["language"] == "en"
    assert added["legal_status"] == "unknown"
    assert added["offender_manager"]["email"] == "p.hale@probation.example"
    assert client.get(f"/v1/people/{added['id']}", headers=headers).get_json() == added
    points = client.get(f"/v1/people/{added['id']}/contact-points", headers=headers).get_json()[
        "items"
    ]
    assert [(point["given"], point["number"], point["state"]) for point in points] == [
        ("07700 900101", "+447700900101", "unverified")
    ]


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"crn": "123456"}, "#/crn"),
        ({"crn": "X１２３４５６"}, "#/crn"),
        ({"first_name": ""}, "#/first_name"),
        ({"first_name": "   "}, "#/first_name"),
        ({"first_name": "x" * 41}, "#/first_name"),
        ({"first_name": "a\x00b"}, "#/first_name"),
        ({"first_name": "a\nb"}, "#/first_name"),
        ({"first_name": "\ud800"}, "#/first_name"),
        ({"first_name": "\u202eanirtaK"}, "#/first_name"),
        ({"first_name": 7}, "#/first_name"),
        ({"first_name": ["Katrina"]}, "#/first_name"),
        ({"language": "fr"}, "#/language"),
        ({"language": None}, "#/language"),
        ({"offender_manager": "nobody@probation.example"}, "#/offender_manager"),
        ({"mobile": "0" * 41}, "#/mobile"),
        ({"hub_id": "x"}, "#/hub_id"),
        ({"restricted": True}, "#/restricted"),
    ],
)
def test_a_wrong_field_is_named(
    client: FlaskClient,
    headers: dict[str, str],
    committed: Database,
    changes: dict[str, object],
    where: str,
) -> None:
    """A value outside its limits is refused by the field's name, and nothing is added."""
    answer = client.post("/v1/people", json={**KATRINA, **changes}, headers=headers)
    assert answer.status_code == 422
    assert where in {fault["pointer"] for fault in answer.get_json()["errors"]}
    with committed.begin() as session:
        assert session.scalar(select(func.count()).select_from(Person)) == 0


@pytest.mark.parametrize(
    "name", ["Zoë", "Siân", "李", "O'Neil", "عمر", "👩‍🚀", "Anne-Marie", "A\u200fB"]
)
def test_names_in_any_alphabet(client: FlaskClient, headers: dict[str, str], name: str) -> None:
    """Any alphabet, emoji and a right-to-left mark are accepted unchanged."""
    assert add(client, headers, first_name=name)["first_name"] == name


def test_a_crn_is_unique(client: FlaskClient, headers: dict[str, str]) -> None:
    """A second person with the same CRN is a conflict."""
    add(client, headers)
    answer = client.post("/v1/people", json=KATRINA, headers=headers)
    assert (answer.status_code, answer.get_json()["code"]) == (409, "crn_taken")


def test_pages_have_no_gaps_or_repeats(client: FlaskClient, headers: dict[str, str]) -> None:
    """Following the cursors lists everybody once in order of name, even if a person is added
    meanwhile.
    """
    for number in range(7):
        add(client, headers, crn=f"X10000{number}", last_name=f"Dodds{number}", mobile=None)
    met: list[str] = []
    address = "/v1/people?limit=3"
    while address:
        page = client.get(address, headers=headers).get_json()
        met += [person["last_name"] for person in page["items"]]
        if len(met) == 3:
            add(client, headers, crn="X900000", last_name="Aaron", mobile=None)
        address = f"/v1/people?limit=3&after={page['next']}" if page["next"] else ""
    assert met == [f"Dodds{number}" for number in range(7)]


def test_a_cursor_contains_no_name(client: FlaskClient, headers: dict[str, str]) -> None:
    """A cursor is part of an address, which proxies log."""
    for number in range(2):
        add(client, headers, crn=f"X20000{number}", last_name="Unusual", mobile=None)
    cursor = client.get("/v1/people?limit=1", headers=headers).get_json()["next"]
    shown = base64.urlsafe_b64decode(cursor.split(".")[0] + "==")
    assert b"Unusual" not in shown and b"-" in shown


@pytest.mark.parametrize(
    "cursor", ["x", "W10", "%00", "a.b", "é", "x" * 2000, "WyJhIiwiYiIsImMiXQ.AAAA"]
)
def test_a_made_up_cursor_is_refused(
    client: FlaskClient, headers: dict[str, str], cursor: str
) -> None:
    """A cursor that we did not issue is refused."""
    answer = client.get(f"/v1/people?after={cursor}", headers=headers)
    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["parameter"] == "after"


def test_a_cursor_of_another_list_is_refused(client: FlaskClient, headers: dict[str, str]) -> None:
    """A cursor works for its own list only."""
    for number in range(2):
        add(client, headers, crn=f"X10000{number}", mobile=None)
    cursor = client.get("/v1/people?limit=1", headers=headers).get_json()["next"]
    assert client.get(f"/v1/signals?after={cursor}", headers=headers).status_code == 422


def test_a_person_is_found_by_crn(client: FlaskClient, headers: dict[str, str]) -> None:
    """The list can be filtered by CRN."""
    add(client, headers)
    assert len(client.get("/v1/people?crn=X123456", headers=headers).get_json()["items"]) == 1
    assert client.get("/v1/people?crn=X654321", headers=headers).get_json() == {
        "items": [],
        "next": None,
    }


def test_some_fields_of_a_person_are_changed(client: FlaskClient, headers: dict[str, str]) -> None:
    """Fields in the request change, others stay. Unknown fields are refused."""
    added = add(client, headers)
    address = f"/v1/people/{added['id']}"
    answer = client.patch(
        address, json={"custody_status": "custody", "text_from_hour": 10}, headers=headers
    )
    assert answer.status_code == 200
    assert (answer.get_json()["custody_status"], answer.get_json()["first_name"]) == (
        "custody",
        "Katrina",
    )
    assert client.patch(address, json={"crn": "X999999"}, headers=headers).status_code == 422
    assert client.patch(address, json={"text_from_hour": 24}, headers=headers).status_code == 422
    assert (
        client.patch(address, json={"two_hour_reminder": "yes"}, headers=headers).status_code == 422
    )


def test_a_number_is_changed_verified_suspended_and_confirmed(
    client: FlaskClient, headers: dict[str, str]
) -> None:
    """A number that is not a mobile number is stored with the reason and cannot be verified."""
    added = add(client, headers)
    numbers = f"/v1/people/{added['id']}/contact-points"
    verified = client.post(
        f"{numbers}/current/verify", json={"how": "asked face to face"}, headers=headers
    )
    assert (verified.status_code, verified.get_json()["state"]) == (200, "verified")
    safe = client.post(f"{numbers}/current/confirm-safe", headers=headers)
    assert safe.status_code == 200
    assert safe.get_json()["safe_until"]
    suspended = client.post(
        f"{numbers}/current/suspend", json={"why": "lost phone"}, headers=headers
    )
    assert suspended.get_json()["state"] == "suspended"
    changed = client.post(numbers, json={"mobile": "0191 498 0100"}, headers=headers)
    assert (changed.status_code, changed.get_json()["state"]) == (201, "unusable")
    assert changed.get_json()["problem"]
    refused = client.post(f"{numbers}/current/verify", json={"how": "rang it"}, headers=headers)
    assert refused.status_code == 409
    states = [point["state"] for point in client.get(numbers, headers=headers).get_json()["items"]]
    assert sorted(states) == ["retired", "unusable"]


def test_a_restricted_person_does_not_exist_for_a_key(
    client: FlaskClient, headers: dict[str, str], committed: Database, place: tuple[Hub, Staff]
) -> None:
    """A limited-access record is in no list and gets 404."""
    with committed.begin() as session:
        person = builders.person(session, place[1], restricted=True)
    assert client.get("/v1/people", headers=headers).get_json()["items"] == []
    for address in (f"/v1/people/{person.id}", f"/v1/people/{person.id}/messages"):
        assert client.get(address, headers=headers).status_code == 404


def test_reading_is_logged(
    client: FlaskClient, headers: dict[str, str], committed: Database, place: tuple[Hub, Staff]
) -> None:
    """Every access to a record is logged, for lists and single records."""
    with committed.begin() as session:
        person = builders.person(session, place[1])
    client.get("/v1/people", headers=headers)
    client.get(f"/v1/people/{person.id}", headers=headers)
    with committed.begin() as session:
        seen = session.scalars(select(AccessRecord).order_by(AccessRecord.id)).all()
    assert [record.what for record in seen] == ["list people", "read person"]
    assert all(record.actor.startswith("key:") and record.person_id == person.id for record in seen)


def test_events_name_the_actor(
    client: FlaskClient, headers: dict[str, str], committed: Database
) -> None:
    """Adding a person writes an event with the key as actor."""
    add(client, headers)
    with committed.begin() as session:
        kinds = {event.kind: event.actor for event in session.scalars(select(Event))}
    assert kinds["person.added"].startswith("key:")
