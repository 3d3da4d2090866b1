"""The on-call rota of a hub: who answers for urgent items, when and in which order, and the mobiles
for their notices.

Turns may overlap and leave gaps. A gap is shown and never filled by a guess. Staff on call are told
that an item needs them, and then see in Engage what their roles allow: a turn must never give a
right to a record.
"""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from engage.access.policy import Actor, ActorKind
from engage.agencies import staff_notices
from engage.agencies.model import Hub, Membership, OnCallTurn, Role, Staff
from engage.core import events
from engage.core.errors import Forbidden, Invalid, NotFound

LEVELS = range(1, 10)
LONGEST_TURN = timedelta(days=31)
MANAGERS = (Role.COORDINATOR, Role.SUPERVISOR, Role.ADMINISTRATOR)
"""Who manages the rota of their hub."""
ON_CALL = (Role.OFFENDER_MANAGER, Role.COORDINATOR, Role.SUPERVISOR)
"""Who can deal with an urgent item. An offender manager sees only their own people, so is told only
about them.
"""
MAX_TURNS = 200


@dataclass(frozen=True)
class NewTurn:
    """A turn to add. `level` 1 is told first, a higher one if nobody has acknowledged."""

    hub_id: uuid.UUID
    staff_id: uuid.UUID
    starts_at: datetime
    ends_at: datetime
    level: int = 1


def add(session: Session, actor: Actor, new: NewTurn, *, now: datetime) -> OnCallTurn:
    """Add a turn to the rota of a hub. Turns may overlap.

    Raises Forbidden for a rota that the actor does not manage, and Invalid for an end that is not
    after the start, has passed or is more than 31 days after the start, for an unknown level, and
    for staff who cannot deal with urgent items there.
    """
    _check_may_manage(actor, new.hub_id)
    if new.ends_at <= new.starts_at:
        raise Invalid(fields={"ends_at": "The end must be after the start."})
    if new.ends_at <= now:
        raise Invalid(fields={"ends_at": "The end has passed."})
    if new.ends_at - new.starts_at > LONGEST_TURN:
        raise Invalid(fields={"ends_at": "A turn lasts at most 31 days."})
    if new.level not in LEVELS:
        raise Invalid(fields={"level": "Choose a level from 1 to 9."})
    if new.staff_id not in {staff.id for staff in eligible(session, [new.hub_id])}:
        raise Invalid(
            fields={"staff": "Choose an offender manager, coordinator or supervisor of this hub."}
        )
    turn = OnCallTurn(
        hub_id=new.hub_id,
        staff_id=new.staff_id,
        starts_at=new.starts_at,
        ends_at=new.ends_at,
        level=new.level,
        created_at=now,
        created_by=actor.label,
    )
    session.add(turn)
    session.flush()
    events.record(
        session,
        "on_call.turn_added",
        now=now,
        actor=actor.label,
        hub_id=new.hub_id,
        turn=turn.id,
        staff=new.staff_id,
        level=new.level,
        starts_at=new.starts_at.isoformat(),
        ends_at=new.ends_at.isoformat(),
    )
    return turn


def remove(session: Session, actor: Actor, turn_id: uuid.UUID, *, now: datetime) -> None:
    """Remove a turn. Raises NotFound if there is none, or if the actor does not manage its rota."""
    turn = session.get(OnCallTurn, turn_id, with_for_update=True)
    if turn is None or not may_manage(actor, turn.hub_id):
        raise NotFound("There is no such turn, or you may not see it.")
    session.delete(turn)
    session.flush()
    events.record(
        session,
        "on_call.turn_removed",
        now=now,
        actor=actor.label,
        hub_id=turn.hub_id,
        turn=turn.id,
        staff=turn.staff_id,
    )


def on_call(
    session: Session, hub_ids: Collection[uuid.UUID] | None, now: datetime
) -> Sequence[OnCallTurn]:
    """The turns of active staff at `now`, lowest level first; of every hub if `hub_ids` is None."""
    query = (
        select(OnCallTurn)
        .join(Staff, Staff.id == OnCallTurn.staff_id)
        .where(OnCallTurn.starts_at <= now, OnCallTurn.ends_at > now, Staff.active)
        .options(joinedload(OnCallTurn.staff), joinedload(OnCallTurn.hub))
        .order_by(OnCallTurn.level, Staff.name, OnCallTurn.id)
    )
    if hub_ids is not None:
        query = query.where(OnCallTurn.hub_id.in_(hub_ids))
    return session.scalars(query).all()


def upcoming_turns(
    session: Session, hub_ids: Collection[uuid.UUID], now: datetime
) -> Sequence[OnCallTurn]:
    """Current and future turns, in order of their start; at most 200."""
    return session.scalars(
        select(OnCallTurn)
        .where(OnCallTurn.hub_id.in_(hub_ids), OnCallTurn.ends_at > now)
        .options(joinedload(OnCallTurn.staff), joinedload(OnCallTurn.hub))
        .order_by(OnCallTurn.starts_at, OnCallTurn.level, OnCallTurn.id)
        .limit(MAX_TURNS)
    ).all()


def eligible(session: Session, hub_ids: Collection[uuid.UUID]) -> Sequence[Staff]:
    """The active staff of hubs who can have a turn, by name."""
    members = select(Membership.staff_id).where(
        Membership.hub_id.in_(hub_ids), Membership.role.in_(ON_CALL)
    )
    return session.scalars(
        select(Staff).where(Staff.id.in_(members), Staff.active).order_by(Staff.name, Staff.id)
    ).all()


def managed_hubs(session: Session, actor: Actor) -> Sequence[Hub]:
    """The hubs whose rota the actor manages, by name."""
    return session.scalars(
        select(Hub).where(Hub.id.in_(actor.hubs(*MANAGERS))).order_by(Hub.name, Hub.id)
    ).all()


def may_manage(actor: Actor, hub_id: uuid.UUID) -> bool:
    """Whether the actor may manage the rota of a hub."""
    return actor.kind is ActorKind.SYSTEM or hub_id in actor.hubs(*MANAGERS)


def change_mobile(
    session: Session, actor: Actor, staff_id: uuid.UUID, given: str, *, wants: bool, now: datetime
) -> Staff:
    """Record the mobile for notices to the actor, or to a colleague in a hub that the actor
    administers.

    Raises NotFound for other staff, and Invalid for anything but a UK mobile number.
    """
    staff = staff_for_notices(session, actor, staff_id)
    staff_notices.set_mobile(session, staff, given, wants=wants, actor=actor.label, now=now)
    return staff


def staff_for_notices(session: Session, actor: Actor, staff_id: uuid.UUID) -> Staff:
    """A member of staff whose notices the actor may change: the actor, or a colleague in a hub that
    they administer. Raises NotFound.
    """
    found = session.get(Staff, staff_id)
    hubs = {membership.hub_id for membership in found.memberships} if found is not None else set()
    allowed = actor.kind is ActorKind.SYSTEM or (
        actor.kind is ActorKind.STAFF
        and (actor.id == staff_id or bool(hubs & actor.hubs(Role.ADMINISTRATOR)))
    )
    if found is None or not found.active or not allowed:
        raise NotFound("There is no such member of staff, or you may not change their notices.")
    return found


def _check_may_manage(actor: Actor, hub_id: uuid.UUID) -> None:
    if not may_manage(actor, hub_id):
        raise Forbidden(
            "Only a coordinator, supervisor or administrator may manage the rota of their hub."
        )
