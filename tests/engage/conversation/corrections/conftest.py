"""An appointment that was asked about, and an offender manager who corrects what a text means."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from engage.agencies.model import Staff
from engage.appointments.model import Appointment
from engage.conversation.corrections.model import ReplyCorrection
from engage.conversation.corrections.service import correct
from engage.conversation.model import ReplyRecord
from engage.people.model import Person
from engage.understanding.vocabulary import Intent as Meaning
from tests import builders
from tests.engage.conversation.phones import (
    asked,
    minutes,
)

DAY = timedelta(days=1)


@pytest.fixture
def booked(session: Session, katrina: Person, now: datetime) -> Appointment:
    """One appointment that a text has asked about."""
    appointment = builders.appointment(session, katrina, now + 3 * DAY)
    asked(session, appointment, now - DAY)
    return appointment


@pytest.fixture
def mean(session: Session, om: Staff, now: datetime) -> Callable[..., ReplyCorrection]:
    """The offender manager says what a text means, an hour after it arrived."""

    def say(reading: ReplyRecord, meaning: Meaning, at: datetime | None = None) -> ReplyCorrection:
        return correct(
            session, builders.actor(om), reading.id, meaning, now=at or now + minutes(60)
        )

    return say
