"""Open one action of a plan, and check who may do what to it.

An actor limited to their own agency's part reaches only their own agency's actions. Health matters
require health access. Nothing else in this package reads an action by its id. Events of the plan
never hold the pathway, which may reveal a health matter.
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
    """Return an action that the actor may change, with its person. Both rows are locked until the
    transaction ends.

    Raises NotFound if the actor may not see the person or the action is another agency's part,
    Forbidden for an actor who may only read.
    """
    person_id = session.scalar(select(Action.person_id).where(Action.id == action_id))
    if person_id is None:
        raise NotFound("There is no such action, or you may not see it.")
    person = open_to_change(session, actor, person_id, now=now, what=what)
    action = session.get_one(Action, action_id, with_for_update=True, populate_existing=True)
    if own_agency_only(actor, person) and action.agency_id != actor.agency_id:
        raise NotFound("There is no such action, or you may not see it.")
    must_see(actor, person, action.pathway, action.agency_id)
    return person, action


def open_to_change(
    session: Session, actor: Actor, person_id: uuid.UUID, *, now: datetime, what: str
) -> Person:
    """Return the person whose plan the actor may add to, locked until the transaction ends. Raises
    NotFound or Forbidden.
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


def may_see(
    actor: Actor, person: Person, pathway: Pathway, agency_id: uuid.UUID | None = None
) -> bool:
    """Whether the actor may see a need or action. Health matters require health access, or
    membership of the agency that does the action.
    """
    if pathway not in rules.HEALTH or Ability.HEALTH in abilities(actor, person):
        return True
    return agency_id is not None and agency_id == actor.agency_id and own_agency_only(actor, person)


def must_see(
    actor: Actor, person: Person, pathway: Pathway, agency_id: uuid.UUID | None = None
) -> None:
    """Raise Forbidden unless the actor may see the need or action."""
    if not may_see(actor, person, pathway, agency_id):
        raise Forbidden("Your role does not include health matters.")


def must_manage(actor: Actor, person: Person) -> None:
    """Raise Forbidden unless the actor manages the person."""
    if Ability.MANAGE not in abilities(actor, person):
        raise Forbidden("Only those who manage this person can do this.")


def must_be_manager(actor: Actor, person: Person) -> None:
    """Raise Forbidden unless the actor is the person's current offender manager. Their approval
    cannot be given by anyone else.
    """
    if not is_manager(actor, person):
        raise Forbidden("Only the person’s own offender manager can approve this.")


def is_manager(actor: Actor, person: Person) -> bool:
    """Whether the actor is the person's offender manager."""
    return actor.kind is ActorKind.STAFF and actor.id == person.offender_manager_id


def manager_label(person: Person) -> str:
    """The label of the person's offender manager in events and `*_by` columns."""
    return f"staff:{person.offender_manager_id}"
