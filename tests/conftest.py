"""What every test stands on: a real PostgreSQL, one database for each test process, and the moment
the tests live at.

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
    """The tests of a module go to one process, so that what they share is started once; all those
    with faults go to one, so that no two runs take the machine from each other. Modules go in the
    order in which they were collected.
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
    """A migrated database that belongs to this test process alone."""
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
    """In this process a password costs next to nothing to keep and to try; all else about it stays."""
    with patch.object(
        agencies, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    ):
        yield


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """A session in a transaction that is rolled back when the test ends; commits inside it are
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
    """The database itself, for work that commits; every table is emptied afterwards."""
    yield database
    _empty(database)


TABLES = [table for metadata in reversed(METADATA) for table in reversed(metadata.sorted_tables)]
"""Every table, those that refer to others first."""
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
    """Delete every row and count from one again. To look which tables have rows first takes a
    fraction of the time that emptying all of them does.
    """
    with database.begin() as session:
        full = set(session.scalars(_WITH_ROWS))
        for table in TABLES:
            if table.name in full:
                session.execute(table.delete())
        session.execute(_COUNT_FROM_ONE)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser of this machine: what CHROMIUM names, else the first that is found. One for all
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
    """Saturday 20 March 2027, 09:00 in London: the week before the clocks change."""
    return datetime(2027, 3, 20, 9, 0, tzinfo=UTC)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """First what starts processes and waits for them, so that no process is left with the longest
    at the end.
    """
    items.sort(key=lambda item: not item.nodeid.startswith(SLOW))


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """One process more than there are processors: many tests wait for other processes, or for time
    to pass.
    """
    return (os.cpu_count() or 1) + 1


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> "ByModule":
    """How the processes share the tests among them."""
    return ByModule(config, log)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the account that each run with faults gave, whichever process it ran in."""
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
    """Drop databases of test processes that died without dropping their own."""
    with _maintenance(url) as connection:
        names = connection.execute(
            "SELECT datname FROM pg_database WHERE datname LIKE 'test\\_%'"
        ).fetchall()
    for (name,) in names:
        pid = name.split("_")[1]
        if pid.isdigit() and not psutil.pid_exists(int(pid)):
            drop_database(url, name)


def drop_database(url: str, name: str) -> None:
    """Drop a database of the test server, whoever is connected."""
    with _maintenance(url) as connection:
        connection.execute(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        )


def _maintenance(url: str) -> psycopg.Connection[tuple[str, ...]]:
    plain = make_url(url).set(drivername="postgresql", database="postgres")
    return psycopg.connect(plain.render_as_string(hide_password=False), autocommit=True)
