"""Which rows of a list an actor may see: access.py's rule turned into conditions for whole lists.

It adds no rule of its own: a list for an ability holds exactly the people for whom `open_person`
would grant that ability.
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
    """The condition on Person for those whom the actor may see and do `ability` to."""
    if actor.kind is ActorKind.SYSTEM:
        return true()
    if actor.kind is ActorKind.KEY:
        granted = frozenset().union(*(SCOPES.get(scope, frozenset()) for scope in actor.scopes))
        return visible_to(actor) if ability in granted else false()
    return visible_to(_with(actor, ability))


def appointments(actor: Actor) -> ColumnElement[bool]:
    """The condition on Appointment joined with Person: all of a person's for most, their own
    agency's for a support worker.
    """
    if actor.kind is not ActorKind.STAFF or _with(actor, Ability.CONVERSE).roles == actor.roles:
        return people(actor)
    own = Appointment.agency_id == actor.agency_id
    wide = _with(actor, Ability.CONVERSE)
    return and_(people(actor), or_(own, visible_to(wide)) if wide.roles or wide.opened else own)


def signals(actor: Actor) -> ColumnElement[bool]:
    """The condition on Signal joined with Person: signals of health only of people whose health the
    actor may see.
    """
    return or_(Signal.kind.not_in(HEALTH), people(actor, Ability.HEALTH))


def unknown_texts(actor: Actor) -> ColumnElement[bool]:
    """The condition on Reading for texts of nobody in particular: from a number that nobody has, or
    that somebody has whose thread the actor may read.

    A phone that people of another hub share is theirs to sort out, and so is one whose people are
    all kept from the actor.
    """
    on_it = exists().where(
        ContactPoint.number == ReplyRecord.number,
        ContactPoint.state != NumberState.RETIRED,
        Person.id == ContactPoint.person_id,
    )
    return and_(
        ReplyRecord.person_id.is_(None), or_(~on_it, on_it.where(people(actor, Ability.CONVERSE)))
    )


def may_see_people(actor: Actor) -> bool:
    """Whether any of the actor's roles lets them see people at all (an administrator's does not)."""
    return any(ABILITIES[role] for _, role in actor.roles)


def may_anywhere(actor: Actor, ability: Ability) -> bool:
    """Whether the actor has `ability` in some hub: what decides which parts of a page and of the
    menu are offered.
    """
    return bool(_with(actor, ability).roles)


def may_write(actor: Actor) -> bool:
    """Whether the actor may change anything about people: an auditor and an administrator may not."""
    return any(ABILITIES[role] and role is not Role.AUDITOR for _, role in actor.roles)


def _with(actor: Actor, ability: Ability) -> Actor:
    return replace(
        actor,
        roles=frozenset((hub, role) for hub, role in actor.roles if ability in ABILITIES[role]),
        opened=actor.opened if ability in READ_IN_EMERGENCY else frozenset(),
    )
