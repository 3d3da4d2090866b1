"""The plan as staff see it: needs with how they changed, actions by state, standing approvals. It
changes nothing.

What is shown of actions, and to whom, is said in actions.py; the scores of needs of health are
shown only to those who may see such matters.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.access import sharing
from engage.access.policy import (
    Ability,
    Actor,
    abilities,
    may_change,
    open_person,
    own_agency_only,
)
from engage.access.sharing import RecordPart
from engage.agencies.hub_settings import hub_today, zone
from engage.agencies.model import Agency, Hub
from engage.agencies.service import agencies_of
from engage.core.paging import MomentCursor, rows_before
from engage.people.model import Person
from engage.plan import rules
from engage.plan.kinds import ActionClass, ActionState, Pathway
from engage.plan.model import Action, NeedScore, StandingApproval
from engage.plan.open_record import is_manager, knows, manager_label
from engage.queries import actor_names
from engage.queries.plan.actions import ActionScope, ActionView, labels_of, of_plan, sight_of, view

MOST = 100
"""Live and waiting actions on one page; a plan with more is no plan."""
ENDED_SHOWN = 20


@dataclass(frozen=True)
class Score:
    """How great a need was found on one day."""

    score: int
    at: datetime


@dataclass(frozen=True)
class NeedView:
    """A need as it stands, None where nobody has scored it, and the scores before, oldest first.
    `hidden`: a matter of health.
    """

    pathway: Pathway
    score: int | None
    note: str
    by: str
    at: datetime | None
    earlier: tuple[Score, ...]
    hidden: bool


@dataclass(frozen=True)
class ApprovalView:
    """A standing approval. It counts only while who gave it is still the offender manager."""

    id: uuid.UUID
    action_class: ActionClass
    agency_name: str | None
    given_by: str
    given_at: datetime
    counts: bool


@dataclass(frozen=True)
class PlanPage:
    """Everything the page of a plan shows."""

    person: Person
    zone: ZoneInfo
    today: date
    needs: tuple[NeedView, ...]
    waiting: tuple[ActionView, ...]
    live: tuple[ActionView, ...]
    ended: tuple[ActionView, ...]
    exit_done: bool
    approvals: tuple[ApprovalView, ...]
    may_propose: bool
    may_score: bool
    may_approve: bool
    sees_health: bool


def load(session: Session, actor: Actor, person_id: uuid.UUID, *, now: datetime) -> PlanPage:
    """A person's plan; the reading is logged. A constant number of statements. Raises NotFound or
    Forbidden.
    """
    person = sharing.open_part(session, actor, person_id, RecordPart.PLAN, now=now, what="plan")
    seen = sight_of(session, actor, person, now)
    hub = session.get_one(Hub, person.hub_id)
    today = hub_today(hub, now)
    rows = _rows_of_plan(session, seen)
    approvals = session.execute(
        select(StandingApproval, Agency.name)
        .outerjoin(Agency, Agency.id == StandingApproval.agency_id)
        .where(StandingApproval.person_id == person.id, StandingApproval.ended_at.is_(None))
        .order_by(StandingApproval.given_at, StandingApproval.id)
        .limit(MOST)
    ).all()
    scores = _scores(session, person.id)
    who = actor_names.of_labels(
        session,
        labels_of(rows)
        | {approval.given_by for approval, _ in approvals}
        | {one.scored_by for one in scores},
    )
    views = [view(row, seen, who, today, zone(hub), None) for row in rows]
    granted, changes = abilities(actor, person), may_change(actor, person)
    return PlanPage(
        person=person,
        zone=zone(hub),
        today=today,
        needs=_needs(scores, seen, who),
        waiting=tuple(one for one in views if one.state is ActionState.PROPOSED),
        live=tuple(one for one in views if one.state is ActionState.LIVE),
        ended=tuple(one for one in views if one.state in (ActionState.DONE, ActionState.WITHDRAWN)),
        exit_done=_exit_done(session, person.id),
        approvals=tuple(
            ApprovalView(
                id=approval.id,
                action_class=approval.action_class,
                agency_name=agency,
                given_by=who[approval.given_by],
                given_at=approval.given_at,
                counts=approval.given_by == manager_label(person),
            )
            for approval, agency in approvals
        ),
        may_propose=changes and Ability.RECORD in granted,
        may_score=changes and Ability.MANAGE in granted,
        may_approve=is_manager(actor, person),
        sees_health=seen.health,
    )


@dataclass(frozen=True)
class Choices:
    """What whoever adds to a plan may choose from: agencies, pathways; `manager`: what they propose
    is agreed to at once.
    """

    person: Person
    today: date
    agencies: tuple[Agency, ...]
    pathways: tuple[Pathway, ...]
    manager: bool


def to_add(
    session: Session,
    actor: Actor,
    person_id: uuid.UUID,
    *,
    now: datetime,
    ability: Ability = Ability.RECORD,
) -> Choices:
    """What a form that adds to the plan offers. Raises NotFound or Forbidden for whoever may not do
    `ability`.
    """
    person = open_person(
        session, actor, person_id, now=now, what="plan.form", ability=ability, change=True
    )
    hub = session.get_one(Hub, person.hub_id)
    agencies = agencies_of(session, [hub.id])
    if own_agency_only(actor, person):
        agencies = [agency for agency in agencies if agency.id == actor.agency_id]
    own = actor.agency_id if ability is Ability.RECORD else None
    return Choices(
        person=person,
        today=hub_today(hub, now),
        agencies=tuple(agencies),
        pathways=tuple(one for one in Pathway if knows(actor, person, one, own)),
        manager=is_manager(actor, person),
    )


def listed(
    session: Session,
    actor: Actor,
    person_id: uuid.UUID,
    *,
    now: datetime,
    after: MomentCursor | None,
    limit: int,
) -> tuple[ActionView, ...]:
    """A person's actions in any state, latest proposed first, for a system. Raises NotFound or
    Forbidden; the reading is logged.
    """
    person = sharing.open_part(
        session, actor, person_id, RecordPart.PLAN, now=now, what="read actions"
    )
    seen = sight_of(session, actor, person, now)
    query = rows_before(of_plan(seen), (Action.proposed_at, Action.id), after)
    rows = session.execute(
        query.order_by(Action.proposed_at.desc(), Action.id.desc()).limit(limit)
    ).all()
    who = actor_names.of_labels(session, labels_of(rows))
    return tuple(view(row, seen, who, hub_today(row[2], now), zone(row[2]), None) for row in rows)


def needs(
    session: Session, actor: Actor, person_id: uuid.UUID, *, now: datetime
) -> tuple[NeedView, ...]:
    """A person's needs, for a system. Raises NotFound or Forbidden; the reading is logged."""
    person = sharing.open_part(
        session, actor, person_id, RecordPart.PLAN, now=now, what="read needs"
    )
    scores = _scores(session, person.id)
    who = actor_names.of_labels(session, {one.scored_by for one in scores})
    return _needs(scores, sight_of(session, actor, person, now), who)


