"""A person whose pages are looked at."""

import pytest

from engage.core.db import Database
from engage.people.model import Person
from tests import builders
from tests.api.pages.conftest import House


@pytest.fixture
def katrina(committed: Database, house: House) -> Person:
    """One person of Pat's, who can be texted."""
    with committed.begin() as session:
        return builders.person(session, house.pat)
