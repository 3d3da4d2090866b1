"""What stands in the way of coming is told before the day, with what would help, and unsaid by a
later word.
"""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.appointments.model import StatedIntent as Said
from engage.conversation.handlers.barriers import HELPS, STANDS
from engage.people.model import Person
from engage.signals import Signal, SignalKind
from engage.understanding.vocabulary import Cause, Intent
from tests import builders
from tests.engage.conversation.phones import asked, open_signals, says, signal
from tests.engage.conversation.turns import hear, read_as

DAY = timedelta(days=1)
BOTH = [SignalKind.BARRIER, SignalKind.CANNOT_ATTEND]


@pytest.fixture
def katrina(session: Session) -> Person:
    """A person with a number that may be texted."""
    return builders.person(session, builders.staff(session, builders.hub(session)))


@pytest.mark.parametrize("cause", sorted(STANDS))
def test_what_can_be_removed_is_told_before_the_appointment(
    session: Session, katrina: Person, now: datetime, cause: Cause
) -> None:
    """Besides that they cannot come: why, what would help, due before it begins, with the text and
    the appointment behind it.
    """
    appointment = builders.appointment(session, katrina, now + timedelta(hours=20))
    asked(session, appointment, now - DAY)
    hear(session, katrina, read_as(Intent.DECLINE, cause=cause), now)
    assert open_signals(session, katrina) == BOTH
    raised = signal(session, katrina, SignalKind.BARRIER)
    assert raised.due_at == appointment.starts_at
    assert raised.why == f"{STANDS[cause]}, by their own word." and raised.action == HELPS[cause]
    assert [link["type"] for link in raised.evidence] == ["inbound", "appointment"]
    assert session.scalars(select(Said.cause)).all() == [cause]


@pytest.mark.parametrize(
    "cause", [Cause.COURT, Cause.BEREAVEMENT, Cause.HOLIDAY, Cause.FORGOT, None]
)
def test_what_nobody_can_remove_is_kept_and_not_told(
    session: Session, katrina: Person, now: datetime, cause: Cause | None
) -> None:
    """A funeral is no barrier to be removed; it stays with what was said."""
    appointment = builders.appointment(session, katrina, now + 3 * DAY)
    asked(session, appointment, now - DAY)
    hear(session, katrina, read_as(Intent.DECLINE, cause=cause), now)
    assert open_signals(session, katrina) == [SignalKind.CANNOT_ATTEND]
    assert session.scalars(select(Said.cause)).all() == [cause]


def test_a_working_day_is_the_longest_that_a_barrier_waits(
    session: Session, katrina: Person, now: datetime
) -> None:
    """The appointment is a week away, and today is Saturday: due on Tuesday at nine."""
    appointment = builders.appointment(session, katrina, now + 7 * DAY)
    asked(session, appointment, now - DAY)
    hear(session, katrina, read_as(Intent.DECLINE, cause=Cause.TRANSPORT), now)
    assert signal(session, katrina, SignalKind.BARRIER).due_at == now + 3 * DAY


def test_a_later_yes_unsays_both(session: Session, katrina: Person, now: datetime) -> None:
    """They found a lift: nothing stands open, and the signals say why."""
    appointment = builders.appointment(session, katrina, now + 3 * DAY)
    asked(session, appointment, now - DAY)
    hear(session, katrina, read_as(Intent.DECLINE, cause=Cause.TRANSPORT), now)
    hear(session, katrina, read_as(Intent.CONFIRM), now + timedelta(minutes=5))
    assert open_signals(session, katrina) == []
    hows = session.scalars(select(Signal.resolution).where(Signal.person_id == katrina.id)).all()
    assert hows == ["A later text: will attend."] * 2


def test_the_same_barrier_again_adds_the_text_and_another_is_another(
    session: Session, katrina: Person, now: datetime
) -> None:
    """Two texts about the fare are one signal with two texts behind it; the child to mind is a
    second one.
    """
    appointment = builders.appointment(session, katrina, now + 3 * DAY)
    asked(session, appointment, now - DAY)
    for count, cause in enumerate([Cause.TRANSPORT, Cause.TRANSPORT, Cause.CHILDCARE]):
        hear(session, katrina, read_as(Intent.DECLINE, cause=cause), now + timedelta(minutes=count))
    rows = session.scalars(
        select(Signal).where(Signal.kind == SignalKind.BARRIER).order_by(Signal.raised_at)
    ).all()
    assert [len(row.evidence) for row in rows] == [3, 2]


def test_the_cause_is_kept_while_we_ask_which_one(
    session: Session, katrina: Person, now: datetime
) -> None:
    """With two that fit the person is asked; the cause of the first text goes with the choice of
    the second.
    """
    both = [builders.appointment(session, katrina, now + days * DAY) for days in (3, 4)]
    for one in both:
        asked(session, one, now - DAY)
    hear(session, katrina, read_as(Intent.DECLINE, cause=Cause.TRANSPORT), now)
    assert open_signals(session, katrina) == []
    says(session, "2", now + timedelta(minutes=1))
    assert open_signals(session, katrina) == BOTH
    assert session.scalars(select(Said.cause).where(Said.appointment_id == both[1].id)).all() == [
        "transport"
    ]


def test_a_wish_for_another_time_tells_what_stands_in_the_way_once(
    session: Session, katrina: Person, now: datetime
) -> None:
    """Asked for twice it is one signal with both texts behind it; nothing is said of not coming."""
    asked(session, builders.appointment(session, katrina, now + 3 * DAY), now - DAY)
    for minute in (0, 5):
        interpretation = read_as(Intent.RESCHEDULE, cause=Cause.CHILDCARE)
        hear(session, katrina, interpretation, now + timedelta(minutes=minute))
    assert open_signals(session, katrina) == BOTH
    raised = signal(session, katrina, SignalKind.BARRIER)
    assert (
        raised.why == f"{STANDS[Cause.CHILDCARE]}, by their own word." and len(raised.evidence) == 3
    )
    assert session.scalars(select(Said.id)).all() == []


@pytest.mark.parametrize(("choice", "about"), [("2", 1), ("1 and 2", 2)])
def test_what_stands_in_the_way_is_kept_while_we_ask_which_to_move(
    session: Session, katrina: Person, now: datetime, choice: str, about: int
) -> None:
    """The text that chooses says no cause; that of the text before it is told, of each that they
    chose.
    """
    for days in (3, 4):
        asked(session, builders.appointment(session, katrina, now + days * DAY), now - DAY)
    hear(session, katrina, read_as(Intent.RESCHEDULE, cause=Cause.WORK), now)
    assert open_signals(session, katrina) == []
    says(session, choice, now + timedelta(minutes=1))
    assert sorted(open_signals(session, katrina)) == sorted(BOTH * about)
