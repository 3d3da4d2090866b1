"""The Idempotency-Key: a POST that is sent twice is done once."""

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
    """A key that may do everything, and an Idempotency-Key."""
    return {**key(), "Idempotency-Key": "import-7-row-3"}


def people(database: Database) -> int:
    """How many people there are."""
    with database.begin() as session:
        return session.scalar(select(func.count()).select_from(Person)) or 0


def test_the_second_gets_the_first_answer(
    client: FlaskClient, headers: dict[str, str], committed: Database
) -> None:
    """The same request again changes nothing and is answered as the first was, and says that it is
    a repeat.
    """
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
    """The same key with another body, or at another address, is refused."""
    client.post("/v1/people", json=KATRINA, headers=headers)
    other = client.post("/v1/people", json={**KATRINA, "crn": "X654321"}, headers=headers)
    assert (other.status_code, other.get_json()["code"]) == (422, "idempotency_key_reused")
    assert people(committed) == 1


def test_a_refusal_is_looked_at_afresh(
    client: FlaskClient, headers: dict[str, str], committed: Database
) -> None:
    """A request that was refused left nothing behind; once it is right, the same key does the work."""
    assert (
        client.post("/v1/people", json={**KATRINA, "crn": "x"}, headers=headers).status_code == 422
    )
    assert client.post("/v1/people", json=KATRINA, headers=headers).status_code == 201
    assert people(committed) == 1


def test_keys_of_two_systems_do_not_meet(
    client: FlaskClient, headers: dict[str, str], key: KeyMaker
) -> None:
    """Two systems may use the same word without getting each other's answers."""
    client.post("/v1/people", json=KATRINA, headers=headers)
    other = client.post("/v1/people", json=KATRINA, headers={**headers, **key()})
    assert other.status_code == 409


def test_a_person_who_may_no_longer_be_seen_is_not_told_of_again(
    client: FlaskClient, headers: dict[str, str], committed: Database
) -> None:
    """Once the record is restricted the first answer is not given again, whatever it was about, nor
    is the work done anew.
    """
    added = client.post("/v1/people", json=KATRINA, headers=headers).get_json()
    told = {"kind": "work", "fact": "got_work", "said_at": "2027-03-19T10:00:00Z"}
    reports = f"/v1/people/{added['id']}/self-reports"
    report = client.post(reports, json=told, headers={**headers, "Idempotency-Key": "r"}).get_json()
    requests: list[tuple[str, str, dict[str, str]]] = [
        ("import-7-row-3", "/v1/people", KATRINA),
        ("r", reports, told),
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


def test_five_at_once_are_done_once(
    app: Flask, headers: dict[str, str], committed: Database
) -> None:
    """Five threads with the same request: one does it, four wait and get its answer."""
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


def test_the_first_may_be_too_slow_to_wait_for(
    client: FlaskClient,
    headers: dict[str, str],
    committed: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A second request that has waited long enough for the first is told to come again, and nothing
    is done twice.
    """
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


def test_after_a_day_the_key_is_free(
    client: FlaskClient, headers: dict[str, str], committed: Database, clock: StoppedClock
) -> None:
    """A key is remembered for 24 hours; then it may be used anew, and the sweep forgets it."""
    client.post("/v1/people", json=KATRINA, headers=headers)
    clock.at += timedelta(hours=25)
    fresh = client.post("/v1/people", json={**KATRINA, "crn": "X654321"}, headers=headers)
    assert fresh.status_code == 201
    with committed.begin() as session:
        assert idempotency.delete_old(session, now=clock.at) == 0
        assert idempotency.delete_old(session, now=clock.at + timedelta(hours=25)) == 1


@pytest.mark.parametrize("odd", ["", "x" * 101, "é"])
def test_an_odd_key_is_refused(client: FlaskClient, headers: dict[str, str], odd: str) -> None:
    """A key is 1 to 100 printable ASCII characters."""
    answer = client.post("/v1/people", json=KATRINA, headers={**headers, "Idempotency-Key": odd})
    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["header"] == "Idempotency-Key"
