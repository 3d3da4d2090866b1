"""Conditions for lists: which rows an actor may see.

The rules are those of policy.py. A list for an ability holds exactly the people for whom
`open_person` would grant that ability; this module must never add a rule of its own.
"""

from dataclasses import replace

from sqlalchemy import ColumnElement, and_, exists, false, or_, true

from engage.access.policy import (
    ABILITIES,
    READ_IN_EMERGENCY,
    SCOPES,
    Ability,
    Actor,
    ActorKind,
    visible_to,
)
from engage.agencies.model import Role
from engage.appointments.model import Appointment
from engage.conversation.model import ReplyRecord
from engage.people.model import ContactPoint, NumberState, Person
from engage.signals import HEALTH, Signal


def people(actor: Actor, ability: Ability = Ability.VIEW) -> ColumnElement[bool]:
    """The condition on Person for people whom the actor may see and has `ability` for."""
    if actor.kind is ActorKind.SYSTEM:
        return true()
    if actor.kind is ActorKind.KEY:
        granted = frozenset().union(*(SCOPES.get(scope, frozenset()) for scope in actor.scopes))
        return visible_to(actor) if ability in granted else false()
    return visible_to(_with(actor, ability))


def appointments(actor: Actor) -> ColumnElement[bool]:
    """The condition on Appointment joined with Person: every appointment of a visible person, but
    only their own agency's for a support worker.
    """
    wide = _with(actor, Ability.CONVERSE)
    if actor.kind is not ActorKind.STAFF or wide.roles == actor.roles:
        return people(actor)
    own = Appointment.agency_id == actor.agency_id
    return and_(people(actor), or_(own, visible_to(wide)) if wide.roles or wide.opened else own)


def signals(actor: Actor) -> ColumnElement[bool]:
    """The condition on Signal joined with Person: health signals only for people to whose health
    the actor has access.
    """
    return or_(Signal.kind.not_in(HEALTH), people(actor, Ability.HEALTH))


def unknown_texts(actor: Actor) -> ColumnElement[bool]:
    """The condition on ReplyRecord for texts that no person has been found for: from a number that
    no person has, or that a person has whose texts the actor may read.

    A phone shared by people whom the actor may not see is left to the hub that may.
    """
    owners = exists().where(
        ContactPoint.number == ReplyRecord.number,
        ContactPoint.state != NumberState.RETIRED,
        Person.id == ContactPoint.person_id,
    )
    return and_(
        ReplyRecord.person_id.is_(None),
        or_(~owners, owners.where(people(actor, Ability.CONVERSE))),
    )


def may_see_people(actor: Actor) -> bool:
    """Whether any role of the actor lets them see people. An administrator's does not."""
    return any(ABILITIES[role] for _, role in actor.roles)


def may_anywhere(actor: Actor, ability: Ability) -> bool:
    """Whether the actor has `ability` in any hub. Decides which parts of a page and of the menu are
    shown.
    """
    return bool(_with(actor, ability).roles)


def may_write(actor: Actor) -> bool:
    """Whether the actor may change anything about people. Auditors and administrators may not."""
    return any(ABILITIES[role] and role is not Role.AUDITOR for _, role in actor.roles)


def _with(actor: Actor, ability: Ability) -> Actor:
    """The actor with only the roles, and the emergency access, that grant `ability`."""
    return replace(
        actor,
        roles=frozenset((hub, role) for hub, role in actor.roles if ability in ABILITIES[role]),
        opened=actor.opened if ability in READ_IN_EMERGENCY else frozenset(),
    )
