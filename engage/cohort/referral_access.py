"""Which referrals an actor may see. Nothing here changes a referral."""

import uuid
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select, true
from sqlalchemy.orm import Session

from engage.access import hub_roles
from engage.access.policy import Actor, ActorKind, visible_to
from engage.cohort.model import Referral
from engage.core import events
from engage.core.errors import (
    NotFound,
)
from engage.people.model import Person


def open_referral(
    session: Session, actor: Actor, referral_id: uuid.UUID, *, now: datetime, lock: bool = False
) -> Referral:
    """A referral that the actor may see. Raises NotFound.

    With `lock` its row is locked until the transaction ends. Without it, the reading is logged if
    the person is known.
    """
    query = select(Referral).outerjoin(Person, Person.id == Referral.person_id)
    query = query.where(Referral.id == referral_id, visible_referrals(actor))
    if lock:
        query = query.with_for_update(of=Referral).execution_options(populate_existing=True)
    found = session.scalars(query).one_or_none()
    if found is None:
        raise NotFound("There is no such referral, or you may not see it.")
    if found.person_id is not None and actor.kind is not ActorKind.SYSTEM and not lock:
        events.record_access(
            session, now=now, actor=actor.label, person_id=found.person_id, what="referral"
        )
    return found


def visible_referrals(actor: Actor) -> ColumnElement[bool]:
    """The condition on Referral (with Person outer-joined) for the referrals that the actor may
    see.

    A reader of the hub's queue sees all except those of people they may not see. Other staff see
    what their own agency sent.
    """
    if actor.kind is ActorKind.SYSTEM:
        return true()
    in_queue = and_(
        Referral.hub_id.in_(hub_roles.hubs_with_queue(actor)),
        or_(Referral.person_id.is_(None), visible_to(actor)),
    )
    if actor.kind is not ActorKind.STAFF:
        return or_(in_queue, Referral.referred_by == actor.label)
    own = and_(
        Referral.hub_id.in_(hub_roles.hubs_to_refer_to(actor)),
        Referral.agency_id == actor.agency_id,
    )
    return or_(in_queue, own)
