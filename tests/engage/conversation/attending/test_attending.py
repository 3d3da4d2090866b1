"""Around a yes or a no: the reason for it, the plan to travel, and not knowing yet."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.agencies.model import Staff
from engage.appointments.model import Appointment, StatedIntent
from engage.people.model import Person
from engage.signals import SignalKind
from tests import builders
from tests.engage.conversation.phones import (
    LATE,
    NO,
    YES,
    asked,
    current_intents,
    gone,
    last_answer,
    minutes,
    open_signals,
    says,
)

DAY = timedelta(days=1)


@pytest.fixture
def katrina(session: Session, om: Staff) -> Person:
    """A person with a phone of their own."""
    return builders.person(session, om)


@pytest.fixture
def visit(session: Session, katrina: Person, now: datetime) -> Appointment:
    """An appointment in three days that they were asked about."""
    appointment = builders.appointment(session, katrina, now + 3 * DAY)
    asked(session, appointment, now - DAY)
    return appointment


def stated(session: Session, visit: Appointment) -> StatedIntent:
    """The latest intent."""
    rows = session.scalars(
        select(StatedIntent)
        .where(StatedIntent.appointment_id == visit.id)
        .order_by(StatedIntent.said_at.desc())
    )
    return rows.first()  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("reason", "cause"),
    [
        ("its cos i got no one for the kids", "childcare"),
        ("im skint til friday", "money"),
        ("im on a shift that day", "work"),
        ("got no lift in", "transport"),
        ("ive got the flu", "illness"),
    ],
)
def test_a_reason_after_a_no_is_kept_with_it(
    session: Session, katrina: Person, visit: Appointment, now: datetime, reason: str, cause: str
) -> None:
    """A barrier that a worker can remove gets its signal."""
    says(session, "no", now)
    says(session, reason, now + minutes(10))
    assert current_intents(session, visit) == [NO]
    assert stated(session, visit).cause == cause
    assert SignalKind.BARRIER in open_signals(session, katrina)


def test_a_plan_to_travel_is_kept_with_the_yes(
    session: Session, visit: Appointment, now: datetime
) -> None:
    """The worker sees how they come."""
    says(session, "my mums dropping me", now)
    assert current_intents(session, visit) == [YES] and stated(session, visit).travel == "lift"


@pytest.mark.parametrize("text", ["no clue", "not sure yet", "i have no idea sorry", "dunno"])
def test_not_knowing_gets_time(
    session: Session, visit: Appointment, now: datetime, text: str
) -> None:
    """The question stays open, and a worker sees it."""
    record = says(session, text, now)
    assert record.needs_human and current_intents(session, visit) == []
    assert last_answer(session).startswith("No rush Katrina. Please tell us by ")
    says(session, "yes", now + minutes(30))
    assert current_intents(session, visit) == [YES]


def test_late_on_the_day_that_they_name(session: Session, katrina: Person, now: datetime) -> None:
    """Bound to the appointment of that day, however far it is."""
    tomorrow = builders.appointment(session, katrina, now + DAY)
    asked(session, tomorrow, now - DAY)
    says(session, "ill be 20 mins late tomorrow", now)
    assert current_intents(session, tomorrow) == [LATE]
    assert stated(session, tomorrow).minutes_late == 20


def test_praise_closes_no_question(
    session: Session, katrina: Person, visit: Appointment, now: datetime
) -> None:
    """A yes after it still answers the reminder."""
    gone(session, katrina, now - minutes(60), purpose="praise", texts="praise")
    says(session, "yes", now)
    assert current_intents(session, visit) == [YES]


def test_all_meanings_are_followed(
    session: Session, katrina: Person, visit: Appointment, now: datetime
) -> None:
    """A yes, a call and a lapse in one text."""
    text = "yes il be there but can u ring me about my housing and i slipped up last nite"
    says(session, text, now)
    assert current_intents(session, visit) == [YES]
    assert set(open_signals(session, katrina)) == {
        SignalKind.CALL_REQUESTED,
        SignalKind.LAPSE_TOLD,
    }


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("no cant come im ill", "actually yes i can come now"),
        ("no cant come im ill", "im coming after all"),
        ("started my course today", "im struggling with the drink tho"),
        ("CALL me please", "actually dont bother im ok"),
        ("no cant come im ill", "my mate giving me a lift so can come now"),
        ("yes il be there", "is there parking"),
    ],
)
def test_a_second_text_within_minutes_is_never_swallowed(
    session: Session, visit: Appointment, now: datetime, first: str, second: str
) -> None:
    """It is acted on, or a worker reads it."""
    says(session, first, now)
    record = says(session, second, now + minutes(2))
    assert record.needs_human or (record.act and "nothing new" not in record.done)


def test_a_yes_stands_beside_other_news(
    session: Session, visit: Appointment, now: datetime
) -> None:
    """Lost keys are no refusal."""
    says(session, "yes", now)
    says(session, "lost my house keys tho", now + minutes(1))
    assert current_intents(session, visit) == [YES]


def test_a_call_is_asked_for_whatever_may_be_texted(
    session: Session, om: Staff, now: datetime
) -> None:
    """Somebody whose texts are stopped still wants a call."""
    person = builders.person(session, om)
    says(session, "STOP", now)
    says(session, "can u ring me", now + minutes(5))
    assert SignalKind.CALL_REQUESTED in open_signals(session, person)
