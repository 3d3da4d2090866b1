"""Standing approvals: the offender manager approves in advance a class of action, by one agency or
by any.

Only the person's own offender manager gives one, and never for disruption. Actions already proposed
still need a single approval. An approval no longer counts once the person has another offender
manager (rules.agreed_beforehand).
"""

import uuid
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.access.policy import Ability, Actor, open_person
from engage.agencies.model import Agency, Hub
from engage.core import events
from engage.core.errors import Invalid, NotFound
from engage.people.model import Person
from engage.plan.kinds import ActionClass
from engage.plan.model import StandingApproval
from engage.plan.open_record import must_be_manager


def give(
    session: Session,
    actor: Actor,
    person_id: uuid.UUID,
    *,
    action_class: ActionClass,
    agency_id: uuid.UUID | None,
    now: datetime,
) -> StandingApproval:
    """Give a standing approval for a class of action by an agency, or by any agency if None.
    Repeating the call returns the approval in force.

    Raises Forbidden for anyone but the offender manager, Invalid for disruption or an agency of
    another area.
    """
    person = _open_to_agree(session, actor, person_id, now)
    must_be_manager(actor, person)
    if action_class is ActionClass.DISRUPT:
        raise Invalid(fields={"action_class": "Disruption must be approved one action at a time."})
    if agency_id is not None:
        agency = session.get(Agency, agency_id)
        if agency is None or agency.area_id != session.get_one(Hub, person.hub_id).area_id:
            raise Invalid(fields={"agency": "Choose an agency in this hub's area."})
    running = session.scalars(
        select(StandingApproval).where(
            StandingApproval.person_id == person.id,
            StandingApproval.action_class == action_class,
            StandingApproval.agency_id.is_not_distinct_from(agency_id),
            StandingApproval.given_by == actor.label,
            StandingApproval.ended_at.is_(None),
        )
    ).first()
    if running is not None:
        return running
    approval = StandingApproval(
        person_id=person.id,
        action_class=action_class,
        agency_id=agency_id,
        given_by=actor.label,
        given_at=now,
    )
    session.add(approval)
    session.flush()
    events.record_for_person(
        session, "approval.given", person, now=now, actor=actor.label, approval=approval.id
    )
    return approval


def end(
    session: Session, actor: Actor, approval_id: uuid.UUID, *, now: datetime
) -> StandingApproval:
    """End a standing approval. Live actions stay live; later ones wait for the offender manager.
    Repeating the call changes nothing.
    """
    person_id = session.scalar(
        select(StandingApproval.person_id).where(StandingApproval.id == approval_id)
    )
    if person_id is None:
        raise NotFound("There is no such approval, or you may not see it.")
    person = _open_to_agree(session, actor, person_id, now)
    approval = session.get_one(StandingApproval, approval_id, populate_existing=True)
    if approval.ended_at is None:
        approval.ended_at, approval.ended_by = now, actor.label
        session.flush()
        events.record_for_person(
            session, "approval.ended", person, now=now, actor=actor.label, approval=approval.id
        )
    return approval


def _open_to_agree(session: Session, actor: Actor, person_id: uuid.UUID, now: datetime) -> Person:
    return open_person(
        session,
        actor,
        person_id,
        now=now,
        what="standing approval",
        ability=Ability.MANAGE,
        change=True,
        lock=True,
    )
