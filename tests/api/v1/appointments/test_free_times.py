"""`/v1/free-times` and permission to rebook: add, list, withdraw, refuse; only within the key's
hub.
"""

from datetime import timedelta

from flask.testing import FlaskClient
from sqlalchemy import select

from engage.agencies.model import Hub, Staff
from engage.appointments.free_times.model import FreeTime
from engage.core.db import Database
from engage.core.model import Event
from tests import builders
from tests.api.conftest import KeyMaker

TIME = {
    "worker": "p.hale@probation.example",
    "type": "office",
    "starts_at": "2027-03-22T10:00:00Z",
    "minutes": 30,
    "place_alias": "the hall",
}


def test_weekly_times_keep_the_wall_clock_time(
    client: FlaskClient, key: KeyMaker, place: tuple[Hub, Staff], committed: Database
) -> None:
    """Ten o'clock stays ten o'clock when the clocks go forward; a closed day and a clash are left
    out and reported.
    """
    with committed.begin() as session:
        session.get_one(Hub, place[0].id).settings = {"closed_days": ["2027-04-05"]}
        person = builders.person(session, place[1])
        builders.appointment(
            session,
            person,
            builders.NOW.replace(month=4, day=12, hour=8, minute=45),
            worker_name="Pat",
        )
    answer = client.post("/v1/free-times", headers=key(), json={**TIME, "weeks": 4})
    assert answer.status_code == 201, answer.get_json()
    body = answer.get_json()
    assert [one["starts_at"] for one in body["added"]] == [
        "2027-03-22T10:00:00+00:00",
        "2027-03-29T09:00:00+00:00",
    ]
    assert [(one["starts_at"], one["reason"]) for one in body["refused"]] == [
        ("2027-04-05T09:00:00+00:00", "The hub is closed that day"),
        ("2027-04-12T09:00:00+00:00", "The worker has an appointment then"),
    ]
    listed = client.get("/v1/free-times", headers=key()).get_json()["items"]
    assert [(one["state"], one["place_alias"], one["worker_name"]) for one in listed] == [
        ("free", "the hall", "Pat Hale")
    ] * 2


def test_a_closed_day_needs_confirmation(
    client: FlaskClient, key: KeyMaker, place: tuple[Hub, Staff], committed: Database
) -> None:
    """A single time on a closed day is refused unless the caller confirms it."""
    with committed.begin() as session:
        session.get_one(Hub, place[0].id).settings = {"closed_days": ["2027-03-22"]}
    refused = client.post("/v1/free-times", headers=key(), json=TIME)
    assert refused.status_code == 422 and "closed" in str(refused.get_json())
    assert (
        client.post(
            "/v1/free-times", headers=key(), json={**TIME, "despite_closed": True}
        ).status_code
        == 201
    )


def test_invalid_times_are_refused(
    client: FlaskClient, key: KeyMaker, place: tuple[Hub, Staff]
) -> None:
    """Each invalid value is refused with words, and nothing is stored."""
    for wrong in (
        {"starts_at": "2027-03-19T10:00:00Z"},
        {"starts_at": "2031-03-19T10:00:00Z"},
        {"minutes": 0},
        {"weeks": 9},
        {"type": "court"},
        {"worker": "nobody@probation.example"},
        {"place": "\u202e"},
        {"unknown": 1},
    ):
        answer = client.post("/v1/free-times", headers=key(), json={**TIME, **wrong})
        assert answer.status_code == 422, wrong
    assert client.get("/v1/free-times", headers=key()).get_json()["items"] == []
    assert client.post("/v1/free-times", headers=key(), json=TIME).status_code == 201
    again = client.post(
        "/v1/free-times", headers=key(), json={**TIME, "starts_at": "2027-03-22T10:15:00Z"}
    )
    assert again.status_code == 422 and "overlaps" in str(again.get_json())


def test_list_pages_and_withdraw(
    client: FlaskClient, key: KeyMaker, place: tuple[Hub, Staff]
) -> None:
    """A list is read page by page; a time is withdrawn once and then gone."""
    client.post("/v1/free-times", headers=key(), json={**TIME, "weeks": 3})
    first = client.get("/v1/free-times?limit=2", headers=key()).get_json()
    rest = client.get(f"/v1/free-times?limit=2&after={first['next']}", headers=key()).get_json()
    assert (len(first["items"]), len(rest["items"]), rest["next"]) == (2, 1, None)
    path = f"/v1/free-times/{rest['items'][0]['id']}/withdraw"
    assert client.post(path, headers=key(), json={}).status_code == 200
    assert client.post(path, headers=key(), json={}).status_code == 409
    assert len(client.get("/v1/free-times", headers=key()).get_json()["items"]) == 2


def test_another_hub_sees_and_changes_nothing(
    client: FlaskClient, key: KeyMaker, committed: Database, place: tuple[Hub, Staff]
) -> None:
    """A key of another hub finds no times, and cannot add times for a worker outside its hub."""
    with committed.begin() as session:
        elsewhere = builders.hub(session, "Wearside")
    made = client.post("/v1/free-times", headers=key(), json=TIME).get_json()["added"][0]["id"]
    theirs = key(hub=elsewhere)
    assert client.get("/v1/free-times", headers=theirs).get_json()["items"] == []
    assert (
        client.post(f"/v1/free-times/{made}/withdraw", headers=theirs, json={}).status_code == 404
    )
    assert client.post("/v1/free-times", headers=theirs, json=TIME).status_code == 422
    with committed.begin() as session:
        assert session.scalars(select(FreeTime)).one().withdrawn_at is None


def test_permission_to_rebook_is_recorded(
    client: FlaskClient, key: KeyMaker, committed: Database, place: tuple[Hub, Staff]
) -> None:
    """It is off at first. Who gave it and when is recorded; giving it twice changes nothing."""
    with committed.begin() as session:
        person = builders.person(session, place[1])
    path, headers = f"/v1/people/{person.id}", key()
    assert client.get(path, headers=headers).get_json()["rebooking_allowed_at"] is None
    for allowed in (True, True, False):
        answer = client.post(f"{path}/rebooking", headers=headers, json={"allowed": allowed})
        assert answer.status_code == 200
        assert (answer.get_json()["rebooking_allowed_at"] is not None) == allowed
    assert client.post(f"{path}/rebooking", headers=headers, json={}).status_code == 422
    with committed.begin() as session:
        kinds = session.execute(
            select(Event.kind, Event.actor).where(Event.kind.like("rebooking%")).order_by(Event.id)
        ).all()
        assert [kind for kind, _ in kinds] == ["rebooking.allowed", "rebooking.ended"]
        assert all(actor.startswith("key:") for _, actor in kinds)


def test_a_taken_time_is_shown_as_taken(
    client: FlaskClient, key: KeyMaker, committed: Database, place: tuple[Hub, Staff]
) -> None:
    """It is taken once staff book over it, and free again once they cancel."""
    client.post("/v1/free-times", headers=key(), json=TIME)
    with committed.begin() as session:
        person = builders.person(session, place[1])
        at = builders.NOW.replace(day=22, hour=10, minute=15) + timedelta(0)
        booked = builders.appointment(session, person, at, worker_id=place[1].id)
    assert client.get("/v1/free-times", headers=key()).get_json()["items"][0]["state"] == "taken"
    client.post(f"/v1/appointments/{booked.id}/cancel", headers=key(), json={"reason": "ill"})
    assert client.get("/v1/free-times", headers=key()).get_json()["items"][0]["state"] == "free"
