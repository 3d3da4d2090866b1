"""A service for each test: its own database on the test server, and the processes on it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy.engine import make_url

from engage.core import embedded
from tests.conftest import drop_database
from tests.end_to_end.service import RunningService, running

START = datetime.fromisoformat("2027-03-20T09:00:00+00:00")


@contextmanager
def empty_database(server_url: str) -> Iterator[str]:
    """A fresh database on the test server, for the length of a block."""
    name = f"test_{os.getpid()}_{uuid4().hex[:8]}"
    embedded.create_database(server_url, name)
    try:
        yield make_url(server_url).set(database=name).render_as_string(hide_password=False)
    finally:
        drop_database(server_url, name)


@pytest.fixture(scope="module")
def shared_service(
    server_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningService]:
    """One service for all tests of a module, its clock at Saturday 20 March 2027, 09:00 in London.
    Each test adds its own people.
    """
    with (
        empty_database(server_url) as url,
        running(url, tmp_path_factory.mktemp("service"), START) as service,
    ):
        yield service


@pytest.fixture
def service(server_url: str, tmp_path: Path) -> Iterator[RunningService]:
    """A service for one test alone, which may move its clock."""
    with empty_database(server_url) as url, running(url, tmp_path, START) as started:
        yield started
