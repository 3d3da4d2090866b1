"""Two records of one person, and the staff who merge them."""

from datetime import date

import pytest
from sqlalchemy.orm import Session

from engage.access.policy import Actor
from engage.agencies.model import Hub, Role, Staff
from engage.people.model import Person
from tests import builders


@pytest.fixture
def hub(session: Session) -> Hub:
    """One hub."""
    return builders.hub(session)


@pytest.fixture
def pat(session: Session, hub: Hub) -> Staff:
    """An offender manager."""
    return builders.staff(session, hub)


@pytest.fixture
def chidi(session: Session, hub: Hub) -> Actor:
    """The coordinator."""
    return builders.actor(builders.staff(session, hub, Role.COORDINATOR, name="Chidi Okafor"))


@pytest.fixture
def kept(session: Session, pat: Staff) -> Person:
    """The record that is kept, with a number."""
    return builders.person(session, pat, crn="X900001")


@pytest.fixture
def gone(session: Session, pat: Staff) -> Person:
    """The other record of the same person, with another number."""
    return builders.person(
        session, pat, crn="X900002", number="+447700900202", date_of_birth=date(1990, 2, 28)
    )
