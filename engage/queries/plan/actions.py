"""Actions of plans as staff see them: one, or all of one agency.

Under a sharing agreement a reader sees disruption only by their own agency. Health actions require
health access: other readers see that there is an action, whose it is and its date, but not what it
is. Nothing here changes anything.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, false, func, literal, select, true
from sqlalchemy.orm import Session

from engage.access import scope, sharing
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
from engage.agencies.model import Agency, Hub, Staff
from engage.core.errors import NotFound
from engage.core.paging import DayCursor, rows_after
from engage.people.model import Person
from engage.plan import rules
from engage.plan.kinds import ActionClass, ActionState, Approval, Pathway
from engage.plan.model import Action
from engage.plan.open_record import is_manager, may_see
from engage.queries import actor_names
from messaging.states import MessageStatus
from messaging.tables import Message

PAGE = 50
Listed = Select[Action, Person, Hub, str, MessageStatus, str, datetime]
"""A place in an agency's list: when it is due, and which it is."""


@dataclass(frozen=True)
class ActionPermissions:
    """What the reader may do with one action."""

    approve: bool = False
    finish: bool = False
    withdraw: bool = False
    change: bool = False
    send_text: bool = False


@dataclass(frozen=True)
class ActionView:
    """One action. If it is `hidden`, it is a health matter: `pathway`, `what` and everything about
    its text are None.
    """

    id: uuid.UUID
    person_id: uuid.UUID
    person_name: str
    crn: str
    manager: str | None
    pathway: Pathway | None
    action_class: ActionClass
    what: str | None
    agency_id: uuid.UUID
    agency_name: str
    responsible: str
    responsible_id: uuid.UUID | None
    due_on: date
    overdue: bool
    exit_plan: bool
    state: ActionState
    text: str | None
    text_status: MessageStatus | None
    text_after: datetime | None
    not_texted: str | None
    proposed_by: str
    proposed_at: datetime
    approval: Approval | None
    approved_by: str | None
    approved_at: datetime | None
    done_on: date | None
    ended_by: str | None
    ended_at: datetime | None
    ended_note: str
    hidden: bool
    may: ActionPermissions
    zone: ZoneInfo


@dataclass(frozen=True)
class ActionScope:
    """How much of a plan the reader sees: all of it or by an agreement, with health matters or
    without.
    """

    actor: Actor
    person: Person
    whole: bool
    health: bool


def action(session: Session, actor: Actor, action_id: uuid.UUID, *, now: datetime) -> ActionView:
    """Return one action, for those who may read the plan and for the agency that does it. The
    access is logged. Raises NotFound or Forbidden.
    """
    row = session.execute(
        load_rows().where(Action.id == action_id, scope.people(actor))
    ).one_or_none()
    if row is None:
        raise NotFound("There is no such action, or you may not see it.")
    found, person = row[0], row[1]
    if own_agency_only(actor, person) and found.agency_id == actor.agency_id:
        open_person(session, actor, person.id, now=now, what="action")
        seen = ActionScope(actor, person, whole=False, health=False)
    else:
        sharing.open_part(session, actor, person.id, RecordPart.PLAN, now=now, what="action")
        seen = read_scope(session, actor, person, now)
        if not seen.whole and found.action_class is ActionClass.DISRUPT:
            raise NotFound("There is no such action, or you may not see it.")
    hub = row[2]
    who = actor_names.names_by_label(session, actor_labels([row]))
    today = hub_today(hub, now)
    return view(row, seen, who, today, zone(hub), actor_names.other_manager(actor, person, row[5]))


@dataclass(frozen=True)
class AgencyActions:
    """A page of an agency's actions, earliest due first. `following` is the position where the next
    page begins. `overdue` counts all overdue ones.
    """

    agency_name: str
    actions: tuple[ActionView, ...]
    following: DayCursor | None
    overdue: int


def agency_actions(
    session: Session,
    actor: Actor,
    *,
    now: datetime,
    mine: bool = False,
    after: DayCursor | None = None,
) -> AgencyActions:
    """The live actions of the actor's own agency for people whom the actor may see; with `mine`,
    only those assigned to the actor by name.
    """
    agency = session.get(Agency, actor.agency_id) if actor.agency_id is not None else None
    if agency is None:
        return AgencyActions("", (), None, 0)
    theirs = and_(
        Action.agency_id == agency.id,
        Action.state == ActionState.LIVE,
        Action.responsible_id == actor.id if mine else true(),
        scope.people(actor),
    )
    query = rows_after(load_rows().where(theirs), (Action.due_on, Action.id), after)
    rows = session.execute(query.order_by(Action.due_on, Action.id).limit(PAGE + 1)).all()
    who = actor_names.names_by_label(session, actor_labels(rows))
    views = tuple(
        view(
            row,
            ActionScope(actor, row[1], whole=False, health=False),
            who,
            hub_today(row[2], now),
            zone(row[2]),
            actor_names.other_manager(actor, row[1], row[5]),
        )
        for row in rows[:PAGE]
    )
    today = func.date(func.timezone(Hub.timezone, literal(now)))
    overdue = session.scalar(
        select(func.count())
        .select_from(Action)
        .join(Person, Person.id == Action.person_id)
        .join(Hub, Hub.id == Person.hub_id)
        .where(theirs, Action.due_on < today)
    )
    following = DayCursor(views[-1].due_on, views[-1].id) if len(rows) > PAGE else None
    return AgencyActions(agency.name, views, following, overdue or 0)


