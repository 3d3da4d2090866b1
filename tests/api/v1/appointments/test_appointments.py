"""`/v1/appointments` and a person's messages: book, move, cancel, record outcomes, send texts."""

from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from engage.agencies.model import Hub, Staff
from engage.core.db import Database
from engage.people.model import Person
from messaging import inbound
from messaging.gateways.twilio import webhooks as twilio
from messaging.tables import Message
from tests import builders
from tests.api.conftest import KeyMaker, StoppedClock

MONDAY = "2027-03-22T09:30:00+00:00"


@pytest.fixture
def headers(key: KeyMaker) -> dict[str, str]:
    """A key with every scope."""
    return key()


@pytest.fixture
def person(committed: Database, place: tuple[Hub, Staff]) -> Person:
    """A person on the caseload who may be texted."""
    with committed.begin() as session:
        return builders.person(session, place[1])


@pytest.fixture
def wanted(person: Person) -> dict[str, object]:
    """An appointment to book."""
    return {
        "person_id": str(person.id),
        "agency": "Probation",
        "type": "office",
        "starts_at": MONDAY,
        "minutes": 30,
        "worker_name": "Pat",
        "enforceable": True,
        "place": "Probation office, Bridge St",
        "place_alias": "the centre on Bridge St",
        "ref": "A-1001",
    }


def book(
    client: FlaskClient, headers: dict[str, str], wanted: dict[str, object], **changes: object
) -> dict[str, object]:
    """Book over HTTP."""
    answer = client.post("/v1/appointments", json={**wanted, **changes}, headers=headers)
    assert answer.status_code == 201, answer.text
    booked: dict[str, object] = answer.get_json()
    return booked


def test_a_booking_plans_its_reminders(
    client: FlaskClient, headers: dict[str, str], wanted: dict[str, object]
) -> None:
    """The whole appointment is returned, with its reminders and with no intent or outcome yet."""
    booked = book(client, headers, wanted)
    assert booked["starts_at"] == MONDAY
    assert (booked["agency"], booked["ref"], booked["state"]) == ("Probation", "A-1001", "booked")
    assert "planned" in {reminder["state"] for reminder in booked["reminders"]}
    assert booked["said"] == []
    assert booked["outcomes"] == []
    assert client.get(f"/v1/appointments/{booked['id']}", headers=headers).get_json() == booked


def test_times_need_an_offset(
    client: FlaskClient, headers: dict[str, str], wanted: dict[str, object]
) -> None:
    """The same moment is accepted in any offset; a time without an offset is refused."""
    assert (
        book(client, headers, wanted, starts_at="2027-03-22T10:30:00+01:00")["starts_at"] == MONDAY
    )
    answer = client.post(
        "/v1/appointments", json={**wanted, "starts_at": "2027-03-23T10:30:00"}, headers=headers
    )
    assert answer.status_code == 422
    assert "offset" in answer.get_json()["errors"][0]["detail"]


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"starts_at": "2027-03-01T09:00:00Z"}, "#/starts_at"),
        ({"starts_at": "2031-03-01T09:00:00Z"}, "#/starts_at"),
        ({"starts_at": "0001-01-01T00:00:00+23:59"}, "#/starts_at"),
        ({"starts_at": "9999-12-31T23:59:59-23:59"}, "#/starts_at"),
        ({"starts_at": "tomorrow"}, "#/starts_at"),
        ({"starts_at": 1800000000}, "#/starts_at"),
        ({"minutes": 0}, "#/minutes"),
        ({"minutes": 1441}, "#/minutes"),
        ({"minutes": 30.5}, "#/minutes"),
        ({"minutes": True}, "#/minutes"),
        ({"minutes": 10**30}, "#/minutes"),
        ({"minutes": "30"}, "#/minutes"),
        ({"enforceable": "yes"}, "#/enforceable"),
        ({"type": "picnic"}, "#/type"),
        ({"agency": "Nobody"}, "#/agency"),
        ({"person_id": "7"}, "#/person_id"),
        ({"worker_name": ""}, "#/worker_name"),
        ({"place": "x" * 121}, "#/place"),
        ({"ref": "x" * 41}, "#/ref"),
    ],
)
def test_invalid_fields_are_named(
    client: FlaskClient,
    headers: dict[str, str],
    wanted: dict[str, object],
    changes: dict[str, object],
    where: str,
) -> None:
    """Each field has its limits, and the refusal names the field that breaks one."""
    answer = client.post("/v1/appointments", json={**wanted, **changes}, headers=headers)
    assert answer.status_code == 422, answer.text
    assert where in {fault["pointer"] for fault in answer.get_json()["errors"]}


