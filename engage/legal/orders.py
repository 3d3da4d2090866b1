"""Orders and licences: recorded, changed, ended by staff, and ended by the sweep after their last
day.

The person is statutory while an order runs, and not after the last one; this is updated in the same
transaction. Missing data never means voluntary (rule 2). Nothing a person does ends an order here:
people end orders, or the calendar does.
"""

import uuid
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Date, cast, exists, func, select
from sqlalchemy.orm import Session

from engage.access.policy import SYSTEM, Actor
from engage.agencies.hub_settings import today_at
from engage.agencies.model import Hub
from engage.core import events
from engage.core.db import new_id
from engage.core.errors import Conflict, Invalid
from engage.core.text_fields import Characters, clean_text
from engage.legal import rules
from engage.legal.model import Order, OrderEnding, OrderKind, Requirement
from engage.legal.open_record import (
    day_problems,
    order_to_change,
    refuse,
    to_change,
)
from engage.legal.rules import CreditFacts, OrderFacts, Progress
from engage.people.model import LegalStatus, Person
from engage.people.service import update_person

LONGEST_COURT = 80
LONGEST_REFERENCE = 40
RECORDED_BY_STAFF = frozenset(OrderEnding) - {OrderEnding.DIED}
"""Endings that staff may record alone. A death is recorded for everything at once."""
_ENDED = "This order has ended. Undo its end first, or record a new order."


def record_order(
    session: Session,
    actor: Actor,
    person_id: uuid.UUID,
    *,
    kind: OrderKind,
    made_on: date,
    starts_on: date,
    ends_on: date,
    court: str = "",
    reference: str = "",
    now: datetime,
) -> Order:
    """Record an order or a licence. The person is statutory while it is in force; an order in force
    at another time changes nothing today.

    Raises Invalid for impossible days, Conflict (code `order_recorded`) if the same order is
    already recorded.
    """
    person = to_change(session, actor, person_id, now=now, what="record order")
    today = today_at(session, person.hub_id, now)
    _check_days(made_on, starts_on, ends_on, today)
    order = Order(
        id=new_id(),
        person_id=person.id,
        kind=kind,
        court=clean_text("court", court, LONGEST_COURT, characters=Characters.PLAIN),
        reference=clean_text(
            "reference", reference, LONGEST_REFERENCE, characters=Characters.PLAIN
        ),
        made_on=made_on,
        starts_on=starts_on,
        ends_on=ends_on,
        recorded_by=actor.label,
        recorded_at=now,
        requirements=[],
    )
    if any(_same(order, other) for other in of_person(session, person.id)):
        raise Conflict("This order is already recorded.", code="order_recorded")
    session.add(order)
    session.flush()
    events.record_for_person(
        session,
        "order.recorded",
        person,
        actor=actor.label,
        now=now,
        order=order.id,
        order_kind=kind.value,
        starts_on=starts_on,
        ends_on=ends_on,
    )
    if rules.in_force(facts_of(order), today):
        update_legal_status(session, actor, person, today, now=now)
    return order


def change_order(
    session: Session,
    actor: Actor,
    order_id: uuid.UUID,
    *,
    made_on: date,
    starts_on: date,
    ends_on: date,
    court: str,
    reference: str,
    now: datetime,
) -> Order:
    """Correct an order, or record what a court changed. Repeating it changes nothing. Raises
    Conflict after its end.
    """
    person, order = order_to_change(session, actor, order_id, now=now, what="change order")
    _check_running(order)
    today = today_at(session, person.hub_id, now)
    _check_days(made_on, starts_on, ends_on, today)
    if any(requirement.starts_on > ends_on for requirement in order.requirements):
        raise Invalid(
            fields={"ends_on": "A requirement starts after this day. Change the requirement first."}
        )
    given = {
        "made_on": made_on,
        "starts_on": starts_on,
        "ends_on": ends_on,
        "court": clean_text("court", court, LONGEST_COURT, characters=Characters.PLAIN),
        "reference": clean_text(
            "reference", reference, LONGEST_REFERENCE, characters=Characters.PLAIN
        ),
    }
    changed = sorted(name for name, value in given.items() if getattr(order, name) != value)
    if not changed:
        return order
    for name in changed:
        setattr(order, name, given[name])
    session.flush()
    events.record_for_person(
        session, "order.changed", person, actor=actor.label, now=now, order=order.id, fields=changed
    )
    update_legal_status(session, actor, person, today, now=now)
    return order


