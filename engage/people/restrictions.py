"""Limited access: who is barred from a person's record by name, and who is let into one that is
restricted.

Kept by coordinators and supervisors. It must never leave a person without somebody who sees them:
their offender manager is never excluded, and whoever restricts a record is let into it.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from engage.access.policy import (
    HUB_WIDE_ROLES,
    Ability,
    Actor,
    ActorKind,
    open_person,
)
from engage.agencies.model import Membership, Role, Staff
from engage.core import events
from engage.core.db import new_id
from engage.core.errors import Conflict, Forbidden, Invalid
from engage.people import service
from engage.people.model import Person, RecordAccess

KEEPERS = (Role.COORDINATOR, Role.SUPERVISOR)


def may_limit(actor: Actor, person: Person) -> bool:
    """Whether the actor may say who sees this person's record, once they see it themselves."""
    if actor.kind is ActorKind.SYSTEM:
        return True
    return person.hub_id in actor.hubs(*KEEPERS) and person.id not in actor.opened


def restrict(
    session: Session,
    actor: Actor,
    person_id: uuid.UUID,
    *,
    restricted: bool,
    texts_allowed: bool,
    now: datetime,
) -> Person:
    """Make the record one that only its offender manager and those let in by name see, or an
    ordinary one again.

    Restricting withdraws the texts that wait, unless they are allowed, and lets the actor in.
    Raises NotFound or Forbidden.
    """
    _open(session, actor, person_id, "restrict the record", now)
    changes = {"restricted": restricted, "restricted_texts_allowed": restricted and texts_allowed}
    person = service.update_person(session, actor, person_id, changes, now=now)
    if restricted and actor.id is not None and person.offender_manager_id != actor.id:
        _put(session, actor, person, actor.id, excluded=False, now=now)
    return person


def name_staff(
    session: Session,
    actor: Actor,
    person_id: uuid.UUID,
    staff_id: uuid.UUID,
    *,
    excluded: bool,
    now: datetime,
) -> None:
    """Bar a member of staff from the record, or let them into it while it is restricted; the later
    word counts.

    Raises Invalid for somebody who does not work in the hub, or whom naming would not help,
    Conflict for the person's own offender manager and for the actor themselves, who would shut
    themselves out.
    """
    person = _open(session, actor, person_id, "limit access to the record", now)
    if staff_id not in {staff.id for staff in candidates(session, person)}:
        raise Invalid(fields={"staff": "Choose somebody who works in this hub."})
    if staff_id == person.offender_manager_id:
        raise Conflict("They are the offender manager. Give the person to somebody else first.")
    if excluded and staff_id == actor.id:
        raise Conflict("You would shut yourself out. Ask another coordinator or supervisor.")
    _put(session, actor, person, staff_id, excluded=excluded, now=now)


def remove_named_staff(
    session: Session, actor: Actor, person_id: uuid.UUID, staff_id: uuid.UUID, *, now: datetime
) -> None:
    """Take somebody off the list: their role alone decides again. Taking off whoever is not on it
    changes nothing.

    Raises Conflict where the actor would lose sight of a restricted record by it.
    """
    person = _open(session, actor, person_id, "limit access to the record", now)
    row = session.scalars(
        select(RecordAccess).where(
            RecordAccess.person_id == person.id, RecordAccess.staff_id == staff_id
        )
    ).one_or_none()
    if row is None:
        return
    if person.restricted and staff_id == actor.id and person.offender_manager_id != actor.id:
        raise Conflict("You would shut yourself out. Ask another coordinator or supervisor.")
    session.delete(row)
    session.flush()
    _record(session, actor, person, "access.unnamed", staff_id, now)


def named(session: Session, person: Person) -> Sequence[tuple[RecordAccess, Staff]]:
    """Who is barred or let in by name, by name; the caller has opened the person."""
    rows = session.execute(
        select(RecordAccess, Staff)
        .join(Staff, Staff.id == RecordAccess.staff_id)
        .where(RecordAccess.person_id == person.id)
        .order_by(Staff.name, Staff.id)
    )
    return [(row, staff) for row, staff in rows]


def candidates(session: Session, person: Person) -> Sequence[Staff]:
    """The active staff of the person's hub whose roles let them see people, by name."""
    roles = (*HUB_WIDE_ROLES, Role.OFFENDER_MANAGER, Role.SUPPORT_WORKER)
    members = select(Membership.staff_id).where(
        Membership.hub_id == person.hub_id, Membership.role.in_(roles)
    )
    return session.scalars(
        select(Staff).where(Staff.id.in_(members), Staff.active).order_by(Staff.name, Staff.id)
    ).all()


def _open(session: Session, actor: Actor, person_id: uuid.UUID, what: str, now: datetime) -> Person:
    person = open_person(
        session,
        actor,
        person_id,
        now=now,
        what=what,
        ability=Ability.MANAGE,
        change=True,
        lock=True,
    )
    if not may_limit(actor, person):
        raise Forbidden("Only a coordinator or supervisor says who sees a record.")
    return person


def _put(
    session: Session,
    actor: Actor,
    person: Person,
    staff_id: uuid.UUID,
    *,
    excluded: bool,
    now: datetime,
) -> None:
    changed = session.scalar(
        insert(RecordAccess)
        .values(id=new_id(), person_id=person.id, staff_id=staff_id, excluded=excluded)
        .on_conflict_do_update(
            index_elements=[RecordAccess.person_id, RecordAccess.staff_id],
            set_={"excluded": excluded},
            where=RecordAccess.excluded.is_distinct_from(excluded),
        )
        .returning(RecordAccess.id)
    )
    if changed is not None:
        _record(
            session,
            actor,
            person,
            "access.excluded" if excluded else "access.admitted",
            staff_id,
            now,
        )


def _record(
    session: Session, actor: Actor, person: Person, kind: str, staff_id: uuid.UUID, now: datetime
) -> None:
    events.record(
        session,
        kind,
        now=now,
        actor=actor.label,
        person_id=person.id,
        hub_id=person.hub_id,
        staff=staff_id,
    )
