"""Health checks, metrics and the request log."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text
from structlog.testing import capture_logs

from api import create_app
from engage.agencies.model import Hub, Staff
from engage.core.db import Database
from engage.signals import Evidence, SignalKind, raise_signal
from messaging import inbound, outbox
from messaging.gateways.base import NotProcessed
from messaging.gateways.registry import TWILIO
from messaging.gateways.twilio import webhooks as twilio
from messaging.sending import routes
from tests import builders
from tests.api.conftest import KeyMaker, StoppedClock, settings
from tests.api.test_security import PRODUCTION


@pytest.fixture
def app(own_app: Flask) -> Flask:
    """A web service for each test, because it counts requests."""
    return own_app


@pytest.fixture
def behind(committed: Database) -> Iterator[Database]:
    """The test database with only the first migration recorded."""
    with committed.begin() as session:
        newest = session.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
        session.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    yield committed
    with committed.begin() as session:
        session.execute(
            text("UPDATE alembic_version SET version_num = :newest"), {"newest": newest}
        )


def figures(client: FlaskClient, **headers: str) -> dict[tuple[str, str], float]:
    """Every metric by its name and the value of its one label, if any."""
    answer = client.get("/metrics", headers=headers)
    assert answer.status_code == 200
    return {
        (sample.name, next(iter(sample.labels.values()), "")): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def test_live(client: FlaskClient) -> None:
    """Live means that the process answers, whatever the state of the database."""
    assert client.get("/health/live").get_json() == {"status": "live"}


def test_ready_with_an_up_to_date_database(client: FlaskClient) -> None:
    """Ready means that the database answers and all migrations have run."""
    for _ in range(2):
        answer = client.get("/health/ready")
        assert (answer.status_code, answer.get_json()) == (200, {"status": "ready"})


def test_not_ready_while_migrations_are_pending(client: FlaskClient, behind: Database) -> None:
    """A service with pending migrations gets no requests."""
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.get_json()["reason"]) == (503, "migrations are pending")


def test_not_ready_without_a_database(clock: StoppedClock, committed: Database) -> None:
    """A lost database is reported and is not a failure."""
    nowhere = Database("postgresql+psycopg://127.0.0.1:1/nowhere?connect_timeout=2")
    app = create_app(settings(committed), nowhere, clock)
    answer = app.test_client().get("/health/ready")
    assert (answer.status_code, answer.get_json()["reason"]) == (
        503,
        "the database does not answer",
    )


def test_queue_depths_come_from_the_database(
    client: FlaskClient, committed: Database, place: tuple[Hub, Staff], clock: StoppedClock
) -> None:
    """Waiting texts, inbound texts and signals are counted for each request."""
    now = clock.now()
    with committed.begin() as session:
        person = builders.person(session, place[1])
        outbox.enqueue(
            session,
            outbox.Text(
                to="+447700900101",
                body="Hi",
                lane=outbox.Lane.REPLY,
                dedupe_key="a",
                send_after=now,
            ),
            now=now,
        )
        inbound.store(
            session,
            twilio.read_text({"MessageSid": "SM1", "From": "+447700900101", "Body": "yes"}),
            now=now,
        )
        routes.record_outcomes(session, TWILIO.name, [NotProcessed()], now)
        raise_signal(
            session,
            SignalKind.NUMBER_SHARED,
            person_id=person.id,
            hub_id=person.hub_id,
            cause="x",
            why="why",
            evidence=[Evidence("rule", "1")],
            now=now,
        )
    clock.at = now + timedelta(seconds=90)
    found = figures(client)
    assert found["engage_messages", "queued"] == 1
    assert found["engage_messages", "unknown"] == 0
    assert found["engage_inbound", "received"] == 1
    assert found["engage_signals_open", "high"] == 1
    assert found["engage_oldest_due_seconds", ""] == 90
    assert found["engage_oldest_inbound_seconds", ""] == 90
    assert found["engage_provider_out_of_reach_seconds", "twilio"] == 90


def test_requests_are_counted_by_route(client: FlaskClient) -> None:
    """Each process counts its requests by route and status, never by path."""
    client.get("/v1/people/00000000-0000-7000-8000-000000000007")
    text = client.get("/metrics").text
    assert 'route="/v1/people/<uuid:person_id>"' in text
    assert "000000000007" not in text


def test_metrics_in_production_require_a_token(committed: Database, clock: StoppedClock) -> None:
    """Without a token in the settings the address does not exist. With one, the token opens it."""
    shut = create_app(settings(committed, **PRODUCTION), committed, clock).test_client()
    assert shut.get("/metrics").status_code == 404
    opened = create_app(
        settings(committed, **PRODUCTION, ENGAGE_METRICS_TOKEN="figures"), committed, clock
    ).test_client()
    assert opened.get("/metrics").status_code == 404
    assert opened.get("/metrics", headers={"Authorization": "Bearer figurés"}).status_code == 404
    assert opened.get("/metrics", headers={"Authorization": "Bearer figures"}).status_code == 200


def test_a_request_is_logged_without_personal_data(client: FlaskClient, key: KeyMaker) -> None:
    """One line for each request: route, method, status, time and id. No path, query or header."""
    with capture_logs() as logs:
        client.get("/v1/people?crn=X123456", headers={**key(), "X-Request-Id": "abc-12345"})
    line = next(line for line in logs if line["event"] == "request.finished")
    assert line["route"] == "/v1/people"
    assert line["status"] == 200
    assert line["ms"] >= 0
    assert "X123456" not in str(logs)


def test_request_ids(client: FlaskClient) -> None:
    """A caller's valid request id is kept. An invalid one is replaced."""
    assert (
        client.get("/health/live", headers={"X-Request-Id": "abc-12345"}).headers["X-Request-Id"]
        == "abc-12345"
    )
    for odd in ("x", "a b c d e f g h", "é" * 10, "x" * 100):
        made = client.get("/health/live", headers={"X-Request-Id": odd}).headers["X-Request-Id"]
        assert made != odd
        assert len(made) == 32