def test_a_clash_needs_confirmation(
    client: FlaskClient, headers: dict[str, str], wanted: dict[str, object]
) -> None:
    """A second appointment at the same time is refused unless the caller allows the clash."""
    book(client, headers, wanted)
    other = {**wanted, "ref": "A-1002"}
    assert (
        client.post("/v1/appointments", json=other, headers=headers).get_json()["code"] == "clash"
    )
    book(client, headers, wanted, ref="A-1002", allow_clash=True)


def test_a_reference_is_used_once(
    client: FlaskClient, headers: dict[str, str], wanted: dict[str, object]
) -> None:
    """The caller's own id belongs to one appointment of the hub."""
    book(client, headers, wanted)
    again = client.post(
        "/v1/appointments", json={**wanted, "starts_at": "2027-03-25T09:30:00Z"}, headers=headers
    )
    assert (again.status_code, again.get_json()["code"]) == (409, "ref_taken")


def test_move_and_cancel(
    client: FlaskClient, headers: dict[str, str], wanted: dict[str, object]
) -> None:
    """A move cancels the old reminders and counts a new revision; a cancelled appointment cannot be
    changed.
    """
    address = f"/v1/appointments/{book(client, headers, wanted)['id']}"
    moved = client.post(
        f"{address}/move", json={"starts_at": "2027-03-24T11:00:00Z"}, headers=headers
    ).get_json()
    assert (moved["starts_at"], moved["revision"], moved["minutes"]) == (
        "2027-03-24T11:00:00+00:00",
        2,
        30,
    )
    old = {reminder["state"] for reminder in moved["reminders"] if reminder["revision"] == 1}
    assert "void" in old
    assert "planned" not in old
    off = client.post(
        f"{address}/cancel", json={"reason": "Worker ill"}, headers=headers
    ).get_json()
    assert (off["state"], off["cancelled_reason"]) == ("cancelled", "Worker ill")
    again = client.post(f"{address}/move", json={"starts_at": MONDAY}, headers=headers)
    assert (again.status_code, again.get_json()["code"]) == (409, "cancelled")


def test_record_and_correct_an_outcome(
    client: FlaskClient, headers: dict[str, str], wanted: dict[str, object], clock: StoppedClock
) -> None:
    """An outcome is recorded once the appointment has started; a correction supersedes it and keeps
    it.
    """
    address = f"/v1/appointments/{book(client, headers, wanted)['id']}"
    early = client.post(f"{address}/outcome", json={"code": "ATTC"}, headers=headers)
    assert early.status_code == 409
    clock.at = datetime.fromisoformat(MONDAY) + timedelta(hours=1)
    client.post(
        f"{address}/outcome",
        json={"code": "AFTA", "note": "No word.\nRang twice."},
        headers=headers,
    )
    fixed = client.post(f"{address}/outcome", json={"code": "ATTC"}, headers=headers).get_json()
    assert [(one["code"], one["superseded_at"] is None) for one in fixed["outcomes"]] == [
        ("AFTA", False),
        ("ATTC", True),
    ]
    assert fixed["outcomes"][0]["recorded_by"].startswith("key:")
    assert (
        client.post(f"{address}/outcome", json={"code": "XXXX"}, headers=headers).status_code == 422
    )


def test_list_by_person_day_and_change(
    client: FlaskClient,
    headers: dict[str, str],
    wanted: dict[str, object],
    person: Person,
    clock: StoppedClock,
) -> None:
    """A caller finds a person's appointments, a day's, and those changed since, in pages without
    gaps or repeats.
    """
    for day in range(22, 27):
        book(client, headers, wanted, starts_at=f"2027-03-{day}T09:30:00Z", ref=f"A-{day}")

    def refs(query: str) -> list[str]:
        met, following = [], ""
        while True:
            page = client.get(
                f"/v1/appointments?limit=2&{query}{following}", headers=headers
            ).get_json()
            met += [one["ref"] for one in page["items"]]
            if page["next"] is None:
                return met
            following = f"&after={page['next']}"

    assert refs(f"person_id={person.id}") == ["A-22", "A-23", "A-24", "A-25", "A-26"]
    assert refs("starts_from=2027-03-24T00:00:00Z&starts_until=2027-03-25T00:00:00Z") == ["A-24"]
    clock.at += timedelta(hours=1)
    since = clock.at.isoformat().replace("+", "%2B")
    moved = client.get("/v1/appointments?limit=1", headers=headers).get_json()["items"][0]["id"]
    client.post(
        f"/v1/appointments/{moved}/move",
        json={"starts_at": "2027-03-29T09:30:00Z"},
        headers=headers,
    )
    assert refs(f"changed_since={since}") == ["A-22"]


