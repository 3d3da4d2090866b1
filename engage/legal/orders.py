"""Orders and licences: recorded, changed, ended, and swept when their last day has passed.

While one runs the person is statutory, after the last one not; that is kept right in the same
transaction, and missing data is never taken for "voluntary" (RULES.md 2). Nothing here ends an
order because of what somebody did: people end orders, or the calendar does.
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
BY_HAND = frozenset(OrderEnding) - {OrderEnding.DIED}
"""Endings that staff may record by themselves; a death is recorded as one, for everything at once.
"""
_ENDED = "This order has ended. Take its end back first, or record a new one."


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
    """Record an order or a licence. While it is in force the person is statutory; one of another
    time says nothing of today.

    Raises Invalid for days that cannot be, Conflict (code `order_recorded`) where the same order is
    there already.
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
        raise Conflict("This order is recorded already.", code="order_recorded")
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
    if rules.in_force(facts(order), today):
        keep_status(session, actor, person, today, now=now)
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
    """Correct an order, or keep what a court changed of it. The same again changes nothing. Raises
    Conflict once it has ended.
    """
    person, order = order_to_change(session, actor, order_id, now=now, what="change order")
    _must_run(order)
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
    keep_status(session, actor, person, today, now=now)
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
    """Record that an order ended on a day, today at the latest, and how. Its requirements end with
    it.

    Raises Invalid for a day outside the order, a death, or the recall of what is no licence;
    Conflict when it has ended already.
    """
    person, order = order_to_change(session, actor, order_id, now=now, what="end order")
    _must_run(order)
    today = today_at(session, person.hub_id, now)
    problems = day_problems({"on": on}, today, past=("on",))
    if not problems and not order.starts_on <= on <= order.ends_on:
        problems["on"] = "The order was not in force on that day"
    if ending not in BY_HAND:
        problems["ending"] = "Record the death of the person: that ends every order"
    if ending is OrderEnding.RECALLED and order.kind is not OrderKind.LICENCE:
        problems["ending"] = "Only a licence can be recalled"
    refuse(problems)
    write_end(session, person, order, on, ending, actor=actor.label, now=now)
    keep_status(session, actor, person, today, now=now)
    return order


def take_back_end(session: Session, actor: Actor, order_id: uuid.UUID, *, now: datetime) -> Order:
    """The order has not ended after all: it runs on, and so do the requirements that ended with it.
    Raises Conflict where it runs.
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
    keep_status(session, actor, person, today_at(session, person.hub_id, now), now=now)
    return order


def of_person(session: Session, person_id: uuid.UUID) -> Sequence[Order]:
    """Every order of a person, the latest to start first, with requirements; for callers that check
    access themselves.
    """
    return session.scalars(
        select(Order)
        .where(Order.person_id == person_id)
        .order_by(Order.starts_on.desc(), Order.id.desc())
    ).all()


def in_force(session: Session, person_id: uuid.UUID, on: date) -> list[Order]:
    """The orders in force on a day, first and last day included; for callers that check access
    themselves.
    """
    last_day = func.least(Order.ends_on, func.coalesce(Order.ended_on, Order.ends_on))
    return list(
        session.scalars(
            select(Order)
            .where(Order.person_id == person_id, Order.starts_on <= on, last_day >= on)
            .order_by(Order.starts_on, Order.id)
        )
    )


def keep_status(
    session: Session, actor: Actor, person: Person, today: date, *, now: datetime
) -> None:
    """Make the person statutory or not by what the recorded orders say of `today`; where they say
    nothing it stays (RULES.md 2).
    """
    said = rules.statutory([facts(order) for order in of_person(session, person.id)], today)
    if said is None:
        return
    status = LegalStatus.STATUTORY if said else LegalStatus.NON_STATUTORY
    if person.legal_status is not status:
        update_person(session, actor, person.id, {"legal_status": status}, now=now)


def end_due(session: Session, *, now: datetime, limit: int) -> int:
    """End the orders of up to `limit` people whose last day has passed; how many people were dealt
    with, 0 when none is left.

    Any number of sweeps may run at once: one waits for whoever holds a person, be it another sweep
    or staff, and then finds what is left to do, so that no order runs a day longer because somebody
    was at work on the record.
    """
    due = exists().where(
        Order.person_id == Person.id,
        Order.ended_on.is_(None),
        Order.ends_on < now.date() + timedelta(days=1),
        Order.ends_on < _local_day(now),
    )
    people = _claimed(session, due, limit)
    for person in people:
        today = today_at(session, person.hub_id, now)
        for order in of_person(session, person.id):
            if order.ended_on is None and order.ends_on < today:
                ending = rules.ending_at_expiry(measured(order))
                write_end(
                    session, person, order, order.ends_on, ending, actor=SYSTEM.label, now=now
                )
        keep_status(session, SYSTEM, person, today, now=now)
    return len(people)


def start_due(session: Session, *, now: datetime, limit: int) -> int:
    """Make up to `limit` people statutory whose order has begun since it was recorded; how many, 0
    when none is left.
    """
    begun = exists().where(
        Order.person_id == Person.id,
        Order.ended_on.is_(None),
        Order.starts_on <= _local_day(now),
        Order.ends_on >= _local_day(now),
    )
    people = _claimed(session, (Person.legal_status != LegalStatus.STATUTORY) & begun, limit)
    for person in people:
        keep_status(session, SYSTEM, person, today_at(session, person.hub_id, now), now=now)
    return len(people)


def facts(order: Order) -> OrderFacts:
    """What the rules ask of an order."""
    return OrderFacts(order.starts_on, order.ends_on, order.ended_on, order.ending)


def progress_of(requirement: Requirement) -> Progress | None:
    """How much of a requirement is done; None for one that is not measured."""
    if requirement.amount is None:
        return None
    standing = [
        CreditFacts(credit.done_on, credit.amount, credit.planned_activity)
        for credit in requirement.credits
        if credit.withdrawn_at is None
    ]
    return rules.progress(requirement.kind, requirement.amount, standing)


def measured(order: Order) -> list[Progress]:
    """How much is done of each requirement of an order that is measured."""
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
    """End an order whose person the caller holds, after all checks; what still runs of it ends on
    the same day.
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


def _claimed(session: Session, condition: ColumnElement[bool], limit: int) -> Sequence[Person]:
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


def _must_run(order: Order) -> None:
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
        problems.setdefault("starts_on", "It cannot start before it was made")
    refuse(problems)