def end_order(
    session: Session,
    actor: Actor,
    order_id: uuid.UUID,
    *,
    on: date,
    ending: OrderEnding,
    now: datetime,
) -> Order:
    """Record how an order ended on a day, today at the latest. Its requirements end with it.

    Raises Invalid for a day outside the order, a death, or the recall of an order that is not a
    licence; Conflict if it has already ended.
    """
    person, order = order_to_change(session, actor, order_id, now=now, what="end order")
    _check_running(order)
    today = today_at(session, person.hub_id, now)
    problems = day_problems({"on": on}, today, past=("on",))
    if not problems and not order.starts_on <= on <= order.ends_on:
        problems["on"] = "The order was not in force on that day"
    if ending not in RECORDED_BY_STAFF:
        problems["ending"] = "Record the death of the person: that ends every order"
    if ending is OrderEnding.RECALLED and order.kind is not OrderKind.LICENCE:
        problems["ending"] = "Only a licence can be recalled"
    refuse(problems)
    write_end(session, person, order, on, ending, actor=actor.label, now=now)
    update_legal_status(session, actor, person, today, now=now)
    return order


def take_back_end(session: Session, actor: Actor, order_id: uuid.UUID, *, now: datetime) -> Order:
    """Undo the end of an order: it runs on, with the requirements that ended with it. Raises
    Conflict if it has not ended.
    """
    person, order = order_to_change(
        session, actor, order_id, now=now, what="take back end of order"
    )
    if order.ended_on is None:
        raise Conflict("This order has not ended.")
    for requirement in order.requirements:
        if requirement.ended_on == order.ended_on:
            requirement.ended_on = None
    order.ended_on = order.ending = None
    session.flush()
    events.record_for_person(
        session, "order.end_taken_back", person, actor=actor.label, now=now, order=order.id
    )
    update_legal_status(session, actor, person, today_at(session, person.hub_id, now), now=now)
    return order


def of_person(session: Session, person_id: uuid.UUID) -> Sequence[Order]:
    """All of a person's orders with requirements, latest start first. The caller checks access."""
    return session.scalars(
        select(Order)
        .where(Order.person_id == person_id)
        .order_by(Order.starts_on.desc(), Order.id.desc())
    ).all()


def in_force(session: Session, person_id: uuid.UUID, on: date) -> list[Order]:
    """The orders in force on a day, including their first and last days. The caller
    checks access.
    """
    last_day = func.least(Order.ends_on, func.coalesce(Order.ended_on, Order.ends_on))
    return list(
        session.scalars(
            select(Order)
            .where(Order.person_id == person_id, Order.starts_on <= on, last_day >= on)
            .order_by(Order.starts_on, Order.id)
        )
    )


def update_legal_status(
    session: Session, actor: Actor, person: Person, today: date, *, now: datetime
) -> None:
    """Make the person statutory or not, as the recorded orders say for `today`. If they say nothing
    it stays (rule 2).
    """
    is_statutory = rules.statutory(
        [facts_of(order) for order in of_person(session, person.id)], today
    )
    if is_statutory is None:
        return
    status = LegalStatus.STATUTORY if is_statutory else LegalStatus.NON_STATUTORY
    if person.legal_status is not status:
        update_person(session, actor, person.id, {"legal_status": status}, now=now)