def test_an_appointment_of_another_hub_is_not_found(
    client: FlaskClient, headers: dict[str, str], committed: Database, clock: StoppedClock
) -> None:
    """It can be neither read nor changed."""
    with committed.begin() as session:
        elsewhere = builders.hub(session, "Wearside")
        other = builders.person(session, builders.staff(session, elsewhere, name="Dai Rees"))
        booked = builders.appointment(session, other, clock.now() + timedelta(days=2))
    address = f"/v1/appointments/{booked.id}"
    assert client.get(address, headers=headers).status_code == 404
    assert (
        client.post(f"{address}/cancel", json={"reason": "x"}, headers=headers).status_code == 404
    )
    assert client.get("/v1/appointments", headers=headers).get_json()["items"] == []


def test_send_a_text_and_follow_it(
    client: FlaskClient, headers: dict[str, str], person: Person, committed: Database
) -> None:
    """A text is queued in the request's transaction, appears in the thread and can be read."""
    sent = client.post(
        f"/v1/people/{person.id}/messages",
        json={"body": "Hi Katrina, ring me when you can. Pat"},
        headers=headers,
    )
    assert sent.status_code == 201, sent.text
    message = sent.get_json()
    assert (message["status"], message["segments"], message["person_id"]) == (
        "queued",
        1,
        str(person.id),
    )
    assert client.get(f"/v1/messages/{message['id']}", headers=headers).get_json() == message
    (entry,) = client.get(f"/v1/people/{person.id}/messages", headers=headers).get_json()["items"]
    assert (entry["direction"], entry["id"], entry["status"]) == ("out", message["id"], "queued")
    with committed.begin() as session:
        assert session.scalars(select(Message)).one().to_number == "+447700900101"


def test_an_indiscreet_text_needs_confirmation(
    client: FlaskClient, headers: dict[str, str], person: Person
) -> None:
    """An indiscreet word is refused with its reason, unless the caller confirms it."""
    address = f"/v1/people/{person.id}/messages"
    body = {"body": "Probation appointment tomorrow"}
    assert client.post(address, json=body, headers=headers).status_code == 422
    assert client.post(address, json={**body, "anyway": True}, headers=headers).status_code == 201


def test_a_text_that_may_not_be_sent_is_refused_with_the_reason(
    client: FlaskClient, headers: dict[str, str], person: Person
) -> None:
    """A person in custody is not texted."""
    client.patch(f"/v1/people/{person.id}", json={"custody_status": "custody"}, headers=headers)
    answer = client.post(f"/v1/people/{person.id}/messages", json={"body": "Hi"}, headers=headers)
    assert answer.status_code == 409
    assert "custody" in answer.get_json()["detail"]


def test_the_thread_has_both_sides(
    client: FlaskClient,
    headers: dict[str, str],
    person: Person,
    committed: Database,
    clock: StoppedClock,
) -> None:
    """The person's texts are in the thread with how they were understood, newest first, page by
    page.
    """
    from engage.conversation import intake

    for number in range(60):
        clock.at += timedelta(minutes=1)
        with committed.begin() as session:
            inbound.store(
                session,
                twilio.read_text(
                    {
                        "MessageSid": f"SM{number}",
                        "From": "+447700900101",
                        "Body": f"hello {number}",
                    }
                ),
                now=clock.at,
            )
        while inbound.handle_next(committed.begin, intake.handle, now=clock.at) is not None:
            pass
    address = f"/v1/people/{person.id}/messages"
    first = client.get(address, headers=headers).get_json()
    said = [entry["body"] for entry in first["items"] if entry["direction"] == "in"]
    following = first["next"]
    while following is not None:
        page = client.get(f"{address}?after={following}", headers=headers).get_json()
        said += [entry["body"] for entry in page["items"] if entry["direction"] == "in"]
        following = page["next"]
    assert said == [f"hello {number}" for number in range(59, -1, -1)]
    assert client.get(f"{address}?after=x", headers=headers).status_code == 422


def test_an_unknown_message_is_not_found(client: FlaskClient, headers: dict[str, str]) -> None:
    """An id without a message is not found."""
    assert (
        client.get("/v1/messages/00000000-0000-7000-8000-000000000007", headers=headers).status_code
        == 404
    )
