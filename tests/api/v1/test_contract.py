"""The API keeps its contract: the document is complete, and every answer matches it."""

from datetime import timedelta
from typing import Any

import pytest
import schemathesis
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from sqlalchemy import select

from api.access import Caller, allowance_of
from api.v1.keys import Limiter
from engage.agencies.model import Hub, Role, Staff
from engage.core.db import Database
from engage.documents.evidence_pack import service
from engage.signals import Signal, SignalKind, raise_signal
from messaging import outbox
from tests import builders, case_builders
from tests.api.conftest import KeyMaker, StoppedClock
from tests.engage.cohort import table

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


@pytest.fixture
def ids(committed: Database, place: tuple[Hub, Staff], clock: StoppedClock) -> dict[str, str]:
    """One record of each type, so that requests get further than a 404."""
    now = clock.now()
    with committed.begin() as session:
        person = builders.person(session, place[1])
        booked = builders.appointment(session, person, now + timedelta(days=3))
        message = outbox.enqueue(
            session,
            outbox.Text(
                to="+447700900101",
                body="Hi",
                lane=outbox.Lane.REPLY,
                dedupe_key="a",
                recipient=str(person.id),
                expires_at=now + timedelta(hours=1),
            ),
            now=now,
        )
        raise_signal(
            session,
            SignalKind.CALL_REQUESTED,
            person_id=person.id,
            hub_id=person.hub_id,
            cause="x",
            why="why",
            evidence=[],
            now=now,
        )
        signal = session.scalars(select(Signal.id)).one()
        keeper = builders.actor(
            builders.staff(session, place[0], Role.COORDINATOR, name="Chidi Okafor")
        )
        referral = table.refer(session, keeper, place[0])
        meeting = table.call(session, keeper, place[0])
        made = service.make(
            session,
            builders.actor(session.get_one(Staff, place[1].id)),
            person.id,
            from_on=now.date() - timedelta(days=300),
            until_on=now.date(),
            purpose="A breach hearing",
            recipient="The court",
            now=now,
        )
        return {
            "person_id": str(person.id),
            "pack_id": str(made.id),
            "appointment_id": str(booked.id),
            "message_id": str(message.id),
            "signal_id": str(signal),
            "referral_id": str(referral.id),
            "meeting_id": str(meeting.id),
            "item_id": str(table.item_of(session, meeting, referral).id),
            "action_id": str(case_builders.action(session, person).id),
        }


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_generated_requests_are_answered_by_the_contract(
    app: Flask, key: KeyMaker, ids: dict[str, str], mode: GenerationMode
) -> None:
    """Hundreds of valid and invalid requests from the document: none fails, and each answer matches
    it.
    """
    app.extensions["engage.limiter"] = Limiter(10**9)
    headers = key()
    api = schemathesis.openapi.from_wsgi("/v1/openapi.json", app)
    operations = [found.ok() for found in api.get_all_operations()]
    assert len(operations) >= 20
    for operation in operations:
        tried = 0

        @settings(
            max_examples=12,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode), real=st.integers(0, 3))
        def throw(case: Any, real: int) -> None:
            nonlocal tried
            tried += 1
            if real:
                _aim(case, ids)
            case.call_and_validate(headers=headers, checks=CHECKS)

        throw()
        assert tried


def _aim(case: Any, ids: dict[str, str]) -> None:
    """Point a request at existing records."""
    for place in (case.path_parameters, case.query, case.body):
        if isinstance(place, dict):
            place.update({name: value for name, value in ids.items() if name in place})
    if isinstance(case.body, dict):
        known = {
            "agency": "Probation",
            "offender_manager": "p.hale@probation.example",
            "starts_at": "2027-04-01T09:00:00Z",
        }
        case.body.update({name: value for name, value in known.items() if name in case.body})


def test_the_document_covers_every_route(app: Flask, client: FlaskClient) -> None:
    """The document has exactly the routes of the API, each with its scope, summary and answers."""
    document = client.get("/v1/openapi.json").get_json()
    assert document["openapi"].startswith("3.1")
    named = {}
    for methods in document["paths"].values():
        for method, operation in methods.items():
            if method != "parameters":
                assert operation["summary"], operation
                assert "default" in operation["responses"]
                named[operation["operationId"]] = operation["x-scope"]
    routes = {}
    for rule in app.url_map.iter_rules():
        allowance = allowance_of(app, rule.endpoint)
        assert allowance is not None
        if allowance.caller is Caller.KEY:
            routes[rule.endpoint.rpartition(".")[2]] = allowance.scope
    assert named == routes


def test_every_reference_resolves(client: FlaskClient) -> None:
    """A client generator finds every schema."""
    document = client.get("/v1/openapi.json").get_json()

    def walk(node: Any) -> None:
        if isinstance(node, dict):
            if isinstance(node.get("$ref"), str):
                found = document
                for step in node["$ref"].removeprefix("#/").split("/"):
                    found = found[step]
            for inner in node.values():
                walk(inner)
        elif isinstance(node, list):
            for inner in node:
                walk(inner)

    walk(document)


def test_request_schemas_refuse_unknown_fields(client: FlaskClient) -> None:
    """The document says that unknown fields are refused."""
    document = client.get("/v1/openapi.json").get_json()
    for methods in document["paths"].values():
        for method, operation in methods.items():
            if method in ("post", "patch"):
                schema = operation["requestBody"]["content"]["application/json"]["schema"]
                shape = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
                assert shape["additionalProperties"] is False


def test_the_docs_page_shows_every_operation_without_scripts(client: FlaskClient) -> None:
    """The page shows each operation, its scope and each schema, and loads nothing from other
    sites.
    """
    page = client.get("/v1/docs")
    assert (page.status_code, page.mimetype) == (200, "text/html")
    document = client.get("/v1/openapi.json").get_json()
    for path, methods in document["paths"].items():
        for method in methods:
            if method != "parameters":
                assert f"{method.upper()} {path}" in page.text
    for name in document["components"]["schemas"]:
        assert f'id="schema-{name}"' in page.text
    assert 'src="http' not in page.text
    assert "people:write" in page.text


def test_the_rate_limit_of_a_key(app: Flask, client: FlaskClient, key: KeyMaker) -> None:
    """Over its limit a key gets 429 with Retry-After. Other keys are not affected."""
    app.extensions["engage.limiter"] = Limiter(3)
    mine, other = key(), key()
    codes = [client.get("/v1/people", headers=mine).status_code for _ in range(4)]
    assert codes == [200, 200, 200, 429]
    refused = client.get("/v1/people", headers=mine)
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert refused.get_json()["code"] == "too_many_requests"
    assert client.get("/v1/people", headers=other).status_code == 200
