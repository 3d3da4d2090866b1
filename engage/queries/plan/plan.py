"""Plans as staff see them: needs with their history, actions by state, standing approvals. Nothing
here changes anything.

actions.py decides which actions are shown to whom. Scores of health needs require health access.
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
from engage.plan.open_record import is_manager, manager_label, may_see
from engage.queries import actor_names
from engage.queries.plan.actions import (
    ActionScope,
    ActionView,
    actor_labels,
    plan_actions,
    read_scope,
    view,
)

ACTIONS_SHOWN = 100
"""The most live and proposed actions shown on one page."""
ENDED_SHOWN = 20


@dataclass(frozen=True)
class Score:
    """How great a need was on one day."""

    score: int
    at: datetime


@dataclass(frozen=True)
class NeedView:
    """A need with its current score (None if never scored) and earlier scores, oldest first.
    `hidden`: a health matter.
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
    """A standing approval. It counts only while its author is still the offender manager."""

    id: uuid.UUID
    action_class: ActionClass
    agency_name: str | None
    given_by: str
    given_at: datetime
    counts: bool


@dataclass(frozen=True)
class PlanPage:
    """Everything on the page of a plan."""

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
    """Return a person's plan, in a constant number of statements. The access is logged. Raises
    NotFound or Forbidden.
    """
    person = sharing.open_part(session, actor, person_id, RecordPart.PLAN, now=now, what="plan")
    seen = read_scope(session, actor, person, now)
    hub = session.get_one(Hub, person.hub_id)
    today = hub_today(hub, now)
    rows = _rows_of_plan(session, seen)
    approvals = session.execute(
        select(StandingApproval, Agency.name)
        .outerjoin(Agency, Agency.id == StandingApproval.agency_id)
        .where(StandingApproval.person_id == person.id, StandingApproval.ended_at.is_(None))
        .order_by(StandingApproval.given_at, StandingApproval.id)
        .limit(ACTIONS_SHOWN)
    ).all()
    scores = _scores(session, person.id)
    who = actor_names.names_by_label(
        session,
        actor_labels(rows)
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
    """The choices on a form that adds to the plan: agencies and pathways. `manager`: actions that
    this actor proposes are live at once.
    """

    person: Person
    today: date
    agencies: tuple[Agency, ...]
    pathways: tuple[Pathway, ...]
    manager: bool


def load_choices(
    session: Session,
    actor: Actor,
    person_id: uuid.UUID,
    *,
    now: datetime,
    ability: Ability = Ability.RECORD,
) -> Choices:
    """Return the choices on a form that adds to the plan. Raises NotFound, or Forbidden without
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
        pathways=tuple(one for one in Pathway if may_see(actor, person, one, own)),
        manager=is_manager(actor, person),
    )


def list_actions(
    session: Session,
    actor: Actor,
    person_id: uuid.UUID,
    *,
    now: datetime,
    after: MomentCursor | None,
    limit: int,
) -> tuple[ActionView, ...]:
    """A person's actions in any state, latest proposed first, for the API. The access is logged.
    Raises NotFound or Forbidden.
    """
    person = sharing.open_part(
        session, actor, person_id, RecordPart.PLAN, now=now, what="read actions"
    )
    seen = read_scope(session, actor, person, now)
    query = rows_before(plan_actions(seen), (Action.proposed_at, Action.id), after)
    rows = session.execute(
        query.order_by(Action.proposed_at.desc(), Action.id.desc()).limit(limit)
    ).all()
    who = actor_names.names_by_label(session, actor_labels(rows))
    return tuple(view(row, seen, who, hub_today(row[2], now), zone(row[2]), None) for row in rows)


def list_needs(
    session: Session, actor: Actor, person_id: uuid.UUID, *, now: datetime
) -> tuple[NeedView, ...]:
    """A person's needs, for the API. The access is logged. Raises NotFound or Forbidden."""
    person = sharing.open_part(
        session, actor, person_id, RecordPart.PLAN, now=now, what="read needs"
    )
    scores = _scores(session, person.id)
    who = actor_names.names_by_label(session, {one.scored_by for one in scores})
    return _needs(scores, read_scope(session, actor, person, now), who)


def _rows_of_plan(session: Session, seen: ActionScope) -> Sequence[Any]:
    standing = Action.state.in_((ActionState.PROPOSED, ActionState.LIVE))
    rows = session.execute(
        plan_actions(seen).where(standing).order_by(Action.due_on, Action.id).limit(ACTIONS_SHOWN)
    ).all()
    ended = session.execute(
        plan_actions(seen)
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
        .limit(ACTIONS_SHOWN)
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
