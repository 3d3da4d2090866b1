"""Who has a seat where: the hubs whose referrals and meetings an actor reads, writes or decides.

A referral may be of somebody whom Engage does not know, so access.py has no person to ask about;
this adds the hub's side and no right over any person. Denies by default.
"""

import uuid

from engage.access.policy import (
    ABILITIES,
    HUB_WIDE_ROLES,
    SCOPES,
    Ability,
    Actor,
    ActorKind,
)
from engage.agencies.model import AgencyKind, Role
from engage.core.errors import Forbidden, NotFound

REFERRERS = frozenset(
    {Role.OFFENDER_MANAGER, Role.SUPPORT_WORKER, Role.COORDINATOR, Role.SUPERVISOR}
)
"""Any agency's staff may refer anybody; whoever only reads, or only runs the service, refers
nobody.
"""
SELECTS_AT_ARREST = AgencyKind.POLICE


def hubs_to_refer_to(actor: Actor) -> frozenset[uuid.UUID]:
    """The hubs to which the actor may refer somebody."""
    return _key_hub(actor, "referrals:write") or actor.hubs(*REFERRERS)


def hubs_with_queue(actor: Actor) -> frozenset[uuid.UUID]:
    """The hubs of which the actor reads every agency's referrals, and all of a meeting."""
    return _key_hub(actor, "referrals:read", "meetings:read") or actor.hubs(*HUB_WIDE_ROLES)


def hubs_to_decide_in(actor: Actor) -> frozenset[uuid.UUID]:
    """The hubs in which the actor keeps the queue, calls meetings and records what they decided."""
    return _with(actor, Ability.DECIDE)


def hubs_to_assess_in(actor: Actor) -> frozenset[uuid.UUID]:
    """The hubs in which the actor may assess somebody who has been referred."""
    found = frozenset(hub for hub, role in actor.roles if Ability.MANAGE in ABILITIES[role])
    return _key_hub(actor, "referrals:write") or found


def hubs_to_attend(actor: Actor) -> frozenset[uuid.UUID]:
    """The hubs whose meetings the actor may look at: all of it, or the part about people whom they
    see.
    """
    return _with(actor, Ability.CASE)


def hubs_with_health(actor: Actor) -> frozenset[uuid.UUID]:
    """The hubs in which the actor may see what tells of the health of somebody who is referred."""
    return _with(actor, Ability.HEALTH)


def may(actor: Actor, hubs: frozenset[uuid.UUID], hub_id: uuid.UUID) -> bool:
    """Whether a hub is among those of the actor; Engage itself may everywhere."""
    return actor.kind is ActorKind.SYSTEM or hub_id in hubs


def require(actor: Actor, hubs: frozenset[uuid.UUID], hub_id: uuid.UUID) -> None:
    """Raise NotFound for a hub that the actor has nothing to do with, Forbidden for one where their
    role does not allow this.
    """
    if may(actor, hubs, hub_id):
        return
    if hub_id in actor.hubs() or hub_id == actor.hub_id:
        raise Forbidden("Your role does not allow this in this hub.")
    raise NotFound("There is no such hub, or it is not yours.")


def _with(actor: Actor, ability: Ability) -> frozenset[uuid.UUID]:
    if actor.kind is ActorKind.KEY and actor.hub_id is not None:
        granted = frozenset().union(*(SCOPES.get(scope, frozenset()) for scope in actor.scopes))
        return frozenset({actor.hub_id}) if ability in granted else frozenset()
    return frozenset(hub for hub, role in actor.roles if ability in ABILITIES[role])


def _key_hub(actor: Actor, *scopes: str) -> frozenset[uuid.UUID]:
    if actor.kind is ActorKind.KEY and actor.hub_id is not None and actor.scopes & set(scopes):
        return frozenset({actor.hub_id})
    return frozenset()
