"""What follows failed texts."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.access.policy import SYSTEM
from engage.agencies.model import Staff
from engage.appointments.kinds import ReminderKind, ReminderState
from engage.appointments.model import Reminder
from engage.appointments.reminders import planning
from engage.appointments.reminders.due import send_due
from engage.people import phones
from engage.people.model import NumberState, Person
from engage.sending import follow_up
from engage.signals import SignalKind
from messaging import suppression, transitions
from messaging.states import MessageStatus
from messaging.tables import Message
from messaging.transitions import Move
from tests import builders
from tests.engage.conversation.phones import (
    NUMBER,
    events,
    gone,
    open_signals,
    point_of,
    says,
    share,
    signal,
)

DAY = timedelta(days=1)


def ended(
    session: Session, message: Message, to: MessageStatus, now: datetime, code: int | None = None
) -> None:
    """End the text as the text engine does."""
    assert transitions.apply(
        session, [Move(message.id, to, now, reason="as the network says", error_code=code)]
    )
    session.expire(message)


def sending(session: Session, whose: Person, now: datetime, **context: str) -> Message:
    """A text that a worker has claimed."""
    message = gone(session, whose, now, status=MessageStatus.QUEUED, **context)
    message.status = MessageStatus.SENDING
    session.flush()
    return message


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (MessageStatus.UNDELIVERED, 30005),
        (MessageStatus.UNDELIVERED, 30006),
        (MessageStatus.REFUSED, 21211),
        (MessageStatus.REFUSED, 21614),
        (MessageStatus.FAILED, 30005),
    ],
)
def test_a_dead_number_is_suspended_and_reported_once(
    session: Session, katrina: Person, now: datetime, status: MessageStatus, code: int
) -> None:
    """Texts that wait are withdrawn. The signal says that it is not held against the person."""
    message = sending(session, katrina, now)
    waiting = gone(session, katrina, now, status=MessageStatus.QUEUED)
    ended(session, message, status, now, code)
    assert follow_up.follow_failures(session, now=now) == 1
    assert follow_up.follow_failures(session, now=now) == 0
    point = point_of(session, katrina)
    assert point.state is NumberState.SUSPENDED
    assert point.problem is not None
    assert point.problem.startswith("Texts cannot reach it: ")
    session.refresh(waiting)
    assert waiting.status is MessageStatus.WITHDRAWN
    raised = signal(session, katrina, SignalKind.NUMBER_DEAD)
    assert {"type": "message", "id": str(message.id)} in raised.evidence
    assert "not held against them" in raised.why
    assert "number.suspended" in events(session, katrina)


@pytest.mark.parametrize("code", [30003, 30008, 30004, 30007, 30002, None])
def test_a_phone_that_is_off_is_not_a_dead_number(
    session: Session, katrina: Person, now: datetime, code: int | None
) -> None:
    """The phone may work later, or the error says nothing about the number."""
    message = sending(session, katrina, now)
    ended(session, message, MessageStatus.UNDELIVERED, now, code)
    assert follow_up.follow_failures(session, now=now) == 1
    assert point_of(session, katrina).state is NumberState.VERIFIED
    assert open_signals(session, katrina) == []


def test_a_number_that_was_changed_meanwhile_is_not_suspended(
    session: Session, katrina: Person, now: datetime
) -> None:
    """The failure was the old number's."""
    message = sending(session, katrina, now)
    phones.set_number(session, SYSTEM, katrina.id, "07700 900102", now=now, verified_how="asked")
    ended(session, message, MessageStatus.UNDELIVERED, now, 30005)
    follow_up.follow_failures(session, now=now)
    assert point_of(session, katrina).state is NumberState.VERIFIED
    assert open_signals(session, katrina) == []


def test_a_dead_number_is_suspended_for_everybody_who_has_it(
    session: Session, om: Staff, katrina: Person, now: datetime
) -> None:
    """Each person gets the signal."""
    other = builders.person(session, om, first_name="Jay")
    share(session, [katrina, other], now)
    ended(session, sending(session, katrina, now), MessageStatus.UNDELIVERED, now, 30005)
    follow_up.follow_failures(session, now=now)
    assert (
        open_signals(session, katrina) == open_signals(session, other) == [SignalKind.NUMBER_DEAD]
    )


def test_a_number_that_dies_again_raises_another_signal(
    session: Session, katrina: Person, now: datetime
) -> None:
    """Verifying the number resolved the first one."""
    ended(session, sending(session, katrina, now), MessageStatus.UNDELIVERED, now, 30005)
    follow_up.follow_failures(session, now=now)
    phones.verify_number(session, SYSTEM, katrina.id, how="rang them", now=now + DAY)
    assert open_signals(session, katrina) == []
    ended(
        session, sending(session, katrina, now + DAY), MessageStatus.UNDELIVERED, now + DAY, 30005
    )
    follow_up.follow_failures(session, now=now + DAY)
    assert open_signals(session, katrina) == [SignalKind.NUMBER_DEAD]


def test_a_refusal_for_stop_is_an_opt_out(session: Session, katrina: Person, now: datetime) -> None:
    """The provider knows of a STOP that never reached us. Messaging has stopped the number; the
    person gets the signal.
    """
    message = sending(session, katrina, now)
    ended(session, message, MessageStatus.REFUSED, now, 21610)
    suppression.suppress(session, NUMBER, "stopped at the text service", "refusal", now)
    follow_up.follow_failures(session, now=now)
    assert open_signals(session, katrina) == [SignalKind.OPTED_OUT]
    assert "number.stopped" in events(session, katrina)
    assert point_of(session, katrina).state is NumberState.VERIFIED


def test_the_refused_confirmation_of_a_stop_is_not_reported(
    session: Session, katrina: Person, now: datetime
) -> None:
    """A provider that blocks after STOP refuses our confirmation too."""
    says(session, "STOP", now)
    message = session.scalars(select(Message)).one()
    message.status = MessageStatus.SENDING
    session.flush()
    ended(session, message, MessageStatus.REFUSED, now, 21610)
    follow_up.follow_failures(session, now=now)
    raised = signal(session, katrina, SignalKind.OPTED_OUT)
    assert [link["type"] for link in raised.evidence] == ["inbound"]


def test_a_reminder_withheld_in_the_last_moment_is_planned_again(
    session: Session, katrina: Person, now: datetime
) -> None:
    """If it still helps. It then goes, or is skipped with its reason."""
    appointment = builders.appointment(session, katrina, now + 3 * DAY)
    planning.plan(session, appointment, katrina, katrina.hub, first=ReminderKind.BOOKED, now=now)
    send_due(session, now=now)
    message = session.scalars(select(Message)).one()
    ended(session, message, MessageStatus.WITHHELD, now)
    before = len(session.scalars(select(Reminder)).all())
    follow_up.follow_failures(session, now=now)
    again = session.scalars(select(Reminder).where(Reminder.state == ReminderState.PLANNED)).all()
    assert len(session.scalars(select(Reminder)).all()) == before + 1
    assert ReminderKind.BOOKED in {one.kind for one in again}
