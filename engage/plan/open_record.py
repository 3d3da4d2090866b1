"""The way to one action of a plan, and what may be done to it by whom.

Who sees only their own agency's part of a record reaches their own agency's actions and no other;
matters of health are changed by whoever may see them. Nothing else in this package reads an action
by its id. Events of the plan never hold the pathway, which may reveal somebody's health.
"""

import uuid
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.access.policy import (
    Ability,
    Actor,
    ActorKind,
    abilities,
    open_person,
    own_agency_only,
)
from engage.core.errors import Forbidden, NotFound
from engage.people.model import Person
from engage.plan import rules
from engage.plan.kinds import Pathway
from engage.plan.model import Action

LONGEST_NOTE = 500


def open_action(
    session: Session, actor: Actor, action_id: uuid.UUID, *, now: datetime, what: str
) -> tuple[Person, Action]:
    """An action that the actor may change, with its person; both rows are held until the
    transaction ends.

    Raises NotFound for whoever may not see the person, or sees only another agency's part;
    Forbidden for whoever only reads.
    """
    person_id = session.scalar(select(Action.person_id).where(Action.id == action_id))
    if person_id is None:
        raise NotFound("There is no such action, or you may not see it.")
    person = open_to_change(session, actor, person_id, now=now, what=what)
    action = session.get_one(Action, action_id, with_for_update=True, populate_existing=True)
    if own_agency_only(actor, person) and action.agency_id != actor.agency_id:
        raise NotFound("There is no such action, or you may not see it.")
    may_know(actor, person, action.pathway, action.agency_id)
    return person, action


def open_to_change(
    session: Session, actor: Actor, person_id: uuid.UUID, *, now: datetime, what: str
) -> Person:
    """The person whose plan the actor may add to, held until the transaction ends. Raises NotFound
    or Forbidden.
    """
    return open_person(
        session,
        actor,
        person_id,
        now=now,
        what=what,
        ability=Ability.RECORD,
        change=True,
        lock=True,
    )


def knows(
    actor: Actor, person: Person, pathway: Pathway, agency_id: uuid.UUID | None = None
) -> bool:
    """Whether the actor may know of this: all may but of matters of health, which are for whoever
    sees those, and for those who do it themselves: the workers of the agency that it is left to.
    """
    if pathway not in rules.HEALTH or Ability.HEALTH in abilities(actor, person):
        return True
    return agency_id is not None and agency_id == actor.agency_id and own_agency_only(actor, person)


def may_know(
    actor: Actor, person: Person, pathway: Pathway, agency_id: uuid.UUID | None = None
) -> None:
    """Refuse (Forbidden) whoever may not know of this."""
    if not knows(actor, person, pathway, agency_id):
        raise Forbidden("Your role does not let you see matters of health.")


def must_manage(actor: Actor, person: Person) -> None:
    """Refuse (Forbidden) whoever does not manage the person."""
    if Ability.MANAGE not in abilities(actor, person):
        raise Forbidden("Only whoever manages this person may do this.")


def must_be_manager(actor: Actor, person: Person) -> None:
    """Refuse (Forbidden) everybody but the person's offender manager of today: what they agree to
    nobody agrees to for them.
    """
    if not is_manager(actor, person):
        raise Forbidden("Only the person’s own offender manager may agree to this.")


def is_manager(actor: Actor, person: Person) -> bool:
    """Whether the actor is the person's offender manager."""
    return actor.kind is ActorKind.STAFF and actor.id == person.offender_manager_id


def manager_label(person: Person) -> str:
    """How the person's offender manager is named where somebody's doing is recorded."""
    return f"staff:{person.offender_manager_id}"
