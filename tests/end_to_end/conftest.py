"""A house for each test: a database of its own on the test server, and the service in processes around it."""

import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from engage import embedded
from tests.conftest import drop_database
from tests.end_to_end.house import House, running


@pytest.fixture
def house_url(server_url: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """A fresh, empty database."""
    name = f"test_{os.getpid()}_house"
    drop_database(server_url, name)
    embedded.create_database(server_url, name)
    yield make_url(server_url).set(database=name).render_as_string(hide_password=False)
    drop_database(server_url, name)


@pytest.fixture
def house(house_url: str, tmp_path: Path, now: datetime) -> Iterator[House]:
    """The whole service with the demonstration data, its clock at Saturday 20 March 2027, 09:00 in London."""
    with running(house_url, tmp_path, now) as started:
        yield started
