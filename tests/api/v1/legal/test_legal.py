"""`/v1` orders, requirements, time in prison and offences."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from engage.agencies.model import Hub, Staff
from engage.core.db import Database
from engage.people.model import Person
from tests import builders
from tests.api.conftest import KeyMaker
from tests.engage.legal import scenes

ORDER = {
    "kind": "community_order",
    "court": "Newcastle Crown Court",
    "made_on": "2027-01-09",
    "starts_on": "2027-01-09",
    "ends_on": "2028-01-08",
}
IN_PRISON = {
    "kind": "custody",
    "since": "2027-02-18",
    "prison": "HMP Durham",
    "release_on": "2027-05-19",
}


@pytest.fixture
def katrina(committed: Database, place: tuple[Hub, Staff]) -> Person:
    """A person of the hub."""
    with committed.begin() as session:
        return builders.person(session, session.get_one(Staff, place[1].id))


def test_an_order_from_start_to_end(client: FlaskClient, key: KeyMaker, katrina: Person) -> None:
    """An order with RAR days. The person is statutory until it ends."""
    headers, whose = key("case:read", "case:write", "people:read"), f"/v1/people/{katrina.id}"
    made = client.post(f"{whose}/orders", json=ORDER, headers=headers)
    assert made.status_code == 201, made.text
    assert made.get_json()["in_force"] is True and made.get_json()["requirements"] == []
    assert client.get(whose, headers=headers).get_json()["legal_status"] == "statutory"
    order = f"/v1/orders/{made.get_json()['id']}"
    asked = {"kind": "rar", "starts_on": "2027-01-09", "amount": 20}
    rar = client.post(f"{order}/requirements", json=asked, headers=headers)
    assert rar.status_code == 201, rar.text
    requirement = f"/v1/requirements/{rar.get_json()['id']}"
    done = {"done_on": "2027-03-19", "activity": "Thinking skills"}
    counted = client.post(f"{requirement}/days", json=done, headers=headers)
    assert counted.status_code == 201, counted.text
    expected = {"done": 1, "asked": 20, "beyond": 0, "not_counted": 0}
    assert counted.get_json()["progress"] == expected
    again = client.post(f"{requirement}/days", json=done, headers=headers)
    assert (again.status_code, again.get_json()["code"]) == (409, "day_recorded")
    day = counted.get_json()["days"][0]["id"]
    back = client.post(f"/v1/requirement-days/{day}/withdraw", headers=headers).get_json()
    assert back["progress"]["done"] == 0 and back["days"][0]["withdrawn"] is True
    changed = client.post(f"{requirement}/change", json={"amount": 15}, headers=headers).get_json()
    assert changed["amount"] == 15
    fewer = {name: ORDER[name] for name in ("court", "made_on", "starts_on")} | {
        "ends_on": "2027-12-31"
    }
    assert (
        client.post(f"{order}/change", json=fewer, headers=headers).get_json()["ends_on"]
        == "2027-12-31"
    )
    end = {"on": "2027-03-20", "ending": "revoked"}
    ended = client.post(f"{order}/end", json=end, headers=headers).get_json()
    assert (ended["ending"], ended["requirements"][0]["ended_on"]) == ("revoked", "2027-03-20")
    assert client.get(whose, headers=headers).get_json()["legal_status"] == "non_statutory"
    assert client.post(f"{order}/take-back-end", headers=headers).get_json()["ending"] is None
    stopped = client.post(
        f"{requirement}/end", json={"on": "2027-03-20"}, headers=headers
    ).get_json()
    assert stopped["ended_on"] == "2027-03-20"
    assert client.get(order, headers=headers).get_json()["requirements"][0] == stopped


def test_time_in_prison(client: FlaskClient, key: KeyMaker, katrina: Person) -> None:
    """Reception, another day of release, a release plan with health, and release."""
    headers, whose = key("case:read", "case:write", "people:read"), f"/v1/people/{katrina.id}"
    into = client.post(f"{whose}/custody", json=IN_PRISON, headers=headers)
    assert into.status_code == 201, into.text
    assert into.get_json()["plan_due"] == "2027-05-05"
    assert client.get(whose, headers=headers).get_json()["custody_status"] == "custody"
    twice = client.post(f"{whose}/custody", json=IN_PRISON, headers=headers)
    assert (twice.status_code, twice.get_json()["code"]) == (409, "in_custody")
    spell = f"/v1/custody/{into.get_json()['id']}"
    moved = {"kind": "custody", "sentence_days": 180, "release_on": "2027-04-01"}
    assert (
        client.post(f"{spell}/change", json=moved, headers=headers).get_json()["release_on"]
        == "2027-04-01"
    )
    plan = {"home": "A flat in Byker", "health": "Goes on with a script"}
    assert client.post(f"{spell}/plan", json=plan, headers=headers).status_code == 403
    cared = client.post(f"{spell}/plan", json=plan, headers=key("case:write", "health:read"))
    assert cared.get_json()["plan"]["health"] == "Goes on with a script"
    (seen,) = client.get(f"{whose}/custody", headers=headers).get_json()["items"]
    assert seen["plan"]["home"] == "A flat in Byker" and seen["plan"]["health"] is None
    out = client.post(f"{spell}/release", json={"on": "2027-03-20"}, headers=headers).get_json()
    assert out["released_on"] == "2027-03-20" and out["plan_due"] is None
    assert client.get(whose, headers=headers).get_json()["custody_status"] == "community"


def test_offences_are_listed_page_by_page(
    client: FlaskClient, key: KeyMaker, katrina: Person
) -> None:
    """The latest first. A withdrawn offence stays in the list."""
    headers, address = key("case:read", "case:write"), f"/v1/people/{katrina.id}/offences"
    for day in (17, 19, 18):
        given = {
            "kind": "arrest",
            "happened_on": f"2027-03-{day}",
            "what": "Theft",
            "acquisitive": True,
        }
        made = client.post(address, json=given, headers=headers)
        assert made.status_code == 201, made.text
    gone = client.post(f"/v1/offences/{made.get_json()['id']}/withdraw", headers=headers).get_json()
    assert gone["withdrawn"] is True
    found: list[dict[str, Any]] = []
    after = ""
    for _ in range(3):
        answer = client.get(f"{address}?limit=1{after}", headers=headers).get_json()
        found += answer["items"]
        after = f"&after={answer['next']}"
    assert [one["happened_on"] for one in found] == ["2027-03-19", "2027-03-18", "2027-03-17"]
    assert answer["next"] is None and [one["withdrawn"] for one in found] == [False, True, False]


@pytest.mark.parametrize(
    ("where", "given", "pointer"),
    [
        ("orders", {**ORDER, "ends_on": "2026-01-08"}, "#/ends_on"),
        ("orders", {**ORDER, "made_on": "2027-02-30"}, "#/made_on"),
        ("orders", {**ORDER, "made_on": "20270109"}, "#/made_on"),
        ("orders", {**ORDER, "kind": "fine"}, "#/kind"),
        ("orders", {**ORDER, "judge": "x"}, "#/judge"),
        ("custody", {**IN_PRISON, "since": "2027-03-21"}, "#/since"),
        ("custody", {**IN_PRISON, "sentence_days": 0}, "#/sentence_days"),
        ("custody", {**IN_PRISON, "release_on": "2027-03-19"}, "#/release_on"),
        (
            "offences",
            {"kind": "arrest", "happened_on": "2027-03-19", "acquisitive": True},
            "#/what",
        ),
        (
            "offences",
            {"kind": "arrest", "happened_on": "2027-03-21", "what": "Theft", "acquisitive": True},
            "#/happened_on",
        ),
    ],
)
def test_bad_values_are_refused_with_a_pointer(
    client: FlaskClient,
    key: KeyMaker,
    katrina: Person,
    where: str,
    given: dict[str, Any],
    pointer: str,
) -> None:
    """Nothing is recorded."""
    headers, address = key("case:read", "case:write"), f"/v1/people/{katrina.id}/{where}"
    refused = client.post(address, json=given, headers=headers)
    assert refused.status_code == 422
    assert [one["pointer"] for one in refused.get_json()["errors"]] == [pointer]
    assert client.get(address, headers=headers).get_json()["items"] == []


def test_scopes_and_hubs(
    client: FlaskClient, key: KeyMaker, katrina: Person, committed: Database
) -> None:
    """A key without the scope gets 403, a key of another hub 404."""
    with committed.begin() as session:
        elsewhere = builders.hub(session, "Gwent")
        order = scenes.order(session, katrina)
    whose, end = f"/v1/people/{katrina.id}", {"on": "2027-03-20", "ending": "revoked"}
    assert client.post(f"{whose}/orders", json=ORDER, headers=key("case:read")).status_code == 403
    assert client.get(f"{whose}/custody", headers=key("people:read")).status_code == 403
    for method, address, body in (
        ("get", f"{whose}/orders", None),
        ("get", f"/v1/orders/{order.id}", None),
        ("post", f"{whose}/orders", ORDER),
        ("post", f"/v1/orders/{order.id}/end", end),
        ("post", f"{whose}/custody", IN_PRISON),
    ):
        more = {} if body is None else {"json": body}
        answer = getattr(client, method)(address, headers=key(hub=elsewhere), **more)
        assert answer.status_code == 404, (method, address)
