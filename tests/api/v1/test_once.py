"""Idempotency-Key: a repeated POST is done once."""

import threading
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from engage.core import idempotency
from engage.core.db import Database
from engage.core.model import IdempotencyKey
from engage.people.model import Person
from tests.api.conftest import KeyMaker, StoppedClock
from tests.api.v1.people.test_people import KATRINA


@pytest.fixture
def headers(key: KeyMaker) -> dict[str, str]:
    """A key with all scopes, and an Idempotency-Key."""
    return {**key(), "Idempotency-Key": "import-7-row-3"}


def people(database: Database) -> int:
    """The number of people."""
    with database.begin() as session:
        return session.scalar(select(func.count()).select_from(Person)) or 0


def test_a_repeat_gets_the_first_answer(
    client: FlaskClient, headers: dict[str, str], committed: Database
) -> None:
    """A repeat changes nothing, gets the first answer and is marked as a repeat."""
    first = client.post("/v1/people", json=KATRINA, headers=headers)
    second = client.post("/v1/people", json=KATRINA, headers=headers)
    assert (first.status_code, second.status_code) == (201, 201)
    assert second.get_json() == first.get_json()
    assert "Idempotency-Replayed" not in first.headers
    assert second.headers["Idempotency-Replayed"] == "true"
    assert people(committed) == 1


def test_the_key_belongs_to_one_request(
    client: FlaskClient, headers: dict[str, str], committed: Database
) -> None:
    """The same key with another body or path is refused."""
    client.post("/v1/people", json=KATRINA, headers=headers)
    other = client.post("/v1/people", json={**KATRINA, "crn": "X654321"}, headers=headers)
    assert (other.status_code, other.get_json()["code"]) == (422, "idempotency_key_reused")
    assert people(committed) == 1


def test_a_refused_request_can_be_sent_again(
    client: FlaskClient, headers: dict[str, str], committed: Database
) -> None:
    """A refused request leaves nothing behind. The corrected request may use the same key."""
    assert (
        client.post("/v1/people", json={**KATRINA, "crn": "x"}, headers=headers).status_code == 422
    )
    assert client.post("/v1/people", json=KATRINA, headers=headers).status_code == 201
    assert people(committed) == 1


def test_two_systems_may_use_the_same_key(
    client: FlaskClient, headers: dict[str, str], key: KeyMaker
) -> None:
    """Each system gets its own answer."""
    client.post("/v1/people", json=KATRINA, headers=headers)
    other = client.post("/v1/people", json=KATRINA, headers={**headers, **key()})
    assert other.status_code == 409


def test_an_answer_about_a_restricted_person_is_not_repeated(
    client: FlaskClient, headers: dict[str, str], committed: Database
) -> None:
    """After the record is restricted, the repeat gets 404 and is not done again."""
    added = client.post("/v1/people", json=KATRINA, headers=headers).get_json()
    report_body = {"kind": "work", "fact": "got_work", "said_at": "2027-03-19T10:00:00Z"}
    reports = f"/v1/people/{added['id']}/self-reports"
    report = client.post(
        reports, json=report_body, headers={**headers, "Idempotency-Key": "r"}
    ).get_json()
    requests: list[tuple[str, str, dict[str, str]]] = [
        ("import-7-row-3", "/v1/people", KATRINA),
        ("r", reports, report_body),
        ("v", f"/v1/self-reports/{report['id']}/verify", {}),
    ]

    def again() -> list[int]:
        return [
            client.post(at, json=body, headers={**headers, "Idempotency-Key": key}).status_code
            for key, at, body in requests
        ]

    assert again() == again() == [201, 201, 200]
    with committed.begin() as session:
        session.execute(update(Person).values(restricted=True))
    assert again() == [404, 404, 404]
    with committed.begin() as session:
        session.execute(update(Person).values(restricted=False))
    assert again() == [201, 201, 200]
    assert people(committed) == 1


def test_concurrent_repeats_are_done_once(
    app: Flask, headers: dict[str, str], committed: Database
) -> None:
    """Of five threads with the same request, one does it and four wait for its answer."""
    together = threading.Barrier(5)
    answers: list[tuple[int, str]] = []

    def post() -> None:
        client = app.test_client()
        together.wait()
        answer = client.post("/v1/people", json=KATRINA, headers=headers)
        answers.append((answer.status_code, answer.get_json()["id"]))

    threads = [threading.Thread(target=post) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 5
    assert len(set(answers)) == 1
    assert answers[0][0] == 201
    assert people(committed) == 1


def test_a_repeat_waits_for_a_limited_time(
    client: FlaskClient,
    headers: dict[str, str],
    committed: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A repeat that waits too long for the first gets 409, and nothing is done twice."""
    monkeypatch.setattr(idempotency, "LOCK_TIMEOUT_SECONDS", 1)
    first = client.post("/v1/people", json=KATRINA, headers=headers)
    with committed.begin() as session:
        used = session.scalars(select(IdempotencyKey)).one()
        actor = used.actor
    with committed.begin() as session:
        assert (
            idempotency.claim(session, actor=actor, key="slow", request="r", now=used.used_at)
            is None
        )
        waited = client.post(
            "/v1/people",
            json={**KATRINA, "crn": "X654321"},
            headers={**headers, "Idempotency-Key": "slow"},
        )
    assert first.status_code == 201
    assert (waited.status_code, waited.get_json()["code"]) == (409, "idempotency_key_busy")
    assert people(committed) == 1


def test_a_key_is_free_after_a_day(
    client: FlaskClient, headers: dict[str, str], committed: Database, clock: StoppedClock
) -> None:
    """After 24 hours the key can be used for another request, and the sweep deletes it."""
    client.post("/v1/people", json=KATRINA, headers=headers)
    clock.at += timedelta(hours=25)
    fresh = client.post("/v1/people", json={**KATRINA, "crn": "X654321"}, headers=headers)
    assert fresh.status_code == 201
    with committed.begin() as session:
        assert idempotency.delete_old(session, now=clock.at) == 0
        assert idempotency.delete_old(session, now=clock.at + timedelta(hours=25)) == 1


@pytest.mark.parametrize("odd", ["", "x" * 101, "é"])
def test_an_invalid_key_is_refused(client: FlaskClient, headers: dict[str, str], odd: str) -> None:
    """A key must be 1 to 100 printable ASCII characters."""
    answer = client.post("/v1/people", json=KATRINA, headers={**headers, "Idempotency-Key": odd})
    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["header"] == "Idempotency-Key"
