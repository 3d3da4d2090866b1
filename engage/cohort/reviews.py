"""Reviews between meetings, by the offender manager or the worker who covers (rules 9 and 12).

The rule's suggestion is stored beside the decision and is never the decision. A late review changes
no status.
"""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from engage.access.policy import Ability, Actor, open_person
from engage.agencies.hub_settings import hub_today
from engage.agencies.model import Hub
from engage.cohort import enrolments, rules
from engage.cohort.kinds import Cohort, Rag
from engage.cohort.model import Enrolment, RagReview, StrandSpell
from engage.signals import Severity, Signal


def review(
    session: Session, actor: Actor, person_id: uuid.UUID, *, rag: Rag, reason: str, now: datetime
) -> RagReview:
    """Decide the status from today, with the reason. Raises Conflict if the person is not on the
    cohort, Invalid without a reason.
    """
    person = open_person(
        session,
        actor,
        person_id,
        now=now,
        what="review",
        ability=Ability.MANAGE,
        change=True,
        lock=True,
    )
    enrolment = enrolments.lock_enrolment(session, person)
    words = enrolments.checked_reason(reason)
    return enrolments.write_review(
        session, actor, person, enrolment, rag=rag, reason=words, now=now
    )


def history(session: Session, enrolment_id: uuid.UUID, *, limit: int) -> Sequence[RagReview]:
    """The reviews of an enrolment, latest first. The caller checks access."""
    return session.scalars(
        select(RagReview)
        .where(RagReview.enrolment_id == enrolment_id)
        .order_by(RagReview.held_on.desc(), RagReview.decided_at.desc(), RagReview.id.desc())
        .limit(limit)
    ).all()


def strands(session: Session, enrolment_id: uuid.UUID, *, limit: int) -> Sequence[StrandSpell]:
    """The strands of an enrolment, latest first. The caller checks access."""
    return session.scalars(
        select(StrandSpell)
        .where(StrandSpell.enrolment_id == enrolment_id)
        .order_by(StrandSpell.since.desc(), StrandSpell.decided_at.desc(), StrandSpell.id.desc())
        .limit(limit)
    ).all()


@dataclass(frozen=True)
class ReviewStatus:
    """A person's current status on the cohort: since when, and when the next review is due."""

    enrolment_id: uuid.UUID
    cohort: Cohort
    rag: Rag
    since: date
    due_on: date
    late: bool


def review_statuses(
    session: Session, people: Collection[uuid.UUID], *, now: datetime
) -> Mapping[uuid.UUID, ReviewStatus]:
    """The status of each of these people, without those on no cohort. Two statements, however many
    people.

    A review is due on its planned day, or on the day of an urgent signal raised since the last
    review, even if that signal has been resolved.
    """
    latest = (
        select(Enrolment, Hub, RagReview)
        .join(RagReview, RagReview.enrolment_id == Enrolment.id)
        .join(Hub, Hub.id == Enrolment.hub_id)
        .where(Enrolment.person_id.in_(list(people)), Enrolment.ended_on.is_(None))
        .order_by(
            Enrolment.person_id,
            RagReview.held_on.desc(),
            RagReview.decided_at.desc(),
            RagReview.id.desc(),
        )
        .ext(distinct_on(Enrolment.person_id))
    )
    rows = session.execute(latest).all()
    urgent = _last_urgent_signals(session, [enrolment.person_id for enrolment, *_ in rows])
    return {
        enrolment.person_id: _review_status(
            enrolment, hub, review, urgent.get(enrolment.person_id), now
        )
        for enrolment, hub, review in rows
    }


def review_status(session: Session, person_id: uuid.UUID, *, now: datetime) -> ReviewStatus | None:
    """The status of one person; None if they are not on the cohort."""
    return review_statuses(session, [person_id], now=now).get(person_id)


def _review_status(
    enrolment: Enrolment, hub: Hub, review: RagReview, urgent: datetime | None, now: datetime
) -> ReviewStatus:
    raised = urgent if urgent is not None and urgent > review.decided_at else None
    due_on = rules.due_on(
        review.next_due_on, hub_today(hub, raised) if raised is not None else None
    )
    return ReviewStatus(
        enrolment_id=enrolment.id,
        cohort=enrolment.cohort,
        rag=review.rag,
        since=review.held_on,
        due_on=due_on,
        late=due_on < hub_today(hub, now),
    )


def _last_urgent_signals(session: Session, people: list[uuid.UUID]) -> dict[uuid.UUID, datetime]:
    """When the last urgent signal about each person was raised."""
    return dict(
        session.execute(
            select(Signal.person_id, func.max(Signal.raised_at))
            .where(
                Signal.person_id.in_(people),
                Signal.severity == Severity.URGENT,
            )
            .group_by(Signal.person_id)
        ).all()
    )
