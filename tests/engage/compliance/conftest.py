"""A person under an order."""

from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from engage.people.model import LegalStatus
from tests import builders
from tests.engage.compliance.stage import Stage, order


@pytest.fixture
def stage(session: Session, now: datetime) -> Stage:
    """Katrina, under an order since September."""
    om = builders.staff(session, builders.hub(session))
    person = builders.person(session, om, legal_status=LegalStatus.STATUTORY)
    return Stage(session, om, builders.actor(om), person, order(session, person), now)
