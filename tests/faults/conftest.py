"""The size of a run, its random seed, and where its account goes.

`make test` runs the short form and `make faults` the long one (`FAULTS=long`). `FAULTS_SEED`
repeats a run's random choices; without it each run draws its own seed and prints it.
"""

import os
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

from engage.core import embedded
from engage.core.db import Database
from engage.core.settings import PROJECT
from engage.models import METADATA
from tests.conftest import drop_database
from tests.faults.account import Account
from tests.faults.worker_process import CREATE_EFFECT

LONG = os.environ.get("FAULTS") == "long"


@dataclass(frozen=True)
class Size:
    """How much a run does. `speed_up` is how much faster the workers' clocks run during an
    outage.
    """

    texts: int
    kills: int
    outages: int
    posts: int
    speed_up: float
    time_limit: float


SHORT_RUN = Size(texts=200, kills=6, outages=2, posts=200, speed_up=120, time_limit=90)
LONG_RUN = Size(texts=10_000, kills=50, outages=8, posts=10_000, speed_up=20, time_limit=900)


@pytest.fixture
def size() -> Size:
    """The size of this run."""
    return LONG_RUN if LONG else SHORT_RUN


@pytest.fixture
def seed() -> int:
    """The seed of this run's random choices."""
    return int(os.environ.get("FAULTS_SEED") or secrets.randbelow(1_000_000))


@pytest.fixture
def dice(seed: int) -> Random:
    """The run's random generator."""
    return Random(seed)


@pytest.fixture
def own_database(server_url: str) -> Iterator[Database]:
    """A database for one run only, on the test server."""
    name = f"test_{os.getpid()}_{secrets.token_hex(4)}"
    embedded.create_database(server_url, name)
    url = make_url(server_url).set(database=name).render_as_string(hide_password=False)
    with empty_database(url) as database:
        yield database
    drop_database(server_url, name)


@contextmanager
def empty_database(url: str) -> Iterator[Database]:
    """An empty database with every table in it."""
    database = Database(url)
    for metadata in METADATA:
        metadata.create_all(database.engine)
    with database.begin() as session:
        session.execute(text(CREATE_EFFECT))
    try:
        yield database
    finally:
        database.dispose()


@pytest.fixture
def stopwatch() -> Callable[[], float]:
    """Seconds since the test started."""
    start = time.monotonic()
    return lambda: time.monotonic() - start


@pytest.fixture
def report(record_property: Callable[[str, object], None]) -> Callable[[Account], None]:
    """Print the account of a run at the end of the test run; the long form also appends it to a
    file of the day under var/.
    """

    def print_account(account: Account) -> None:
        record_property("faults", account.line())
        if LONG:
            _append(PROJECT / "var", account)

    return print_account


def _append(directory: Path, account: Account) -> None:
    directory.mkdir(exist_ok=True)
    moment = datetime.now(UTC)
    with (directory / f"faults-{moment:%Y-%m-%d}.txt").open("a") as file:
        line = "  ".join(f"{name}={value}" for name, value in account.line().items())
        file.write(f"{moment:%H:%M:%S}  {line}\n")


def assert_nothing_lost(account: Account) -> None:
    """None lost, none doubled, nothing untrue on record, and unknown only what the provider's own
    list cannot settle.
    """
    assert (account.lost, account.doubled, account.untrue, account.tellable) == (0, 0, 0, 0), (
        account
    )
