"""Today and Person with 10,000 people and 1,000,000 texts, compared with 100 people: an offender
manager's caseload is the same 50 in both.
"""

import re
from contextlib import ExitStack
from dataclasses import dataclass

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, text

from api import create_app
from bench import crowd
from bench.figures import Figure, at_most, median_seconds
from bench.ground import NOW, fresh
from engage.agencies import service as agencies
from engage.core.clock import Clock
from engage.core.db import Database
from engage.core.settings import Settings
from engage.demo.seed import PASSWORD

SMALL, LARGE = 100, 10_000
RUNS = 25


@dataclass(frozen=True)
class Page:
    """The cost of one page: seconds, and SQL statements."""

    seconds: float
    statements: int


def measure(server_url: str) -> list[Figure]:
    """The same offender manager's two pages in both databases."""
    with ExitStack() as stack:
        small = _pages(stack.enter_context(fresh(server_url)), SMALL)
        large = _pages(stack.enter_context(fresh(server_url)), LARGE)
    figures = []
    for name in small:
        one, many = small[name], large[name]
        detail = (
            f"{many.seconds * 1000:.1f} ms and {many.statements} statements at {LARGE:,} people,"
            f" {one.seconds * 1000:.1f} ms and {one.statements} at {SMALL}"
        )
        figures.append(at_most(f"page {name}", many.seconds / one.seconds, 1.3, detail))
        figures.append(at_most(f"statements {name}", many.statements / one.statements, 1.0, detail))
    return figures


def _pages(database: Database, people: int) -> dict[str, Page]:
    crowd.fill(database, people)
    app = create_app(_settings(), database=database, clock=Clock(NOW))
    whom = _prepare(database)
    found = {}
    for who, email in (
        ("offender manager", "om1@probation.example"),
        ("coordinator", "c.okafor@police.example"),
    ):
        client = _signed_in(app, email)
        found[f"Today, {who}"] = _cost(database, client, "/today")
        found[f"Person, {who}"] = _cost(database, client, f"/people/{whom}")
    return found


def _settings() -> Settings:
    return Settings.from_environment({"ENGAGE_ENV": "test"})


def _prepare(database: Database) -> str:
    """Give the first offender manager a password; returns the id of one of their people."""
    with database.begin() as session:
        manager = agencies.find_staff(session, "om1@probation.example")
        if manager is None:
            raise RuntimeError("the crowd has no first offender manager")
        agencies.set_password(session, manager, PASSWORD, actor="system", now=NOW)
        whom = session.execute(text("SELECT id FROM person WHERE crn = 'C000001'")).scalar_one()
    return str(whom)


def _signed_in(app: Flask, email: str) -> FlaskClient:
    client = app.test_client()
    page = client.get("/sign-in").get_data(as_text=True)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    if token is None:
        raise RuntimeError("the sign-in page has no form")
    answer = client.post(
        "/sign-in", data={"csrf_token": token.group(1), "email": email, "password": PASSWORD}
    )
    if answer.status_code not in (302, 303):
        raise RuntimeError(f"sign-in answered {answer.status_code}")
    return client


def _cost(database: Database, client: FlaskClient, path: str) -> Page:
    def load() -> None:
        answer = client.get(path)
        if answer.status_code != 200:
            raise RuntimeError(f"{path} answered {answer.status_code}")

    seconds = median_seconds(load, runs=RUNS)
    count = 0

    def counted(*_: object) -> None:
        nonlocal count
        count += 1

    event.listen(database.engine, "before_cursor_execute", counted)
    load()
    event.remove(database.engine, "before_cursor_execute", counted)
    return Page(seconds, count)
