"""A yes or a no beside a stronger meaning is recorded without a question, if it can be about one
appointment only.
"""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from engage.appointments.kinds import IntentKind
from engage.people.model import Person
from engage.signals import SignalKind
from engage.understanding.vocabulary import Intent
from tests import builders
from tests.engage.conversation.phones import answers, asked, open_questions, open_signals, said
from tests.engage.conversation.turns import hear, read_as

DAY = timedelta(days=1)


@pytest.fixture
def katrina(session: Session) -> Person:
    """A person with a number that may be texted."""
    return builders.person(session, builders.staff(session, builders.hub(session)))


@pytest.mark.parametrize(
    ("beside", "kind", "signals"),
    [
        (
            Intent.DECLINE,
            IntentKind.CANNOT_ATTEND,
            [SignalKind.CALL_REQUESTED, SignalKind.CANNOT_ATTEND],
        ),
        (Intent.CONFIRM, IntentKind.WILL_ATTEND, [SignalKind.CALL_REQUESTED]),
    ],
)
def test_an_intent_beside_a_request_for_a_call_is_recorded(
    session: Session,
    katrina: Person,
    now: datetime,
    beside: Intent,
    kind: IntentKind,
    signals: list[SignalKind],
) -> None:
    """Both are handled, one answer is sent, and the thread shows both."""
    appointment = builders.appointment(session, katrina, now + 3 * DAY)
    asked(session, appointment, now - DAY)
    done = hear(session, katrina, read_as(Intent.CALL_ME, beside), now)
    assert said(session, appointment) == [kind]
    assert open_signals(session, katrina) == signals
    assert len(answers(session)) == 1
    assert done.appointment_id == appointment.id and "; recorded:" in done.words


def test_a_weaker_meaning_asks_no_question(
    session: Session, katrina: Person, now: datetime
) -> None:
    """With two possible appointments nothing is recorded or asked: the stronger meaning gets the
    answer.
    """
    both = [builders.appointment(session, katrina, now + days * DAY) for days in (3, 4)]
    for one in both:
        asked(session, one, now - DAY)
    done = hear(session, katrina, read_as(Intent.CALL_ME, Intent.DECLINE), now)
    assert [said(session, one) for one in both] == [[], []]
    assert open_questions(session) == [] and done.appointment_id is None


def test_a_day_beside_a_request_for_a_call_chooses_nothing(
    session: Session, katrina: Person, now: datetime
) -> None:
    """`Call me tomorrow, I can't come`: the day may be that of the call, so nothing is recorded for
    another day's appointment.
    """
    both = [builders.appointment(session, katrina, now + days * DAY) for days in (1, 4)]
    for one in both:
        asked(session, one, now - DAY)
    hear(session, katrina, read_as(Intent.CALL_ME, Intent.DECLINE, day="tomorrow"), now)
    assert [said(session, one) for one in both] == [[], []]


def test_a_day_that_fits_no_appointment_records_nothing(
    session: Session, katrina: Person, now: datetime
) -> None:
    """The only appointment is on another day than the one named."""
    appointment = builders.appointment(session, katrina, now + 3 * DAY)
    asked(session, appointment, now - DAY)
    hear(session, katrina, read_as(Intent.CALL_ME, Intent.DECLINE, day="tomorrow"), now)
    assert said(session, appointment) == []


def test_a_yes_beside_a_no_records_neither(
    session: Session, katrina: Person, now: datetime
) -> None:
    """A contradiction is no answer."""
    appointment = builders.appointment(session, katrina, now + 3 * DAY)
    asked(session, appointment, now - DAY)
    hear(session, katrina, read_as(Intent.CALL_ME, Intent.DECLINE, Intent.CONFIRM), now)
    assert said(session, appointment) == []
