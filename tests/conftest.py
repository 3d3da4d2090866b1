"""Fixtures for every test: a real PostgreSQL, one database per test process, and the fixed moment
of the tests.

`session` is one transaction that is rolled back. `committed` is for threads, processes and HTTP,
where work must be committed: its tables are emptied after the test.
"""

import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from unittest.mock import patch

import psutil
import psycopg
import pytest
from argon2 import PasswordHasher
from playwright.sync_api import Browser, expect, sync_playwright
from psycopg import sql
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from engage.agencies import service as agencies
from engage.core import embedded
from engage.core.db import Database
from engage.core.migrate import migrate
from engage.core.settings import PROJECT
from engage.models import METADATA

CHROMIUMS = ("chromium", "chromium-browser", "google-chrome")
BROWSER_OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-quic",
    "--no-first-run",
]


SLOW = ("tests/end_to_end/", "tests/faults/")


class ByModule(LoadScopeScheduling):  # type: ignore[misc]
    """Send the tests of a module to one process, so that what they share is started once. All fault
    tests go to one process, so that no two of them compete for the machine. Modules are sent in the
    order of collection.
    """

    def __init__(self, config: pytest.Config, log: Producer) -> None:
        config.option.loadscopereorder = False
        super().__init__(config, log)

    def _split_scope(self, nodeid: str) -> str:
        return "tests/faults" if nodeid.startswith("tests/faults/") else nodeid.partition("::")[0]


@pytest.fixture(scope="session")
def server_url() -> str:
    """The address of the test server's maintenance database; processes that run tests share the
    server.
    """
    url = os.environ.get("TEST_DATABASE_URL") or embedded.start(
        PROJECT / "var" / "test-postgres", durable=False
    )
    _drop_leftovers(url)
    return url


@pytest.fixture(scope="session")
def database(server_url: str) -> Iterator[Database]:
    """A migrated database that belongs to this test process."""
    name = f"test_{os.getpid()}"
    embedded.create_database(server_url, name)
    url = make_url(server_url).set(database=name).render_as_string(hide_password=False)
    migrate(url)
    database = Database(url)
    yield database
    database.dispose()
    drop_database(server_url, name)


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> Iterator[None]:
    """Make password hashing cheap in this process. Nothing else about passwords changes."""
    with patch.object(
        agencies, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    ):
        yield


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """A session in a transaction that is rolled back after the test; commits inside it are
    savepoints.
    """
    with database.engine.connect() as connection:
        transaction = connection.begin()
        with Session(
            connection, join_transaction_mode="create_savepoint", expire_on_commit=False
        ) as session:
            yield session
        transaction.rollback()


@pytest.fixture
def committed(database: Database) -> Iterator[Database]:
    """The database itself, for work that commits. Every table is emptied afterwards."""
    yield database
    _empty(database)


TABLES = [table for metadata in reversed(METADATA) for table in reversed(metadata.sorted_tables)]
"""All tables, referring tables first."""
_COUNT_FROM_ONE = text(
    "SELECT "
    + ", ".join(
        f"setval(pg_get_serial_sequence('\"{table.name}\"', '{column.name}'), 1, false)"
        for table in TABLES
        for column in table.columns
        if column.identity is not None
    )
)
_WITH_ROWS = text(
    "SELECT name FROM (VALUES "
    + ", ".join(f"('{table.name}', EXISTS (SELECT FROM \"{table.name}\"))" for table in TABLES)
    + ") AS asked (name, has_rows) WHERE has_rows"
)


def _empty(database: Database) -> None:
    """Delete all rows and reset the counters. Asking first which tables have rows takes a fraction
    of the time of emptying them all.
    """
    with database.begin() as session:
        full = set(session.scalars(_WITH_ROWS))
        for table in TABLES:
            if table.name in full:
                session.execute(table.delete())
        session.execute(_COUNT_FROM_ONE)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser of this machine: the one named by CHROMIUM, or the first one found. One for all
    tests of a process.
    """
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUMS)), None)
    expect.set_options(timeout=20_000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=BROWSER_OPTIONS)
        yield browser
        browser.close()


@pytest.fixture
def now() -> datetime:
    """Saturday 20 March 2027, 09:00 in London: a week before the clocks change."""
    return datetime(2027, 3, 20, 9, 0, tzinfo=UTC)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run tests that start processes and wait first, so that no process is left with the longest at
    the end.
    """
    items.sort(key=lambda item: not item.nodeid.startswith(SLOW))


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """One more process than processors: many tests wait for other processes or for time to pass."""
    return (os.cpu_count() or 1) + 1


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> "ByModule":
    """How the processes share the tests."""
    return ByModule(config, log)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the account of each fault run, whichever process it ran in."""
    reports = [
        report for found in ("passed", "failed") for report in terminalreporter.getreports(found)
    ]
    rows = [
        value for report in reports for name, value in report.user_properties if name == "faults"
    ]
    for row in rows:
        terminalreporter.write_line(
            "faults  " + "  ".join(f"{name}={value}" for name, value in row.items())
        )


def _drop_leftovers(url: str) -> None:
    """Drop databases left by test processes that died."""
    with _maintenance(url) as connection:
        names = connection.execute(
            "SELECT datname FROM pg_database WHERE datname LIKE 'test\\_%'"
        ).fetchall()
    for (name,) in names:
        pid = name.split("_")[1]
        if pid.isdigit() and not psutil.pid_exists(int(pid)):
            drop_database(url, name)


def drop_database(url: str, name: str) -> None:
    """Drop a database of the test server, even if it has connections."""
    with _maintenance(url) as connection:
        connection.execute(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        )


def _maintenance(url: str) -> psycopg.Connection[tuple[str, ...]]:
    plain = make_url(url).set(drivername="postgresql", database="postgres")
    return psycopg.connect(plain.render_as_string(hide_password=False), autocommit=True)
