"""Schedules of check-ins set by staff, and answers of people.

A schedule never sends anything by itself: rule 1 decides each time a check-in falls due
(lifecycle.py). Answers are kept as given, later ones beside earlier ones. Nothing here judges an
answer, and silence is never held against a person.
"""

import uuid
from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from engage.access.policy import Ability, Actor, open_person
from engage.agencies.hub_settings import hub_rules, zone
from engage.agencies.model import Hub
from engage.core import events
from engage.core.db import new_id
from engage.core.errors import Conflict, Invalid
from engage.core.local_time import hour_of_day
from engage.people import contactability
from engage.people import rules as people_rules
from engage.people.model import Person
from engage.progress.check_ins import rules
from engage.progress.check_ins.model import (
    CheckIn,
    CheckInAnswer,
    CheckInPlan,
    CheckInState,
)
from engage.progress.check_ins.rules import Schedule
from messaging import outbox


def read_plan(
    session: Session, actor: Actor, person_id: uuid.UUID, *, now: datetime
) -> CheckInPlan | None:
    """Return a person's schedule, None if it was never set. The access is logged. Raises NotFound
    or Forbidden.
    """
    open_person(session, actor, person_id, now=now, what="read check-in plan")
    return session.get(CheckInPlan, person_id)


def set_plan(
    session: Session, actor: Actor, person_id: uuid.UUID, wanted: Schedule | None, *, now: datetime
) -> CheckInPlan | None:
    """Set the schedule from its next day on. None switches check-ins off and calls queued texts
    back.

    For those who manage the person. Raises NotFound or Forbidden; Invalid for a schedule that is
    not valid or an hour in which the person is never texted; Conflict while the offender manager
    has not approved texts.
    """
    person = open_person(
        session,
        actor,
        person_id,
        now=now,
        what="set check-ins",
        ability=Ability.MANAGE,
        change=True,
        lock=True,
    )
    plan = session.get(CheckInPlan, person.id, populate_existing=True)
    if wanted is None:
        return _switch_off(session, actor, person, plan, now)
    hub = session.get_one(Hub, person.hub_id)
    _check_schedule(wanted, person, hub)
    if person.texts_approved_at is None:
        raise Conflict(
            "Approve texts to this person first: a check-in is a text.", code="not_approved"
        )
    if plan is not None and plan.on and wanted == schedule_of(plan):
        return plan
    if plan is None:
        plan = CheckInPlan(person_id=person.id)
        session.add(plan)
    plan.every_weeks, plan.weekday, plan.hour = wanted.every_weeks, wanted.weekday, wanted.hour
    plan.next_on = rules.first_day(wanted, now, zone(hub))
    plan.next_at = hour_of_day(plan.next_on, wanted.hour, zone(hub))
    plan.set_at, plan.set_by = now, actor.label
    session.flush()
    events.record_for_person(
        session,
        "check_in.plan_set",
        person,
        now=now,
        actor=actor.label,
        every_weeks=wanted.every_weeks,
        weekday=wanted.weekday,
        hour=wanted.hour,
    )
    return plan


def schedule_of(plan: CheckInPlan) -> Schedule:
    """The schedule of a plan."""
    return Schedule(plan.every_weeks, plan.weekday, plan.hour)


def read_check_ins(
    session: Session,
    actor: Actor,
    person_id: uuid.UUID,
    *,
    before: date | None = None,
    limit: int,
    now: datetime,
) -> Sequence[CheckIn]:
    """Return a person's check-ins before a day, newest first. The access is logged. Raises NotFound
    or Forbidden.
    """
    open_person(session, actor, person_id, now=now, what="read check-ins", ability=Ability.CONVERSE)
    query = select(CheckIn).where(CheckIn.person_id == person_id)
    if before is not None:
        query = query.where(CheckIn.due_on < before)
    return session.scalars(query.order_by(CheckIn.due_on.desc()).limit(limit)).all()


def record_answer(
    session: Session,
    person: Person,
    check_in: CheckIn,
    *,
    value: int,
    inbound_id: int,
    said_at: datetime,
    now: datetime,
) -> bool:
    """Record the answer that one text gives and call a queued nudge back. False if that text has
    already answered.
    """
    kept = session.scalar(
        insert(CheckInAnswer)
        .values(
            id=new_id(),
            check_in_id=check_in.id,
            value=value,
            inbound_id=inbound_id,
            said_at=said_at,
        )
        .on_conflict_do_nothing(
            index_elements=[CheckInAnswer.check_in_id, CheckInAnswer.inbound_id]
        )
        .returning(CheckInAnswer.id)
    )
    if kept is None:
        return False
    corrects = bool(check_in.answers)
    check_in.state, check_in.look_at, check_in.reasons = CheckInState.ANSWERED, None, []
    outbox.withdraw(session, now=now, reason="They have answered", group_key=check_in.group_key)
    session.flush()
    session.expire(check_in, ["answers"])
    events.record_for_person(
        session,
        "check_in.answered",
        person,
        now=now,
        actor="person",
        check_in=check_in.id,
        value=value,
        corrects=corrects,
        inbound=inbound_id,
    )
    return True


def mark_left_to_worker(session: Session, person_id: uuid.UUID, *, at: datetime) -> None:
    """Mark that the person wrote while a worker had taken over the conversation, so that a check-in
    open at that time does not end as unanswered. They can still answer it. The caller holds the
    lock of the person's row.
    """
    for check_in in session.scalars(
        select(CheckIn).where(
            CheckIn.person_id == person_id,
            CheckIn.state == CheckInState.ASKED,
            CheckIn.asked_at <= at,
            CheckIn.closes_at > at,
        )
    ):
        check_in.reasons = people_rules.stored_reasons([rules.WROTE_TO_WORKER])
    session.flush()


def _switch_off(
    session: Session, actor: Actor, person: Person, plan: CheckInPlan | None, now: datetime
) -> CheckInPlan | None:
    if plan is None or not plan.on:
        return plan
    plan.next_on = plan.next_at = None
    plan.set_at, plan.set_by = now, actor.label
    session.flush()
    waiting = session.scalars(
        select(CheckIn).where(CheckIn.person_id == person.id, CheckIn.look_at.is_not(None))
    )
    for check_in in waiting:
        outbox.withdraw(
            session, now=now, reason=rules.SWITCHED_OFF.words, group_key=check_in.group_key
        )
        if check_in.state is CheckInState.PLANNED:
            check_in.look_at = now
    events.record_for_person(session, "check_in.plan_ended", person, now=now, actor=actor.label)
    return plan


def _check_schedule(wanted: Schedule, person: Person, hub: Hub) -> None:
    problems = {}
    if wanted.every_weeks not in rules.INTERVALS_IN_WEEKS:
        problems["every_weeks"] = "Choose every 1, 2, 4 or 8 weeks."
    if wanted.weekday not in range(7):
        problems["weekday"] = "Choose a day of the week."
    opens, closes = people_rules.narrowed(
        contactability.contact_rules(hub_rules(hub)), person.text_from_hour, person.text_until_hour
    )
    if not opens <= wanted.hour < closes:
        problems["hour"] = (
            f"Choose an hour in which this person is texted: {opens}:00 to {closes}:00."
        )
    if problems:
        raise Invalid(fields=problems)
