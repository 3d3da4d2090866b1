"""The facts of rules 6 and 7 about one person: the failures that count, the orders they fall under,
the decisions that answer them.

It gathers and asks rules.py; it decides nothing and changes nothing.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.agencies.hub_settings import hub_rules, zone
from engage.agencies.model import Hub
from engage.appointments.model import Appointment, AppointmentState, Outcome
from engage.compliance import rules
from engage.compliance.kinds import EnforcementKind
from engage.compliance.model import Enforcement
from engage.compliance.rules import EnforcementSuggestion, Failure, Numbers
from engage.core.local_time import local_day, start_of_day
from engage.core.working_days import closed_days
from engage.legal.model import Order
from engage.people.model import LegalStatus, Person


@dataclass(frozen=True)
class OrderPosition:
    """How somebody stands under one order (None where none is recorded) on a day."""

    order: Order | None
    suggestion: EnforcementSuggestion


@dataclass(frozen=True)
class Compliance:
    """All that rules 6 and 7 say of a person on a day."""

    on: date
    numbers: Numbers
    orders: tuple[Order, ...]
    decisions: tuple[Enforcement, ...]
    standings: tuple[OrderPosition, ...]

    @property
    def counted(self) -> tuple[Failure, ...]:
        """Every failure that counts under any order, once, oldest first."""
        found = {
            one.outcome_id: one
            for standing in self.standings
            for one in standing.suggestion.counted
        }
        return tuple(sorted(found.values(), key=lambda one: one.starts_at))


def numbers_of(hub: Hub) -> Numbers:
    """The hub's numbers of rules 6 and 7."""
    chosen = hub_rules(hub)
    return Numbers(
        months=chosen.count_months,
        consider=chosen.failures_to_consider,
        sent_home=chosen.count_sent_home,
        working_days=chosen.referral_working_days,
        closed=closed_days(hub.settings),
        zone=zone(hub),
    )


def assess(session: Session, person: Person, *, now: datetime) -> Compliance:
    """What the rules say of a person today, for each order in force. The number of statements does
    not depend on the history.
    """
    hub = session.get_one(Hub, person.hub_id)
    numbers = numbers_of(hub)
    today = local_day(now, numbers.zone)
    orders = tuple(
        session.scalars(
            select(Order).where(Order.person_id == person.id).order_by(Order.starts_on, Order.id)
        )
    )
    decisions = tuple(
        session.scalars(
            select(Enforcement)
            .where(Enforcement.person_id == person.id)
            .order_by(Enforcement.decided_at.desc(), Enforcement.id.desc())
        )
    )
    found = _failures(session, person.id, today, numbers)
    if orders:
        standings = tuple(
            OrderPosition(order, _under(order, found, decisions, today, numbers))
            for order in orders
            if in_force(order, today)
        )
    elif person.legal_status is LegalStatus.STATUTORY:
        standings = (OrderPosition(None, _under(None, found, decisions, today, numbers)),)
    else:
        standings = ()
    return Compliance(today, numbers, orders, decisions, standings)


def in_force(order: Order, day: date) -> bool:
    """Whether an order was in force on a day, first and last day included."""
    return order.starts_on <= day <= min(order.ends_on, order.ended_on or order.ends_on)


def decided_outcomes(decisions: Sequence[Enforcement]) -> frozenset[uuid.UUID]:
    """The outcomes that decisions which stand rest on."""
    return frozenset(
        failure.outcome_id
        for one in decisions
        if one.withdrawn_at is None
        for failure in one.failures
    )


def _under(
    order: Order | None,
    found: Sequence[Failure],
    decisions: Sequence[Enforcement],
    today: date,
    numbers: Numbers,
) -> EnforcementSuggestion:
    warned = [
        one.given_on
        for one in decisions
        if one.kind is EnforcementKind.WARNING
        and one.withdrawn_at is None
        and one.given_on is not None
        and order is not None
        and one.order_id == order.id
    ]
    own = [one for one in decisions if order is None or one.order_id in (None, order.id)]
    return rules.suggest(
        [one for one in found if order is None or in_force(order, one.on)],
        kind=order.kind if order is not None else None,
        warned_on=warned,
        answered=decided_outcomes(own),
        on=today,
        numbers=numbers,
    )


def _failures(
    session: Session, person_id: uuid.UUID, today: date, numbers: Numbers
) -> list[Failure]:
    first = start_of_day(rules.window_begins(today, numbers.months), numbers.zone) - timedelta(
        days=1
    )
    rows = session.execute(
        select(Appointment.id, Appointment.starts_at, Appointment.enforceable, Outcome)
        .join(Outcome, (Outcome.appointment_id == Appointment.id) & Outcome.superseded_at.is_(None))
        .where(
            Appointment.person_id == person_id,
            Appointment.starts_at >= first,
            Appointment.enforceable,
            Appointment.state == AppointmentState.BOOKED,
        )
        .order_by(Appointment.starts_at, Appointment.id)
    )
    return [
        Failure(
            appointment_id=id,
            outcome_id=outcome.id,
            code=outcome.code,
            on=local_day(starts_at, numbers.zone),
            starts_at=starts_at,
            decided_at=outcome.recorded_at,
        )
        for id, starts_at, enforceable, outcome in rows
        if rules.counts(outcome.code, enforceable=enforceable, sent_home=numbers.sent_home)
    ]
