"""The web service on the test database with a stopped clock, and API keys for it."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from api import create_app
from api.auth.views import sign_in_limiter
from api.v1.keys import Limiter
from engage.access.policy import SCOPES
from engage.agencies.model import Hub, Staff
from engage.agencies.service import issue_key
from engage.core.clock import Clock
from engage.core.db import Database
from engage.core.settings import Settings
from tests import builders

TOKEN = "0123456789abcdef0123456789abcdef"
ACCOUNT = "AC" + "0" * 32


class StoppedClock(Clock):
    """A clock that changes only when a test sets it."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at


def settings(database: Database, **more: str) -> Settings:
    """Settings for tests, on the test database. `more` are environment variables."""
    return Settings.from_environment(
        {
            "ENGAGE_ENV": "test",
            "DATABASE_URL": database.url.render_as_string(hide_password=False),
            "TWILIO_AUTH_TOKEN": TOKEN,
            **more,
        }
    )


@pytest.fixture
def clock(now: datetime) -> StoppedClock:
    """The clock of the service."""
    return StoppedClock(now)


@pytest.fixture(scope="session")
def assembled(database: Database) -> Flask:
    """The web service, created once for all tests of a process because that is slow."""
    return create_app(settings(database), database)


@pytest.fixture
def app(assembled: Flask, committed: Database, clock: StoppedClock) -> Flask:
    """The web service with fresh rate limits. A test that changes it uses `own_app`."""
    assembled.extensions |= {
        "engage.clock": clock,
        "engage.limiter": Limiter(),
        "engage.sign_ins": sign_in_limiter(),
    }
    return assembled


@pytest.fixture
def own_app(committed: Database, clock: StoppedClock) -> Flask:
    """A web service for one test, which may change it."""
    return create_app(settings(committed), committed, clock)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """An unauthenticated test client."""
    return app.test_client()


@pytest.fixture
def place(committed: Database) -> tuple[Hub, Staff]:
    """A hub and its offender manager."""
    with committed.begin() as session:
        hub = builders.hub(session)
        return hub, builders.staff(session, hub, email="p.hale@probation.example")


KeyMaker = Callable[..., dict[str, str]]


@pytest.fixture
def key(committed: Database, place: tuple[Hub, Staff], now: datetime) -> KeyMaker:
    """Issues a key of the hub with the scopes (default: all) and returns its headers."""

    def make(*scopes: str, hub: Hub | None = None) -> dict[str, str]:
        with committed.begin() as session:
            _key, presented = issue_key(
                session,
                hub_id=(hub or place[0]).id,
                name="a system",
                scopes=scopes or SCOPES,
                allowed_scopes=SCOPES,
                expires_at=now + timedelta(days=30),
                actor="system",
                now=now,
            )
        return {"Authorization": f"Bearer {presented}"}

    return make