def _rows_of_plan(session: Session, seen: ActionScope) -> Sequence[Any]:
    standing = Action.state.in_((ActionState.PROPOSED, ActionState.LIVE))
    rows = session.execute(
        of_plan(seen).where(standing).order_by(Action.due_on, Action.id).limit(MOST)
    ).all()
    ended = session.execute(
        of_plan(seen)
        .where(~standing)
        .order_by(Action.ended_at.desc(), Action.id.desc())
        .limit(ENDED_SHOWN)
    ).all()
    return [*rows, *ended]


def _exit_done(session: Session, person_id: uuid.UUID) -> bool:
    states = session.scalars(
        select(Action.state).where(Action.person_id == person_id, Action.exit_plan)
    )
    return rules.exit_done(states.all())


def _scores(session: Session, person_id: uuid.UUID) -> Sequence[NeedScore]:
    return session.scalars(
        select(NeedScore)
        .where(NeedScore.person_id == person_id)
        .order_by(NeedScore.scored_at.desc(), NeedScore.id.desc())
        .limit(MOST)
    ).all()


def _needs(
    scores: Sequence[NeedScore], seen: ActionScope, who: Mapping[str | None, str]
) -> tuple[NeedView, ...]:
    found = []
    for pathway in Pathway:
        of_pathway = [one for one in scores if one.pathway is pathway]
        hidden = pathway in rules.HEALTH and not seen.health
        if hidden or not of_pathway:
            found.append(NeedView(pathway, None, "", "", None, (), hidden))
            continue
        latest, *earlier = of_pathway
        past = tuple(Score(one.score, one.scored_at) for one in reversed(earlier))
        found.append(
            NeedView(
                pathway,
                latest.score,
                latest.note,
                who[latest.scored_by],
                latest.scored_at,
                past,
                False,
            )
        )
    return tuple(found)
