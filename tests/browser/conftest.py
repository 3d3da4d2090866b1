"""A real browser on the whole web service: Chromium, the test database and an in-process server."""

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server

from api import create_app
from engage.agencies.model import AgencyKind, Hub, Role, Staff
from engage.agencies.service import set_password
from engage.core.db import Database
from tests import builders
from tests.api.conftest import StoppedClock, settings

PASSWORD = "a password of sixteen"
SitDown = Callable[..., AbstractContextManager[Page]]


@pytest.fixture
def clock(now: datetime) -> StoppedClock:
    """The time that the service sees."""
    return StoppedClock(now)


@pytest.fixture
def app(committed: Database, clock: StoppedClock) -> Flask:
    """The whole web service."""
    return create_app(settings(committed), committed, clock)


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """Where the service listens."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@dataclass(frozen=True)
class House:
    """A hub with an offender manager, a coordinator and an administrator."""

    hub: Hub
    pat: Staff
    coordinator: Staff
    administrator: Staff


@pytest.fixture
def house(committed: Database, now: datetime) -> House:
    """The hub Tyneside; all staff have the same password."""
    with committed.begin() as session:
        hub = builders.hub(session)
        builders.agency(session, hub, "Tyne Recovery", AgencyKind.DRUG_AND_ALCOHOL)
        pat = builders.staff(session, hub, name="Pat Hale", email="pat@probation.example")
        coordinator = builders.staff(
            session, hub, Role.COORDINATOR, name="Chidi Okafor", email="chidi@police.example"
        )
        administrator = builders.staff(
            session, hub, Role.ADMINISTRATOR, name="Alex Reid", email="alex@engage.example"
        )
        for one in (pat, coordinator, administrator):
            set_password(session, one, PASSWORD, actor="system", now=now)
        return House(hub, pat, coordinator, administrator)


@pytest.fixture
def sit_down(chromium: Browser, address: str) -> SitDown:
    """Open a window of some width, with or without scripts, and sign a worker in.

    Console errors fail the test.
    """

    @contextmanager
    def as_(staff: Staff, *, width: int = 1280, scripts: bool = True) -> Iterator[Page]:
        context = chromium.new_context(
            viewport={"width": width, "height": 900}, java_script_enabled=scripts, base_url=address
        )
        page = context.new_page()
        complaints: list[str] = []
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console",
            lambda message: (
                complaints.append(message.text) if "Content Security" in message.text else None
            ),
        )
        page.goto("/sign-in")
        page.get_by_label("Email address").fill(staff.email)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(lambda url: "/sign-in" not in url)
        yield page
        context.close()
        assert complaints == []

    return as_