def end_due(session: Session, *, now: datetime, limit: int) -> int:
    """End the orders whose last day has passed, of up to `limit` people. Returns the number of
    people, 0 when none is left.

    Any number of sweeps may run at once. Each waits for rows that another sweep or staff have
    locked, then does what is left, so that no order runs a day longer because the record was
    locked.
    """
    due = exists().where(
        Order.person_id == Person.id,
        Order.ended_on.is_(None),
        Order.ends_on < now.date() + timedelta(days=1),
        Order.ends_on < _local_day(now),
    )
    people = _lock_people(session, due, limit)
    for person in people:
        today = today_at(session, person.hub_id, now)
        for order in of_person(session, person.id):
            if order.ended_on is None and order.ends_on < today:
                ending = rules.ending_at_expiry(measured_progress(order))
                write_end(
                    session, person, order, order.ends_on, ending, actor=SYSTEM.label, now=now
                )
        update_legal_status(session, SYSTEM, person, today, now=now)
    return len(people)


def start_due(session: Session, *, now: datetime, limit: int) -> int:
    """Make up to `limit` people statutory whose order has started since it was recorded. Returns
    how many, 0 when none is left.
    """
    started = exists().where(
        Order.person_id == Person.id,
        Order.ended_on.is_(None),
        Order.starts_on <= _local_day(now),
        Order.ends_on >= _local_day(now),
    )
    people = _lock_people(session, (Person.legal_status != LegalStatus.STATUTORY) & started, limit)
    for person in people:
        update_legal_status(session, SYSTEM, person, today_at(session, person.hub_id, now), now=now)
    return len(people)


def facts_of(order: Order) -> OrderFacts:
    """The facts about an order that the rules use."""
    return OrderFacts(order.starts_on, order.ends_on, order.ended_on, order.ending)


def progress_of(requirement: Requirement) -> Progress | None:
    """The progress of a requirement; None if it is not measured."""
    if requirement.amount is None:
        return None
    counted = [
        CreditFacts(credit.done_on, credit.amount, credit.planned_activity)
        for credit in requirement.credits
        if credit.withdrawn_at is None
    ]
    return rules.progress(requirement.kind, requirement.amount, counted)


def measured_progress(order: Order) -> list[Progress]:
    """The progress of each measured requirement of an order."""
    found = [progress_of(requirement) for requirement in order.requirements]
    return [one for one in found if one is not None]


def write_end(
    session: Session,
    person: Person,
    order: Order,
    on: date,
    ending: OrderEnding,
    *,
    actor: str,
    now: datetime,
) -> None:
    """End an order and its running requirements on one day. The caller has locked the person and
    made all checks.
    """
    for requirement in order.requirements:
        if requirement.ended_on is None:
            requirement.ended_on = on
    order.ended_on, order.ending = on, ending
    session.flush()
    events.record_for_person(
        session,
        "order.ended",
        person,
        actor=actor,
        now=now,
        order=order.id,
        order_kind=order.kind.value,
        ended_on=on,
        ending=ending.value,
    )


def _lock_people(session: Session, condition: ColumnElement[bool], limit: int) -> Sequence[Person]:
    return session.scalars(
        select(Person)
        .join(Hub, Hub.id == Person.hub_id)
        .where(condition)
        .order_by(Person.id)
        .limit(limit)
        .with_for_update(of=Person)
        .execution_options(populate_existing=True)
    ).all()


def _local_day(now: datetime) -> ColumnElement[date]:
    return cast(func.timezone(Hub.timezone, now), Date)


def _check_running(order: Order) -> None:
    if order.ended_on is not None:
        raise Conflict(_ENDED, code="order_ended")


def _same(one: Order, other: Order) -> bool:
    names = ("kind", "made_on", "starts_on", "ends_on", "court", "reference")
    return all(getattr(one, name) == getattr(other, name) for name in names)


def _check_days(made_on: date, starts_on: date, ends_on: date, today: date) -> None:
    days = {"made_on": made_on, "starts_on": starts_on, "ends_on": ends_on}
    problems = day_problems(days, today, past=("made_on",))
    if ends_on < starts_on:
        problems.setdefault("ends_on", "The last day must not come before the first")
    if starts_on < made_on:
        problems.setdefault("starts_on", "The order cannot start before it was made")
    refuse(problems)
