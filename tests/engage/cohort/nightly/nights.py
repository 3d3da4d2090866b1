"""Rows that the nightly sweep finds, and the sweep in a test's transaction."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.agencies.model import Hub
from engage.cohort.kinds import Cohort, Rag
from engage.cohort.model import Enrolment, RagReview
from engage.cohort.nightly import service
from engage.legal.model import CustodyKind, CustodySpell, Order, OrderKind, Requirement
from engage.legal.model import RequirementKind as Asked
from engage.people.model import Person
from engage.plan.kinds import ActionClass, ActionState, Approval, Pathway
from engage.plan.model import Action
from engage.progress.drug_tests.model import CourtReview
from engage.signals import Signal, SignalKind, SignalState
from tests import builders


def swept(session: Session, now: datetime, **more: Any) -> service.NightProgress:
    """The whole sweep of the day of `now`, in the test's transaction."""

    @contextmanager
    def begin() -> Iterator[Session]:
        yield session
        session.flush()

    session.flush()
    done = service.sweep(begin, day=now.date(), now=now, **more)
    session.expire_all()
    assert done is not None and done.finished
    return done


def told(session: Session, whose: Person) -> list[tuple[SignalKind, str]]:
    """The open signals of a person, each with its reason."""
    rows = session.execute(
        select(Signal.kind, Signal.why)
        .where(Signal.person_id == whose.id, Signal.state != SignalState.RESOLVED)
        .order_by(Signal.kind)
    )
    return [(kind, why) for kind, why in rows]


def enrolled(
    session: Session, whose: Person, on: date = date(2026, 1, 5), **values: Any
) -> Enrolment:
    """A person on the cohort."""
    lead = builders.agency(session, session.get_one(Hub, whose.hub_id))
    made = Enrolment(
        person_id=whose.id,
        hub_id=whose.hub_id,
        cohort=Cohort.FIXED,
        lead_agency_id=lead.id,
        adopted_on=on,
        **values,
    )
    session.add(made)
    session.flush()
    return made


def reviewed(
    session: Session, enrolment: Enrolment, rag: Rag, on: date, due: date, now: datetime
) -> None:
    """A review that decided `rag`."""
    session.add(
        RagReview(
            enrolment_id=enrolment.id,
            rag=rag,
            held_on=on,
            reason="As it is",
            next_due_on=due,
            decided_by="system",
            decided_at=datetime.combine(on, now.timetz()),
        )
    )
    session.flush()


def in_prison(
    session: Session, whose: Person, release_on: date | None, **values: Any
) -> CustodySpell:
    """A person in custody since the new year."""
    made = CustodySpell(
        person_id=whose.id,
        kind=CustodyKind.CUSTODY,
        since=date(2027, 1, 1),
        release_on=release_on,
        recorded_by="system",
        recorded_at=builders.NOW,
        **values,
    )
    session.add(made)
    session.flush()
    return made


def action(
    session: Session, whose: Person, due_on: date, state: ActionState = ActionState.LIVE
) -> Action:
    """An action for the agency Probation."""
    approved = state is not ActionState.PROPOSED
    made = Action(
        person_id=whose.id,
        pathway=Pathway.ACCOMMODATION,
        action_class=ActionClass.SUPPORT,
        what="Find a room",
        agency_id=builders.agency(session, session.get_one(Hub, whose.hub_id)).id,
        responsible="Pat",
        due_on=due_on,
        state=state,
        proposed_by="system",
        proposed_at=builders.NOW,
        approval=Approval.SINGLE if approved else None,
        approved_by="system" if approved else None,
        approved_at=builders.NOW if approved else None,
    )
    session.add(made)
    session.flush()
    return made


def court_review(session: Session, whose: Person, on: date, **values: Any) -> CourtReview:
    """A review of a drug rehabilitation requirement."""
    order = Order(
        person_id=whose.id,
        kind=OrderKind.COMMUNITY_ORDER,
        made_on=date(2027, 1, 4),
        starts_on=date(2027, 1, 4),
        ends_on=date(2028, 1, 3),
        recorded_by="system",
        recorded_at=builders.NOW,
    )
    order.requirements = [
        Requirement(
            kind=Asked.DRR,
            starts_on=date(2027, 1, 4),
            recorded_by="system",
            recorded_at=builders.NOW,
        )
    ]
    session.add(order)
    session.flush()
    made = CourtReview(
        person_id=whose.id,
        requirement_id=order.requirements[0].id,
        review_on=on,
        recorded_by="system",
        recorded_at=builders.NOW,
        **values,
    )
    session.add(made)
    session.flush()
    return made
