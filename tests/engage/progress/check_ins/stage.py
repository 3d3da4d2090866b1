"""A person who is asked every Tuesday at ten, and what can happen to the texts."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.people.model import Person
from engage.progress.check_ins import lifecycle, service
from engage.progress.check_ins.model import CheckIn, CheckInPlan
from engage.progress.check_ins.rules import Schedule
from messaging.states import MessageStatus
from messaging.tables import Message
from tests import builders

TUESDAYS = Schedule(1, 1, 10)
DUE = datetime(2027, 3, 23, 10, 0, tzinfo=UTC)
"""The first Tuesday after the fixed moment of the tests."""
CLOSES = DUE + timedelta(hours=72)
NUDGE = CLOSES - timedelta(hours=24)


def planned(
    session: Session, whose: Person, now: datetime = builders.NOW, schedule: Schedule = TUESDAYS
) -> CheckInPlan:
    """Set a schedule as the person's offender manager."""
    actor = builders.actor(whose.offender_manager)
    plan = service.set_plan(session, actor, whose.id, schedule, now=now)
    assert plan is not None
    return plan


def only(session: Session, whose: Person) -> CheckIn:
    """The person's one check-in."""
    session.flush()
    return session.scalars(
        select(CheckIn)
        .where(CheckIn.person_id == whose.id)
        .execution_options(populate_existing=True)
    ).one()


def texts(session: Session, whose: Person) -> list[Message]:
    """Every check-in text to the person, oldest first."""
    rows = select(Message).where(
        Message.recipient == str(whose.id), Message.context["purpose"].astext == "check_in"
    )
    return list(session.scalars(rows.order_by(Message.created_at, Message.id)))


def became(
    session: Session,
    whose: Person,
    status: MessageStatus = MessageStatus.DELIVERED,
    *,
    at: datetime = DUE,
) -> None:
    """Give the latest check-in text to the person a final status."""
    message = texts(session, whose)[-1]
    message.status, message.claimed_at = status, at
    if status is MessageStatus.DELIVERED:
        message.delivered_at = at
    session.flush()


def asked(session: Session, whose: Person) -> CheckIn:
    """A check-in that has reached the phone and waits for its answer."""
    planned(session, whose)
    lifecycle.advance(session, now=DUE)
    became(session, whose)
    return only(session, whose)
