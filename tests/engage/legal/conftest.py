"""A hub, its offender manager, and one of their people."""

import pytest
from sqlalchemy.orm import Session

from engage.access.policy import Actor
from engage.agencies.model import Staff
from engage.people.model import Person
from tests import builders


@pytest.fixture
def om(session: Session) -> Staff:
    """Pat, an offender manager."""
    return builders.staff(session, builders.hub(session))


@pytest.fixture
def pat(om: Staff) -> Actor:
    """Pat as an actor."""
    return builders.actor(om)


@pytest.fixture
def katrina(session: Session, om: Staff) -> Person:
    """One of Pat's people, who can be texted."""
    return builders.person(session, om)