def read_scope(session: Session, actor: Actor, person: Person, now: datetime) -> ActionScope:
    """How much of this plan the reader sees. Health matters opened by an agreement are logged as a
    disclosure.
    """
    granted = abilities(actor, person)
    if Ability.CASE in granted:
        return ActionScope(actor, person, whole=True, health=Ability.HEALTH in granted)
    health = Ability.HEALTH in granted
    if (
        not health
        and sharing.agreement_for(session, actor, person, RecordPart.HEALTH, now=now) is not None
    ):
        sharing.open_part(
            session, actor, person.id, RecordPart.HEALTH, now=now, what="plan: health"
        )
        health = True
    return ActionScope(actor, person, whole=False, health=health)


def load_rows() -> Listed:
    """Select actions with everything that `view` needs, in the order in which it takes it."""
    return (
        select(Action, Person, Hub, Agency.name, Message.status, Staff.name, Message.send_after)
        .join(Person, Person.id == Action.person_id)
        .join(Hub, Hub.id == Person.hub_id)
        .join(Agency, Agency.id == Action.agency_id)
        .join(Staff, Staff.id == Person.offender_manager_id)
        .outerjoin(Message, Message.id == Action.message_id)
    )


def plan_actions(seen: ActionScope) -> Listed:
    """The actions of one plan that the reader may see."""
    query = load_rows().where(Action.person_id == seen.person.id)
    if seen.whole:
        return query
    own: ColumnElement[bool] = (
        Action.agency_id == seen.actor.agency_id if seen.actor.agency_id is not None else false()
    )
    return query.where((Action.action_class != ActionClass.DISRUPT) | own)


def actor_labels(rows: Sequence[Any]) -> set[str | None]:
    """The labels of all actors that the views name."""
    return {
        label for row in rows for label in (row[0].proposed_by, row[0].approved_by, row[0].ended_by)
    }


def view(
    row: Any,
    seen: ActionScope,
    who: Mapping[str | None, str],
    today: date,
    where: ZoneInfo,
    manager: str | None,
) -> ActionView:
    """One row of `load_rows` as the reader sees it."""
    one, person, _, agency, status, _, send_after = row
    hidden = not (seen.health or may_see(seen.actor, person, one.pathway, one.agency_id))
    return ActionView(
        id=one.id,
        person_id=person.id,
        person_name=person.name,
        crn=person.crn,
        manager=manager,
        pathway=None if hidden else one.pathway,
        action_class=one.action_class,
        what=None if hidden else one.what,
        agency_id=one.agency_id,
        agency_name=agency,
        responsible=one.responsible,
        responsible_id=one.responsible_id,
        due_on=one.due_on,
        overdue=rules.overdue(one.state, one.due_on, today),
        exit_plan=one.exit_plan,
        state=one.state,
        text=None if hidden else one.text,
        text_status=None if hidden else status,
        text_after=None if hidden else send_after,
        not_texted=None if hidden else one.not_texted,
        proposed_by=who[one.proposed_by],
        proposed_at=one.proposed_at,
        approval=one.approval,
        approved_by=who[one.approved_by] if one.approved_by else None,
        approved_at=one.approved_at,
        done_on=one.done_on,
        ended_by=who[one.ended_by] if one.ended_by else None,
        ended_at=one.ended_at,
        ended_note="" if hidden else one.ended_note,
        hidden=hidden,
        may=_may(seen.actor, person, one, hidden),
        zone=where,
    )


def _may(actor: Actor, person: Person, one: Action, hidden: bool) -> ActionPermissions:
    granted = abilities(actor, person)
    own = not own_agency_only(actor, person) or one.agency_id == actor.agency_id
    if hidden or not own or not may_change(actor, person) or Ability.RECORD not in granted:
        return ActionPermissions()
    manages = Ability.MANAGE in granted
    waits, live = one.state is ActionState.PROPOSED, one.state is ActionState.LIVE
    return ActionPermissions(
        approve=waits and is_manager(actor, person),
        finish=live,
        withdraw=waits or (live and manages),
        change=manages and (waits or live),
        send_text=manages and live and one.text is not None and one.message_id is None,
    )


def may_read_plan(session: Session, actor: Actor, person_id: uuid.UUID, *, now: datetime) -> bool:
    """Whether the actor may open the plan of a person whom they may see. For links: it logs
    nothing.
    """
    person = session.get_one(Person, person_id)
    return RecordPart.PLAN in sharing.parts_for(session, actor, person, now=now)
