"""The hub for import files."""

import uuid

import pytest

from engage.core.db import Database
from tests.engage.appointments.files import make_hub


@pytest.fixture
def hub_id(committed: Database) -> uuid.UUID:
    """The hub, committed."""
    with committed.begin() as session:
        return make_hub(session).id
