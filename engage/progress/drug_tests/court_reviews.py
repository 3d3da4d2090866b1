"""Court reviews of a drug rehabilitation requirement: when they are, whether the report is made,
what the court found (RULES.md 13).

A matter of health, by staff only; nothing here goes to the person. Reviews of one requirement lie
at least a month apart.
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
from engage.progress.drug_tests.service import to_record
from engage.signals import SignalKind

LONGEST_FINDING = 500
PURPOSE = "Report for the court's review of a drug rehabilitation requirement"
LAWFUL_BASIS = "Sentencing Act 2020, Schedule 9, Part 10 (review by the court)"
MOST = 20


def set_review(
    session: Session, actor: Actor, requirement_id: uuid.UUID, *, review_on: date, now: datetime
) -> CourtReview:
    """The day of the next review, as the court named it; it takes the place of the one that was
    open.

    Raises NotFound, Forbidden, Invalid for a day that is past or less than a month after the review
    before, Conflict for a requirement that has ended or is none to be treated.
    """
    person, requirement = requirement_to_change(session, actor, requirement_id, now=now)
    if review_on < today_at(session, person.hub_id, now):
        raise Invalid(fields={"review_on": "The date must be today or later"})
    earliest = rules.earliest_review(last_held(session, requirement.id), requirement.starts_on)
    if review_on < earliest:
        raise Invalid(
            fields={
                "review_on": f"Reviews lie at least a month apart: {earliest.day} {earliest:%B %Y} or later"
            }
        )
    if review_on > requirement.order.ends_on:
        raise Invalid(fields={"review_on": "The order has ended by then"})
    return _replace(session, actor, person, requirement, review_on, now)


def hold(
    session: Session,
    actor: Actor,
    review_id: uuid.UUID,
    *,
    held_on: date,
    finding: str,
    now: datetime,
) -> CourtReview:
    """The court has reviewed, and what it found; the next review is planned at the interval that
    the order names.

    The same again changes nothing. Raises Conflict for a review that was cancelled, or held with
    another finding.
    """
    person, review = to_change(session, actor, review_id, now=now)
    found = clean_text("finding", finding, LONGEST_FINDING, missing="Say what the court found")
    verification.past_day(held_on, today_at(session, person.hub_id, now), "held_on")
    if review.cancelled_at is not None:
        raise Conflict("This review was cancelled.", code="cancelled")
    if review.held_on is not None:
        if (review.held_on, review.finding) == (held_on, found):
            return review
        raise Conflict("This review is recorded already.", code="recorded")
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
    """The review does not take place. The same again changes nothing. Raises Conflict for one that
    was held.
    """
    person, review = to_change(session, actor, review_id, now=now)
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


def report_made(
    session: Session, actor: Actor, review_id: uuid.UUID, *, digest: str, now: datetime
) -> CourtReview:
    """The report for a review is made, and what its bytes are known by; made anew it takes the
    place of the one before. It is logged as disclosed to the court.

    Raises Conflict for a review that was held or cancelled.
    """
    person, review = to_change(session, actor, review_id, now=now)
    if review.held_on is not None or review.cancelled_at is not None:
        raise Conflict(
            "This review is over, so no report can be made for it any more.", code="over"
        )
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
    """Plan the next review where the order names an interval and none is open; None where there is
    none to plan. The person is held.
    """
    if requirement.reviews_every_days is None or requirement.ended_on is not None:
        return None
    if requirement.order.ended_on is not None or open_review(session, requirement.id) is not None:
        return None
    hub = session.get_one(Hub, person.hub_id)
    before = last_held(session, requirement.id)
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


def open_review(session: Session, requirement_id: uuid.UUID) -> CourtReview | None:
    """The review that is to come, if one is planned."""
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


def last_held(session: Session, requirement_id: uuid.UUID) -> date | None:
    """The day of the last review that was held."""
    return session.scalar(
        select(func.max(CourtReview.held_on)).where(CourtReview.requirement_id == requirement_id)
    )


def of_person(
    session: Session, person_id: uuid.UUID, *, limit: int = MOST
) -> Sequence[CourtReview]:
    """A person's reviews, latest first; those that were cancelled only if a report had been made.
    The caller has opened the person's health.
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


def running(session: Session, person_id: uuid.UUID, on: date) -> Sequence[Requirement]:
    """The drug rehabilitation requirements that run on a day, with their orders."""
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
    """The day by which the report for a review is due, by the hub's rules."""
    return rules.report_due(review_on, hub_rules(hub).report_days)


def to_change(
    session: Session, actor: Actor, review_id: uuid.UUID, *, now: datetime
) -> tuple[Person, CourtReview]:
    """The review with its person, held until the transaction ends, for whoever manages the person
    and may see health. Raises NotFound or Forbidden.
    """
    whose = session.scalar(select(CourtReview.person_id).where(CourtReview.id == review_id))
    if whose is None:
        raise NotFound("There is no such review, or you may not see it.")
    person = _to_manage(session, actor, whose, now)
    return person, session.get_one(CourtReview, review_id, populate_existing=True)


def requirement_to_change(
    session: Session, actor: Actor, requirement_id: uuid.UUID, *, now: datetime
) -> tuple[Person, Requirement]:
    """A requirement to be treated that runs, with its person. Raises NotFound, Forbidden, or
    Conflict for one that does not run.
    """
    whose = session.scalar(
        select(Order.person_id)
        .join(Requirement, Requirement.order_id == Order.id)
        .where(Requirement.id == requirement_id, Requirement.kind == RequirementKind.DRR)
    )
    if whose is None:
        raise NotFound("There is no such requirement, or you may not see it.")
    person = _to_manage(session, actor, whose, now)
    requirement = session.get_one(Requirement, requirement_id, populate_existing=True)
    if requirement.ended_on is not None or requirement.order.ended_on is not None:
        raise Conflict("The requirement has ended.", code="ended")
    return person, requirement


def _to_manage(session: Session, actor: Actor, person_id: uuid.UUID, now: datetime) -> Person:
    """Reviews are the case's: whoever only tests somebody sees and changes none of them."""
    person = to_record(session, actor, person_id, now=now)
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
    """Plan a review in the place of the one that is open."""
    standing = open_review(session, requirement.id)
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
