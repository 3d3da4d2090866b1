"""Requirements of an order, and what was done of them day by day.

Only planned activity counts for a RAR, up to the court's maximum (rule 14); other days are recorded
and shown as not counted. Nothing here says that a person failed.
"""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from engage.access.policy import Actor
from engage.agencies.hub_settings import today_at
from engage.core import events
from engage.core.db import new_id
from engage.core.errors import Conflict
from engage.core.text_fields import Characters, clean_text
from engage.legal import rules
from engage.legal.model import Requirement, RequirementCredit, RequirementKind
from engage.legal.open_record import (
    day_problems,
    found,
    order_to_change,
    refuse,
    requirement_to_change,
)

LONGEST_NOTE = 200
LONGEST_ACTIVITY = 120
_ENDED = "This requirement has ended."


def add_requirement(
    session: Session,
    actor: Actor,
    order_id: uuid.UUID,
    *,
    kind: RequirementKind,
    starts_on: date,
    amount: int | None = None,
    tests_every_days: int | None = None,
    reviews_every_days: int | None = None,
    note: str = "",
    now: datetime,
) -> Requirement:
    """Add a requirement that the court made. `amount` is days of a RAR or minutes of unpaid work.

    Raises Invalid for numbers that do not fit the kind or a first day outside the order, Conflict
    if the order has ended or (code `requirement_recorded`) already has a running requirement of
    that kind.
    """
    person, order = order_to_change(session, actor, order_id, now=now, what="add requirement")
    if order.ended_on is not None:
        raise Conflict("This order has ended.", code="order_ended")
    tidy_note = clean_text("note", note, LONGEST_NOTE, characters=Characters.PLAIN)
    values: dict[str, Any] = {
        "amount": amount,
        "tests_every_days": tests_every_days,
        "reviews_every_days": reviews_every_days,
    }
    problems = rules.requirement_problems(kind, **values, note=tidy_note)
    if not order.starts_on <= starts_on <= order.ends_on:
        problems["starts_on"] = "Give a day on which the order is in force"
    refuse(problems)
    running = {one.kind for one in order.requirements if one.ended_on is None}
    if kind is not RequirementKind.OTHER and kind in running:
        raise Conflict(
            "The order has a running requirement of this kind. Change that one.",
            code="requirement_recorded",
        )
    requirement = Requirement(
        id=new_id(),
        order=order,
        kind=kind,
        starts_on=starts_on,
        note=tidy_note,
        recorded_by=actor.label,
        recorded_at=now,
        credits=[],
        **values,
    )
    session.add(requirement)
    session.flush()
    events.record_for_person(
        session,
        "requirement.added",
        person,
        actor=actor.label,
        now=now,
        order=order.id,
        requirement=requirement.id,
    )
    return requirement


def change_requirement(
    session: Session,
    actor: Actor,
    requirement_id: uuid.UUID,
    *,
    amount: int | None,
    tests_every_days: int | None,
    reviews_every_days: int | None,
    note: str,
    now: datetime,
) -> Requirement:
    """Correct a requirement, or record what the court changed at a review. Repeating it changes
    nothing.
    """
    person, requirement = requirement_to_change(
        session, actor, requirement_id, now=now, what="change requirement"
    )
    _check_running(requirement)
    given: dict[str, Any] = {
        "amount": amount,
        "tests_every_days": tests_every_days,
        "reviews_every_days": reviews_every_days,
        "note": clean_text("note", note, LONGEST_NOTE, characters=Characters.PLAIN),
    }
    refuse(rules.requirement_problems(requirement.kind, **given))
    changed = sorted(name for name, value in given.items() if getattr(requirement, name) != value)
    if not changed:
        return requirement
    for name in changed:
        setattr(requirement, name, given[name])
    session.flush()
    events.record_for_person(
        session,
        "requirement.changed",
        person,
        actor=actor.label,
        now=now,
        requirement=requirement.id,
        fields=changed,
    )
    return requirement


