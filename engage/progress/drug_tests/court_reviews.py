"""Court reviews of a drug rehabilitation requirement: when they are, whether the report is made,
what the court found (rule 13).

A health matter, for staff only; nothing here goes to the person. Reviews of one requirement are at
least a month apart.
"""

import uuid
from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engage import signals
from engage.access.model import Disclosure
from engage.access.policy import Ability, Actor, abilities
from engage.access.sharing import RecordPart
from engage.agencies.hub_settings import hub_rules, today_at
from engage.agencies.model import Hub
from engage.core import events
from engage.core.errors import (
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
)
from engage.core.text_fields import clean_text
from engage.core.working_days import closed_days
from engage.legal.model import Order, Requirement, RequirementKind
from engage.people.model import Person
from engage.progress import verification
from engage.progress.drug_tests import rules
from engage.progress.drug_tests.model import CourtReview
from engage.progress.drug_tests.service import open_to_record
from engage.signals import SignalKind

LONGEST_FINDING = 500
PURPOSE = "Report for the court's review of a drug rehabilitation requirement"
LAWFUL_BASIS = "Sentencing Act 2020, Schedule 9, Part 10 (review by the court)"
REVIEWS_SHOWN = 20


def set_review(
    session: Session, actor: Actor, requirement_id: uuid.UUID, *, review_on: date, now: datetime
) -> CourtReview:
    """Set the day of the next review, as named by the court. It replaces a planned review.

    Raises NotFound or Forbidden; Invalid if the day is past or less than a month after the last
    review; Conflict if the requirement has ended.
    """
    person, requirement = open_requirement(session, actor, requirement_id, now=now)
    if review_on < today_at(session, person.hub_id, now):
        raise Invalid(fields={"review_on": "The date must be today or later"})
    earliest = rules.earliest_review(last_review(session, requirement.id), requirement.starts_on)
    if review_on < earliest:
        raise Invalid(
            fields={
                "review_on": "Reviews must be at least a month apart:"
                f" {earliest.day} {earliest:%B %Y} or later"
            }
        )
    if review_on > requirement.order.ends_on:
        raise Invalid(fields={"review_on": "The order has ended by then"})
    return _replace(session, actor, person, requirement, review_on, now)


def record_review(
    session: Session,
    actor: Actor,
    review_id: uuid.UUID,
    *,
    held_on: date,
    finding: str,
    now: datetime,
) -> CourtReview:
    """Record that a review was held and what the court found. Plan the next one at the interval
    named in the order.

    Repeating the call changes nothing. Raises Conflict for a review that was cancelled, or held
    with another finding.
    """
    person, review = open_to_change(session, actor, review_id, now=now)
    found = clean_text("finding", finding, LONGEST_FINDING, missing="Say what the court found")
    verification.check_not_future(held_on, today_at(session, person.hub_id, now), "held_on")
    if review.cancelled_at is not None:
        raise Conflict("This review was cancelled.", code="cancelled")
    if review.held_on is not None:
        if (review.held_on, review.finding) == (held_on, found):
            return review
        raise Conflict("This review is already recorded.", code="recorded")
    review.held_on, review.finding = held_on, found
    session.flush()
    _resolve(session, actor, person, "The review was held.", now)
    events.record_for_person(
        session, "court_review.held", person, actor=actor.label, now=now, review=review.id
    )
    requirement = session.get_one(Requirement, review.requirement_id)
    plan_next(session, actor, person, requirement, now=now)
    return review


def cancel(session: Session, actor: Actor, review_id: uuid.UUID, *, now: datetime) -> CourtReview:
    """Cancel a review. Repeating the call changes nothing. Raises Conflict if it was held."""
    person, review = open_to_change(session, actor, review_id, now=now)
    if review.held_on is not None:
        raise Conflict("This review was held.", code="recorded")
    if review.cancelled_at is None:
        review.cancelled_at = now
        session.flush()
        _resolve(session, actor, person, "The review was cancelled.", now)
        events.record_for_person(
            session, "court_review.cancelled", person, actor=actor.label, now=now, review=review.id
        )
    return review


def record_report(
    session: Session, actor: Actor, review_id: uuid.UUID, *, digest: str, now: datetime
) -> CourtReview:
    """Record the digest of the report made for a review. A new report replaces the earlier one. It
    is logged as a disclosure to the court.

    Raises Conflict for a review that was held or cancelled.
    """
    person, review = open_to_change(session, actor, review_id, now=now)
    if review.held_on is not None or review.cancelled_at is not None:
        raise Conflict("This review is over. No report can be made for it.", code="over")
    review.report_made_at, review.report_made_by, review.digest = now, actor.label, digest
    order = session.get_one(Requirement, review.requirement_id).order
    session.add(
        Disclosure(
            person_id=person.id,
            recipient=order.court or "The court",
            purpose=PURPOSE,
            lawful_basis=LAWFUL_BASIS,
            fields=[
                RecordPart.HEALTH.value,
                RecordPart.PROGRESS.value,
                RecordPart.LEGAL.value,
                RecordPart.APPOINTMENTS.value,
            ],
            actor=actor.label,
            at=now,
        )
    )
    session.flush()
    _resolve(session, actor, person, "The report was made.", now)
    events.record_for_person(
        session, "court_review.reported", person, actor=actor.label, now=now, review=review.id
    )
    return review


