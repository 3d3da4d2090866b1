"""Fixtures of most domain tests: an offender manager, and a person with a number that can be
texted.
"""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from engage.agencies.model import Staff
from engage.appointments.model import Appointment
from engage.people.model import Person
from tests import builders
from tests.engage.conversation.phones import asked

DAY = timedelta(days=1)


@pytest.fixture
def om(session: Session) -> Staff:
    """An offender manager in a hub."""
    return builders.staff(session, builders.hub(session))


@pytest.fixture
def katrina(session: Session, om: Staff) -> Person:
    """A person with a number that can be texted."""
    return builders.person(session, om)


@pytest.fixture
def tuesday(session: Session, katrina: Person, now: datetime) -> Appointment:
    """An appointment in three days, about which the person was asked yesterday."""
    made = builders.appointment(session, katrina, now + 3 * DAY)
    asked(session, made, now - DAY)
    return made
