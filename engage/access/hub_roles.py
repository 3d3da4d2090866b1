"""The hubs whose referrals and meetings an actor may read, write or decide on.

A referral may be of a person who is not in Engage, so policy.py has no record to decide about. This
module decides by hub. It gives no right over any person and denies by default.
"""

import uuid

from engage.access.policy import ABILITIES, HUB_WIDE_ROLES, SCOPES, Ability, Actor, ActorKind
from engage.agencies.model import AgencyKind, Role
from engage.core.errors import Forbidden, NotFound

REFERRERS = frozenset(
    {Role.OFFENDER_MANAGER, Role.SUPPORT_WORKER, Role.COORDINATOR, Role.SUPERVISOR}
)
"""Staff of every agency may refer a person. Auditors and administrators may not."""
SELECTS_AT_ARREST = AgencyKind.POLICE


def hubs_to_refer_to(actor: Actor) -> frozenset[uuid.UUID]:
    """The hubs to which the actor may refer a person."""
    return _key_hub(actor, "referrals:write") or actor.hubs(*REFERRERS)


def hubs_with_queue(actor: Actor) -> frozenset[uuid.UUID]:
    """The hubs in which the actor reads the referrals of every agency and the whole of meetings."""
    return _key_hub(actor, "referrals:read", "meetings:read") or actor.hubs(*HUB_WIDE_ROLES)


def hubs_to_decide_in(actor: Actor) -> frozenset[uuid.UUID]:
    """The hubs in which the actor manages referrals, calls meetings and records decisions."""
    return _with(actor, Ability.DECIDE)


def hubs_to_assess_in(actor: Actor) -> frozenset[uuid.UUID]:
    """The hubs in which the actor may assess a person who has been referred."""
    by_role = frozenset(hub for hub, role in actor.roles if Ability.MANAGE in ABILITIES[role])
    return _key_hub(actor, "referrals:write") or by_role


def hubs_to_attend(actor: Actor) -> frozenset[uuid.UUID]:
    """The hubs whose meetings the actor may read: the whole meeting, or the part about people whom
    they may see.
    """
    return _with(actor, Ability.CASE)


def hubs_with_health(actor: Actor) -> frozenset[uuid.UUID]:
    """The hubs in which the actor has health access to people who are referred."""
    return _with(actor, Ability.HEALTH)


def may(actor: Actor, hubs: frozenset[uuid.UUID], hub_id: uuid.UUID) -> bool:
    """Whether a hub is among the actor's `hubs`. Engage itself may act in every hub."""
    return actor.kind is ActorKind.SYSTEM or hub_id in hubs


def require(actor: Actor, hubs: frozenset[uuid.UUID], hub_id: uuid.UUID) -> None:
    """Raise NotFound if the actor has no role in the hub, Forbidden if their role there does not
    allow this.
    """
    if may(actor, hubs, hub_id):
        return
    if hub_id in actor.hubs() or hub_id == actor.hub_id:
        raise Forbidden("Your role does not allow this in this hub.")
    raise NotFound("There is no such hub, or it is not yours.")


def _with(actor: Actor, ability: Ability) -> frozenset[uuid.UUID]:
    """The hubs in which the actor has `ability`."""
    if actor.kind is ActorKind.KEY and actor.hub_id is not None:
        granted = frozenset().union(*(SCOPES.get(scope, frozenset()) for scope in actor.scopes))
        return frozenset({actor.hub_id}) if ability in granted else frozenset()
    return frozenset(hub for hub, role in actor.roles if ability in ABILITIES[role])


def _key_hub(actor: Actor, *scopes: str) -> frozenset[uuid.UUID]:
    """The hub of a key that has one of `scopes`; no hub for any other actor."""
    if actor.kind is ActorKind.KEY and actor.hub_id is not None and actor.scopes & set(scopes):
        return frozenset({actor.hub_id})
    return frozenset()