def plan_next(
    session: Session, actor: Actor, person: Person, requirement: Requirement, *, now: datetime
) -> CourtReview | None:
    """Plan the next review if the order names an interval and none is planned. None if there is
    nothing to plan. The caller holds the lock of the person's row.
    """
    if requirement.reviews_every_days is None or requirement.ended_on is not None:
        return None
    if requirement.order.ended_on is not None or next_planned(session, requirement.id) is not None:
        return None
    hub = session.get_one(Hub, person.hub_id)
    before = last_review(session, requirement.id)
    review_on = rules.next_review(
        before, requirement.starts_on, requirement.reviews_every_days, closed_days(hub.settings)
    )
    today = today_at(session, person.hub_id, now)
    if review_on < today:
        review_on = rules.next_review(
            today, today, requirement.reviews_every_days, closed_days(hub.settings)
        )
    if review_on > requirement.order.ends_on:
        return None
    return _replace(session, actor, person, requirement, review_on, now)


def next_planned(session: Session, requirement_id: uuid.UUID) -> CourtReview | None:
    """The planned review of a requirement, if there is one."""
    return session.scalars(
        select(CourtReview)
        .where(
            CourtReview.requirement_id == requirement_id,
            CourtReview.held_on.is_(None),
            CourtReview.cancelled_at.is_(None),
        )
        .order_by(CourtReview.review_on)
        .limit(1)
    ).one_or_none()


def last_review(session: Session, requirement_id: uuid.UUID) -> date | None:
    """The day of the last review that was held."""
    return session.scalar(
        select(func.max(CourtReview.held_on)).where(CourtReview.requirement_id == requirement_id)
    )


def of_person(
    session: Session, person_id: uuid.UUID, *, limit: int = REVIEWS_SHOWN
) -> Sequence[CourtReview]:
    """A person's reviews, latest first. Cancelled ones are included only if a report had been made.
    The caller has opened the person's health record.
    """
    return session.scalars(
        select(CourtReview)
        .where(
            CourtReview.person_id == person_id,
            CourtReview.cancelled_at.is_(None) | CourtReview.report_made_at.is_not(None),
        )
        .order_by(CourtReview.review_on.desc(), CourtReview.id.desc())
        .limit(limit)
    ).all()


def running_requirements(session: Session, person_id: uuid.UUID, on: date) -> Sequence[Requirement]:
    """The drug rehabilitation requirements in force on a day, with their orders."""
    return session.scalars(
        select(Requirement)
        .join(Order)
        .where(
            Order.person_id == person_id,
            Requirement.kind == RequirementKind.DRR,
            Requirement.starts_on <= on,
            Requirement.ended_on.is_(None) | (Requirement.ended_on >= on),
            Order.ends_on >= on,
            Order.ended_on.is_(None) | (Order.ended_on >= on),
        )
        .order_by(Requirement.starts_on, Requirement.id)
    ).all()


def report_due(hub: Hub, review_on: date) -> date:
    """The day by which the report for a review is due, by the hub's settings."""
    return rules.report_due(review_on, hub_rules(hub).report_days)


def open_to_change(
    session: Session, actor: Actor, review_id: uuid.UUID, *, now: datetime
) -> tuple[Person, CourtReview]:
    """Return the review with its person, locked until the transaction ends. For those who read the
    whole case and have health access. Raises NotFound or Forbidden.
    """
    whose = session.scalar(select(CourtReview.person_id).where(CourtReview.id == review_id))
    if whose is None:
        raise NotFound("There is no such review, or you may not see it.")
    person = _open_to_manage(session, actor, whose, now)
    return person, session.get_one(CourtReview, review_id, populate_existing=True)


def open_requirement(
    session: Session, actor: Actor, requirement_id: uuid.UUID, *, now: datetime
) -> tuple[Person, Requirement]:
    """Return a drug rehabilitation requirement in force, with its person. Raises NotFound,
    Forbidden, or Conflict if it has ended.
    """
    whose = session.scalar(
        select(Order.person_id)
        .join(Requirement, Requirement.order_id == Order.id)
        .where(Requirement.id == requirement_id, Requirement.kind == RequirementKind.DRR)
    )
    if whose is None:
        raise NotFound("There is no such requirement, or you may not see it.")
    person = _open_to_manage(session, actor, whose, now)
    requirement = session.get_one(Requirement, requirement_id, populate_existing=True)
    if requirement.ended_on is not None or requirement.order.ended_on is not None:
        raise Conflict("The requirement has ended.", code="ended")
    return person, requirement


def _open_to_manage(session: Session, actor: Actor, person_id: uuid.UUID, now: datetime) -> Person:
    """Reviews belong to the whole case: a worker who only records tests may not change them."""
    person = open_to_record(session, actor, person_id, now=now)
    if Ability.CASE not in abilities(actor, person):
        raise Forbidden("Your role does not allow this for this person.")
    return person


def _replace(
    session: Session,
    actor: Actor,
    person: Person,
    requirement: Requirement,
    review_on: date,
    now: datetime,
) -> CourtReview:
    """Plan a review in place of the planned one."""
    standing = next_planned(session, requirement.id)
    if standing is not None and standing.review_on == review_on:
        return standing
    if standing is not None:
        standing.cancelled_at = now
        session.flush()
        _resolve(session, actor, person, "The review was moved.", now)
    review = CourtReview(
        person_id=person.id,
        requirement_id=requirement.id,
        review_on=review_on,
        finding="",
        recorded_by=actor.label,
        recorded_at=now,
    )
    session.add(review)
    session.flush()
    events.record_for_person(
        session, "court_review.planned", person, actor=actor.label, now=now, review=review.id
    )
    return review


def _resolve(session: Session, actor: Actor, person: Person, how: str, now: datetime) -> None:
    signals.resolve_cause(
        session,
        SignalKind.COURT_REVIEW_SOON,
        person_id=person.id,
        how=how,
        actor=actor.label,
        now=now,
    )
