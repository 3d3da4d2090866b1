"""The facts of rules 6 and 7 about one person: the failures that count, their orders, and the
decisions that answer them.

It collects facts for rules.py. It decides and changes nothing.
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
from engage.compliance.rules import ComplianceSettings, EnforcementSuggestion, Failure
from engage.core.local_time import local_day, start_of_day
from engage.core.working_days import closed_days
from engage.legal.model import Order
from engage.people.model import LegalStatus, Person


@dataclass(frozen=True)
class OrderPosition:
    """A person's position under one order (None if none is recorded) on a day."""

    order: Order | None
    suggestion: EnforcementSuggestion


@dataclass(frozen=True)
class Compliance:
    """What rules 6 and 7 say about a person on a day."""

    on: date
    settings: ComplianceSettings
    orders: tuple[Order, ...]
    decisions: tuple[Enforcement, ...]
    positions: tuple[OrderPosition, ...]

    @property
    def counted(self) -> tuple[Failure, ...]:
        """Every failure that counts under any order, once, oldest first."""
        found = {
            one.outcome_id: one
            for position in self.positions
            for one in position.suggestion.counted
        }
        return tuple(sorted(found.values(), key=lambda one: one.starts_at))


def compliance_settings(hub: Hub) -> ComplianceSettings:
    """The hub's settings of rules 6 and 7."""
    chosen = hub_rules(hub)
    return ComplianceSettings(
        months=chosen.count_months,
        consider=chosen.failures_to_consider,
        sent_home=chosen.count_sent_home,
        working_days=chosen.referral_working_days,
        closed=closed_days(hub.settings),
        zone=zone(hub),
    )


def assess(session: Session, person: Person, *, now: datetime) -> Compliance:
    """What the rules say about a person today, for each order in force.

    The number of statements does not depend on the history.
    """
    hub = session.get_one(Hub, person.hub_id)
    settings = compliance_settings(hub)
    today = local_day(now, settings.zone)
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
    found = _failures(session, person.id, today, settings)
    if orders:
        positions = tuple(
            OrderPosition(order, _suggestion_for(order, found, decisions, today, settings))
            for order in orders
            if in_force(order, today)
        )
    elif person.legal_status is LegalStatus.STATUTORY:
        positions = (OrderPosition(None, _suggestion_for(None, found, decisions, today, settings)),)
    else:
        positions = ()
    return Compliance(today, settings, orders, decisions, positions)


def in_force(order: Order, day: date) -> bool:
    """Whether an order was in force on a day. Its first and last days count."""
    return order.starts_on <= day <= min(order.ends_on, order.ended_on or order.ends_on)


def decided_outcomes(decisions: Sequence[Enforcement]) -> frozenset[uuid.UUID]:
    """The outcomes that decisions rest on, without withdrawn decisions."""
    return frozenset(
        failure.outcome_id
        for one in decisions
        if one.withdrawn_at is None
        for failure in one.failures
    )


def _suggestion_for(
    order: Order | None,
    found: Sequence[Failure],
    decisions: Sequence[Enforcement],
    today: date,
    settings: ComplianceSettings,
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
        settings=settings,
    )


def _failures(
    session: Session, person_id: uuid.UUID, today: date, settings: ComplianceSettings
) -> list[Failure]:
    first = start_of_day(rules.window_starts(today, settings.months), settings.zone) - timedelta(
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
            on=local_day(starts_at, settings.zone),
            starts_at=starts_at,
            decided_at=outcome.recorded_at,
        )
        for id, starts_at, enforceable, outcome in rows
        if rules.counts(outcome.code, enforceable=enforceable, sent_home=settings.sent_home)
    ]
