"""`/v1/signals` and `/v1/events`."""

import threading
import uuid
from typing import Any

import pytest
from flask.testing import FlaskClient

from engage.agencies.model import Hub, Staff
from engage.core import events
from engage.core.db import Database
from engage.people.model import Person
from engage.signals import Evidence, Signal, SignalKind, raise_signal
from tests import builders
from tests.api.conftest import KeyMaker, StoppedClock


@pytest.fixture
def headers(key: KeyMaker) -> dict[str, str]:
    """A key with all scopes."""
    return key()


@pytest.fixture
def person(committed: Database, place: tuple[Hub, Staff]) -> Person:
    """A person of the caseload."""
    with committed.begin() as session:
        return builders.person(session, place[1])


def new_signal(
    database: Database, person: Person, clock: StoppedClock, cause: str = "a"
) -> uuid.UUID:
    """Raise a signal about a person."""
    with database.begin() as session:
        raise_signal(
            session,
            SignalKind.CALL_REQUESTED,
            person_id=person.id,
            hub_id=person.hub_id,
            cause=cause,
            why="Asked for a call",
            evidence=[Evidence("inbound", "1")],
            now=clock.now(),
        )
        return (
            session.query(Signal)
            .filter_by(person_id=person.id)
            .order_by(Signal.id.desc())
            .first()
            .id
        )


def follow(
    client: FlaskClient, headers: dict[str, str], after: str = "0.0", limit: int = 100
) -> dict[str, Any]:
    """The next page after a cursor. Waits until other tests on the server have closed their
    transactions, because the feed waits for them.
    """
    for _ in range(200):
        page: dict[str, Any] = client.get(
            f"/v1/events?after={after}&limit={limit}", headers=headers
        ).get_json()
        if page["next"] != after:
            return page
        threading.Event().wait(0.05)
    raise AssertionError("no event came")


def test_a_signal_is_acknowledged_and_resolved(
    client: FlaskClient,
    headers: dict[str, str],
    committed: Database,
    person: Person,
    clock: StoppedClock,
) -> None:
    """Each state has its actor and moment. Resolving it twice is a conflict."""
    signal = new_signal(committed, person, clock)
    (shown,) = client.get("/v1/signals?state=open", headers=headers).get_json()["items"]
    assert (shown["id"], shown["kind"], shown["severity"]) == (
        str(signal),
        "call_requested",
        "medium",
    )
    assert shown["evidence"] == [{"type": "inbound", "id": "1"}]
    taken = client.post(f"/v1/signals/{signal}/acknowledge", headers=headers).get_json()
    assert taken["state"] == "acknowledged"
    assert taken["acknowledged_by"].startswith("key:")
    done = client.post(f"/v1/signals/{signal}/resolve", json={"how": "Rang her."}, headers=headers)
    assert (done.status_code, done.get_json()["resolution"]) == (200, "Rang her.")
    again = client.post(f"/v1/signals/{signal}/resolve", json={"how": "Rang her."}, headers=headers)
    assert again.status_code == 409
    assert client.get("/v1/signals?state=open", headers=headers).get_json()["items"] == []


def test_a_resolution_needs_a_note(
    client: FlaskClient,
    headers: dict[str, str],
    committed: Database,
    person: Person,
    clock: StoppedClock,
) -> None:
    """A signal cannot be resolved without saying what was done."""
    signal = new_signal(committed, person, clock)
    for body in ({}, {"how": ""}, {"how": " "}, {"how": "x" * 501}, {"how": "ok", "by": "me"}):
        assert (
            client.post(f"/v1/signals/{signal}/resolve", json=body, headers=headers).status_code
            == 422
        )


def test_an_unknown_signal_is_404(client: FlaskClient, headers: dict[str, str]) -> None:
    """For an unknown id and for one that is not a UUID."""
    assert (
        client.post(f"/v1/signals/{uuid.uuid4()}/acknowledge", headers=headers).status_code == 404
    )
    assert client.post("/v1/signals/7/acknowledge", headers=headers).status_code == 404


def test_signals_come_in_pages(
    client: FlaskClient,
    headers: dict[str, str],
    committed: Database,
    person: Person,
    clock: StoppedClock,
) -> None:
    """Cursors lead through all of them, oldest first, even if several have the same moment."""
    raised = {str(new_signal(committed, person, clock, cause=str(number))) for number in range(5)}
    met: list[str] = []
    address = f"/v1/signals?limit=2&person_id={person.id}"
    following = ""
    while True:
        page = client.get(address + following, headers=headers).get_json()
        met += [signal["id"] for signal in page["items"]]
        if page["next"] is None:
            break
        following = f"&after={page['next']}"
    assert len(met) == 5
    assert set(met) == raised


def test_events_are_followed_by_their_cursor(
    client: FlaskClient,
    headers: dict[str, str],
    committed: Database,
    person: Person,
    clock: StoppedClock,
) -> None:
    """A system that repeats the last cursor gets every event once, and an empty page if nothing is
    new.
    """
    for number in range(3):
        new_signal(committed, person, clock, cause=str(number))
    seen: list[dict[str, Any]] = []
    cursor = "0.0"
    while [event["kind"] for event in seen].count("signal.raised") < 3:
        page = follow(client, headers, cursor, limit=2)
        seen += page["items"]
        cursor = page["next"]
    ids = [event["id"] for event in seen]
    assert ids == sorted(set(ids))
    rest = client.get(f"/v1/events?after={cursor}", headers=headers).get_json()
    assert rest == {"items": [], "next": cursor}


def test_events_of_people_one_may_not_see_are_left_out(
    client: FlaskClient,
    headers: dict[str, str],
    committed: Database,
    place: tuple[Hub, Staff],
    clock: StoppedClock,
) -> None:
    """Events of limited-access records are left out of the feed, and the cursor still moves."""
    with committed.begin() as session:
        hidden = builders.person(session, place[1], restricted=True)
        events.record(
            session,
            "person.changed",
            now=clock.now(),
            actor="system",
            person_id=hidden.id,
            hub_id=hidden.hub_id,
        )
        session.flush()
        events.record(session, "hub.changed", now=clock.now(), actor="system", hub_id=hidden.hub_id)
    met, cursor = set(), "0.0"
    while "hub.changed" not in met:
        page = follow(client, headers, cursor)
        met |= {event["kind"] for event in page["items"]}
        cursor = page["next"]
    assert "person.changed" not in met


@pytest.mark.parametrize("cursor", ["x", "1", "1.", ".1", "-1.2", "1.2.3", "9" * 30 + ".1", "١.٢"])
def test_a_made_up_event_cursor_is_refused(
    client: FlaskClient, headers: dict[str, str], cursor: str
) -> None:
    """A cursor that is not valid is refused."""
    assert client.get(f"/v1/events?after={cursor}", headers=headers).status_code == 422


def test_the_largest_cursor_does_no_harm(client: FlaskClient, headers: dict[str, str]) -> None:
    """After the last event the page is empty."""
    cursor = "9" * 19 + "." + "9" * 18
    answer = client.get(f"/v1/events?after={cursor}", headers=headers)
    assert (answer.status_code, answer.get_json()) == (200, {"items": [], "next": cursor})
