"""What compliance is about: orders, and enforceable appointments with outcomes."""

from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from engage.appointments.model import Appointment, Outcome, OutcomeCode
from engage.compliance import recording
from engage.legal.model import Order, OrderKind
from engage.people.access import SYSTEM
from engage.people.model import Person
from tests import builders


def order(
    session: Session,
    whose: Person,
    *,
    kind: OrderKind = OrderKind.COMMUNITY_ORDER,
    starts_on: date = date(2026, 9, 1),
    ends_on: date = date(2028, 8, 31),
    ended_on: date | None = None,
) -> Order:
    """An order in force at the moment the tests live at, unless told otherwise."""
    made = Order(
        person_id=whose.id,
        kind=kind,
        court="Newcastle Magistrates' Court",
        reference="NM/1234",
        made_on=starts_on,
        starts_on=starts_on,
        ends_on=ends_on,
        ended_on=ended_on,
        ending="revoked" if ended_on else None,
        recorded_by="system",
        recorded_at=builders.NOW,
    )
    session.add(made)
    session.flush()
    return made


def missed(
    session: Session,
    whose: Person,
    days_ago: int,
    *,
    code: OutcomeCode | None = OutcomeCode.UNACCEPTABLE_ABSENCE,
    now: datetime = builders.NOW,
    enforceable: bool = True,
) -> Appointment:
    """An appointment so many days ago, with the outcome recorded by Engage itself at once (and weighed), or none."""
    made = builders.appointment(session, whose, now - timedelta(days=days_ago), enforceable=enforceable)
    if code is not None:
        recording.record_outcome(session, SYSTEM, made.id, code=code, now=now)
    return made


def outcome_of(appointment: Appointment, session: Session) -> Outcome:
    """What is recorded of an appointment now."""
    session.expire(appointment, ["outcomes"])
    return next(one for one in appointment.outcomes if one.superseded_at is None)
