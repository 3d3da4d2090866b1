"""Deny by default: every route is tried by every caller that may not call it."""

import uuid
from collections.abc import Iterator
from itertools import chain

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import AnyConverter, BaseConverter, IntegerConverter, Rule, UUIDConverter

from api import access
from api.access import Caller
from engage.access.policy import SCOPES, Actor, ActorKind
from engage.agencies.model import Hub, Role, Staff
from engage.core.db import Database
from tests.api.conftest import KeyMaker


@pytest.fixture
def app(own_app: Flask) -> Flask:
    """A web service for each test, because some tests change it."""
    return own_app


def calls(app: Flask, caller: Caller) -> Iterator[tuple[Rule, str, str]]:
    """Every (rule, method, path) for one type of caller."""
    for rule in app.url_map.iter_rules():
        allowance = access.allowance_of(app, rule.endpoint)
        assert allowance is not None
        if allowance.caller is caller:
            values = {name: _value(converter) for name, converter in rule._converters.items()}
            built = rule.build(values)
            assert built is not None
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield rule, method, built[1]


def _value(converter: BaseConverter) -> object:
    """A value that the converter accepts."""
    if isinstance(converter, UUIDConverter):
        return uuid.UUID(int=7)
    if isinstance(converter, AnyConverter):
        return sorted(converter.items)[0]
    return 7 if isinstance(converter, IntegerConverter) else "x"


def test_every_route_declares_who_may_call_it(app: Flask) -> None:
    """No route is open by mistake."""
    assert access.undeclared(app) == []
    assert len(list(app.url_map.iter_rules())) > 20


def test_a_route_without_a_declaration_stops_the_start(app: Flask) -> None:
    """A view without @allow stops the start."""
    app.add_url_rule("/forgotten", "forgotten", lambda: "")
    with pytest.raises(RuntimeError, match="forgotten"):
        access.refuse_undeclared(app)


def test_a_route_without_a_declaration_is_refused(app: Flask, client: FlaskClient) -> None:
    """A view without @allow that was added after the start is refused."""
    app.add_url_rule("/forgotten", "forgotten", lambda: "secret")
    answer = client.get("/forgotten")
    assert answer.status_code == 403
    assert b"secret" not in answer.data


def test_anonymous_callers_reach_public_routes_only(app: Flask, client: FlaskClient) -> None:
    """Anonymous callers get 401, 403, 404 or a redirect to the sign-in page on every other
    route.
    """
    closed = chain(
        calls(app, Caller.STAFF),
        calls(app, Caller.KEY),
        calls(app, Caller.PROVIDER),
    )
    tried = 0
    for rule, method, address in closed:
        answer = client.open(
            address, method=method, headers={"Content-Type": "application/x-www-form-urlencoded"}
        )
        assert answer.status_code in (302, 303, 401, 403, 404), (
            f"{method} {rule.rule}: {answer.status_code}"
        )
        if answer.status_code in (302, 303):
            assert "/sign-in" in answer.location, f"{method} {rule.rule}"
        tried += 1
    assert tried > 20


def test_a_wrong_key_is_refused(app: Flask, client: FlaskClient) -> None:
    """An unknown, malformed or wrongly sent key gets 401, and the answer says how to send one."""
    for sent in (
        "Bearer engage_0123_secret",
        "Bearer x",
        "Bearer",
        "Basic abc",
        "engage_1_2",
        "Bearer engage_é_x",
    ):
        answer = client.get("/v1/people", headers={"Authorization": sent})
        assert answer.status_code == 401, sent
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_every_api_route_refuses_each_key_without_its_scope(
    app: Flask, client: FlaskClient, key: KeyMaker
) -> None:
    """A key with every scope except the required one is refused on every route and method."""
    lacking = {scope: key(*(other for other in SCOPES if other != scope)) for scope in SCOPES}
    tried = set()
    for rule, method, address in calls(app, Caller.KEY):
        allowance = access.allowance_of(app, rule.endpoint)
        assert allowance is not None
        assert allowance.scope is not None
        answer = client.open(address, method=method, headers=lacking[allowance.scope], json={})
        assert answer.status_code == 403, f"{method} {rule.rule}"
        assert answer.get_json()["code"] == "insufficient_scope"
        tried.add(allowance.scope)
    assert tried == set(SCOPES)


def test_every_staff_route_with_roles_refuses_the_others(
    app: Flask, client: FlaskClient, place: tuple[Hub, Staff]
) -> None:
    """A page for some roles is refused to staff with every other role."""
    who = {"actor": Actor(ActorKind.STAFF, uuid.UUID(int=1))}
    access.identify_staff(app, lambda: who["actor"], lambda: ("", 302))
    app.config["TESTING"] = True
    for rule, method, address in calls(app, Caller.STAFF):
        allowance = access.allowance_of(app, rule.endpoint)
        assert allowance is not None
        if not allowance.roles:
            continue
        others = frozenset((place[0].id, role) for role in set(Role) - allowance.roles)
        who["actor"] = Actor(ActorKind.STAFF, uuid.UUID(int=1), roles=others)
        answer = client.open(address, method=method, headers={"Sec-Fetch-Site": "same-origin"})
        assert answer.status_code == 403, f"{method} {rule.rule}"


def test_no_route_answers_options(app: Flask, client: FlaskClient) -> None:
    """An automatic OPTIONS answer would be a view without a declaration."""
    for rule in app.url_map.iter_rules():
        assert "OPTIONS" not in (rule.methods or set()), rule.rule
    assert client.options("/health/live").status_code == 405


def test_a_key_reaches_its_own_hub_only(
    client: FlaskClient, committed: Database, place: tuple[Hub, Staff], key: KeyMaker
) -> None:
    """A key gets 404 for a person of another hub."""
    from tests import builders

    with committed.begin() as session:
        elsewhere = builders.hub(session, "Wearside")
        manager = builders.staff(session, elsewhere, name="Dai Rees")
        person = builders.person(session, manager)
    assert client.get(f"/v1/people/{person.id}", headers=key()).status_code == 404
    assert client.get(f"/v1/people/{person.id}", headers=key(hub=elsewhere)).status_code == 200
