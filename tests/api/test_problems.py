"""Refusals and failures: JSON for programs, a page for people, no personal data."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from structlog.testing import capture_logs

from api import create_app
from api.access import PUBLIC, allow
from engage.core.db import Database
from engage.core.errors import Conflict, Invalid
from tests.api.conftest import KeyMaker, StoppedClock, settings
from tests.api.test_webhooks import TEXT, signed

MEMBERS = {"type", "title", "status", "detail", "code"}


@pytest.fixture
def app(own_app: Flask) -> Flask:
    """A web service for each test, because some tests change it."""
    return own_app


@pytest.mark.parametrize(
    ("method", "address", "status"),
    [
        ("GET", "/v1/nothing", 404),
        ("DELETE", "/v1/people", 405),
        ("GET", "/v1/people", 401),
        ("GET", "/webhooks/twilio/inbound", 405),
        ("POST", "/health/live", 405),
    ],
)
def test_programs_get_problem_json(
    client: FlaskClient, method: str, address: str, status: int
) -> None:
    """Every refusal on a route for programs is a problem (RFC 9457)."""
    answer = client.open(address, method=method)
    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"
    body = answer.get_json()
    assert set(body) == MEMBERS
    assert body["status"] == status
    if status == 405:
        assert answer.headers["Allow"]


@pytest.mark.parametrize(
    ("sent", "kind", "status"),
    [
        (b"", "application/json", 422),
        (b"{", "application/json", 400),
        (b"[]", "application/json", 422),
        (b"null", "application/json", 422),
        (b'"x"', "application/json", 422),
        (b"NaN", "application/json", 400),
        (b'{"crn": NaN}', "application/json", 400),
        (b"\xff\xfe", "application/json", 400),
        (b"[" * 200_000, "application/json", 400),
        (b"1" * 5_000, "application/json", 400),
        (b"crn=X123456", "application/x-www-form-urlencoded", 415),
        (b"<x/>", "text/xml", 415),
        (b"{}", "", 415),
        (b" " * 2_000_000, "application/json", 413),
    ],
    ids=[
        "nothing",
        "broken",
        "list",
        "null",
        "string",
        "not a number",
        "not a number inside",
        "no text",
        "deep",
        "long number",
        "form",
        "xml",
        "no type",
        "too large",
    ],
)
def test_bad_bodies_are_refused(
    client: FlaskClient, key: KeyMaker, sent: bytes, kind: str, status: int
) -> None:
    """A body that is not a valid JSON object is refused with the reason and never fails."""
    answer = client.post("/v1/people", data=sent, content_type=kind, headers=key())
    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"
    assert answer.get_json()["status"] == status


def test_each_error_has_its_location(client: FlaskClient, key: KeyMaker) -> None:
    """A body with several errors names each field and what to do."""
    answer = client.post(
        "/v1/people", json={"crn": "x", "first_name": "A\x00", "extra": 1}, headers=key()
    )
    assert answer.status_code == 422
    faults = {fault["pointer"]: fault["detail"] for fault in answer.get_json()["errors"]}
    assert faults["#/extra"] == "Unknown field."
    assert "capital letter" in faults["#/crn"] or "characters" in faults["#/crn"]
    assert "character" in faults["#/first_name"]
    assert set(faults) == {"#/crn", "#/first_name", "#/last_name", "#/offender_manager", "#/extra"}


def test_errors_in_the_query_name_the_parameter(client: FlaskClient, key: KeyMaker) -> None:
    """Query parameters are named as parameters, not as fields."""
    answer = client.get("/v1/people?limit=0&colour=red", headers=key())
    assert {fault["parameter"] for fault in answer.get_json()["errors"]} == {"limit", "colour"}


def test_unknown_parameters_are_refused(client: FlaskClient, key: KeyMaker) -> None:
    """A route without query parameters refuses them."""
    answer = client.get("/v1/people/00000000-0000-7000-8000-000000000007?verbose=1", headers=key())
    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["parameter"] == "verbose"


def test_people_get_a_page(client: FlaskClient) -> None:
    """A refusal on a page's address is a page."""
    answer = client.get("/no-such-page")
    assert (answer.status_code, answer.mimetype) == (404, "text/html")


def test_the_message_of_an_unexpected_error_stays_hidden(app: Flask, client: FlaskClient) -> None:
    """A failure is answered with 500. Neither the answer nor the log quotes the message, which may
    hold a name.
    """

    @allow(PUBLIC)
    def break_down() -> str:
        raise ValueError("Katrina Dodds, +447700900123")

    app.add_url_rule("/v1/broken", "broken", break_down)
    with capture_logs() as logs:
        answer = client.get("/v1/broken")
    assert answer.status_code == 500
    assert answer.mimetype == "application/problem+json"
    assert "Katrina" not in answer.text
    assert "Katrina" not in str(logs)
    failed = next(line for line in logs if line["event"] == "request.failed")
    assert failed["error"] == "ValueError"
    assert any("break_down" in frame for frame in failed["where"])


@pytest.mark.parametrize(
    ("error", "status"), [(Conflict("Taken."), 409), (Invalid(fields={"a": "b"}), 422)]
)
def test_a_use_case_error_keeps_its_message(
    app: Flask, client: FlaskClient, error: Exception, status: int
) -> None:
    """The caller gets the message of a use case."""

    @allow(PUBLIC)
    def refuse() -> str:
        raise error

    app.add_url_rule("/v1/refuse", "refuse", refuse)
    answer = client.get("/v1/refuse")
    assert answer.status_code == status
    assert answer.get_json()["detail"]


def test_a_lost_database_is_503(committed: Database, clock: StoppedClock) -> None:
    """Without a database the answer is 503 for programs, people and Twilio, which retries."""
    nowhere = Database("postgresql+psycopg://127.0.0.1:1/nowhere?connect_timeout=2")
    client = create_app(settings(committed), nowhere, clock).test_client()
    key = {"Authorization": "Bearer engage_0123_secret"}
    assert client.get("/v1/people", headers=key).status_code == 503
    posted = client.post("/webhooks/twilio/inbound", data=TEXT, headers=signed(TEXT))
    assert (posted.status_code, posted.mimetype) == (503, "application/problem+json")
    assert posted.headers["Retry-After"]
