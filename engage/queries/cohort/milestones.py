"""What a person has reached, as staff see it, and whether it was praised.

Runs of negative tests are for users with health access.
"""

import uuid
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.access import sharing
from engage.access.policy import Ability, Actor, abilities
from engage.access.sharing import RecordPart
from engage.cohort.kinds import MilestoneKind
from engage.cohort.milestones import rules
from engage.cohort.model import Milestone
from engage.core.paging import DayCursor, rows_before
from engage.people.model import Person
from messaging.states import MessageStatus
from messaging.tables import Message

PAGE = 50


@dataclass(frozen=True)
class MilestoneView:
    """A milestone. `step` is the number of days, appointments, tests or groups (rule 16).

    `status` is the status of the text that praised.
    """

    id: uuid.UUID
    kind: MilestoneKind
    step: int
    reached_on: date
    found_at: datetime
    status: MessageStatus | None
    not_praised: str | None

    @property
    def words(self) -> str:
        """What was reached, in words for staff."""
        return rules.description(self.kind, self.step)


def of_person(
    session: Session,
    actor: Actor,
    person: Person,
    *,
    after: DayCursor | None = None,
    limit: int = PAGE,
) -> tuple[MilestoneView, ...]:
    """The person's milestones, latest first, in one statement. The caller has opened the person."""
    query = (
        select(Milestone, Message.status)
        .outerjoin(Message, Message.id == Milestone.praise_id)
        .where(Milestone.person_id == person.id)
        .order_by(Milestone.reached_on.desc(), Milestone.id.desc())
        .limit(limit)
    )
    if Ability.HEALTH not in abilities(actor, person):
        query = query.where(Milestone.kind.not_in(rules.HEALTH_KINDS))
    query = rows_before(query, (Milestone.reached_on, Milestone.id), after)
    return tuple(
        MilestoneView(
            one.id, one.kind, one.step, one.reached_on, one.found_at, status, one.not_praised
        )
        for one, status in session.execute(query)
    )


def list_milestones(
    session: Session,
    actor: Actor,
    person_id: uuid.UUID,
    *,
    now: datetime,
    after: DayCursor | None,
    limit: int,
) -> tuple[MilestoneView, ...]:
    """A page of a person's milestones, for systems; the reading is logged. Raises NotFound or
    Forbidden.
    """
    person = sharing.open_part(
        session, actor, person_id, RecordPart.PROGRESS, now=now, what="read milestones"
    )
    return of_person(session, actor, person, after=after, limit=limit)