def end_requirement(
    session: Session, actor: Actor, requirement_id: uuid.UUID, *, on: date, now: datetime
) -> Requirement:
    """End a requirement on a day, today at the latest, while its order continues. Raises Conflict
    if it has already ended.
    """
    person, requirement = requirement_to_change(
        session, actor, requirement_id, now=now, what="end requirement"
    )
    _check_running(requirement)
    problems = day_problems({"on": on}, today_at(session, person.hub_id, now), past=("on",))
    if not problems and not requirement.starts_on <= on <= requirement.order.ends_on:
        problems["on"] = "The requirement was not in force on that day"
    refuse(problems)
    requirement.ended_on = on
    session.flush()
    events.record_for_person(
        session,
        "requirement.ended",
        person,
        actor=actor.label,
        now=now,
        requirement=requirement.id,
        ended_on=on,
    )
    return requirement


def record_credit(
    session: Session,
    actor: Actor,
    requirement_id: uuid.UUID,
    *,
    done_on: date,
    amount: int = 1,
    planned_activity: bool = True,
    activity: str = "",
    now: datetime,
) -> RequirementCredit:
    """Record what was done of a requirement on one day: a RAR day (`amount` 1) or minutes of unpaid
    work (rule 14).

    A RAR day without planned activity is recorded and does not count. Raises Invalid for a future
    day or one outside the requirement, Conflict if that day is already recorded (code
    `day_recorded`) or the requirement is not measured (code `not_measured`).
    """
    person, requirement = requirement_to_change(
        session, actor, requirement_id, now=now, what="record credit"
    )
    if requirement.kind not in rules.MEASURED:
        raise Conflict("Only RAR days and unpaid work are counted by the day.", code="not_measured")
    what = clean_text("activity", activity, LONGEST_ACTIVITY, characters=Characters.PLAIN)
    problems = rules.credit_problems(
        requirement.kind, amount, planned_activity=planned_activity, activity=what
    )
    problems |= day_problems(
        {"done_on": done_on}, today_at(session, person.hub_id, now), past=("done_on",)
    )
    last = requirement.ended_on or requirement.order.ends_on
    if "done_on" not in problems and not requirement.starts_on <= done_on <= last:
        problems["done_on"] = "The requirement was not in force on that day"
    refuse(problems)
    if any(one.done_on == done_on and one.withdrawn_at is None for one in requirement.credits):
        raise Conflict("That day is already recorded. Withdraw it first.", code="day_recorded")
    credit = RequirementCredit(
        id=new_id(),
        requirement_id=requirement.id,
        done_on=done_on,
        amount=amount,
        planned_activity=planned_activity,
        activity=what,
        recorded_by=actor.label,
        recorded_at=now,
    )
    session.add(credit)
    session.flush()
    session.expire(requirement, ["credits"])
    events.record_for_person(
        session,
        "requirement.credited",
        person,
        actor=actor.label,
        now=now,
        requirement=requirement.id,
        credit=credit.id,
        done_on=done_on,
        amount=amount,
        planned_activity=planned_activity,
    )
    return credit


def withdraw_credit(
    session: Session, actor: Actor, credit_id: uuid.UUID, *, now: datetime
) -> RequirementCredit:
    """Withdraw a recorded day. The row stays and no longer counts. Repeating it changes nothing."""
    credit = found(session.get(RequirementCredit, credit_id), "day")
    person, requirement = requirement_to_change(
        session, actor, credit.requirement_id, now=now, what="withdraw credit"
    )
    session.refresh(credit)
    if credit.withdrawn_at is None:
        credit.withdrawn_at, credit.withdrawn_by = now, actor.label
        session.flush()
        events.record_for_person(
            session,
            "requirement.credit_withdrawn",
            person,
            actor=actor.label,
            now=now,
            requirement=requirement.id,
            credit=credit.id,
        )
    return credit


def _check_running(requirement: Requirement) -> None:
    if requirement.ended_on is not None:
        raise Conflict(_ENDED, code="requirement_ended")
