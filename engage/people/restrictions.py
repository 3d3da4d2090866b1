"""Limited access: which staff are excluded from a person's record, and which are admitted to a
restricted one.

Managed by coordinators and supervisors. It must never leave a person whom no member of staff can
see: their offender manager is never excluded, and the actor who restricts a record is admitted.
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
    """Whether the actor, who sees this person's record, may say who else sees it."""
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
    """Restrict the record to its offender manager and admitted staff, or end the restriction.

    A restriction withdraws texts that wait, unless texts are allowed, and admits the actor. Raises
    NotFound or Forbidden.
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
    """Exclude a member of staff from the record, or admit them to it while it is restricted. The
    latest call counts.

    Raises Invalid for a member of staff who is no candidate, Conflict for the person's own offender
    manager, and for actors who would shut themselves out.
    """
    person = _open(session, actor, person_id, "limit access to the record", now)
    if staff_id not in {staff.id for staff in candidates(session, person)}:
        raise Invalid(fields={"staff": "Choose a member of staff of this hub."})
    if staff_id == person.offender_manager_id:
        raise Conflict(
            "They are the offender manager. Transfer the person to another offender manager first."
        )
    if excluded and staff_id == actor.id:
        raise Conflict("You would shut yourself out. Ask another coordinator or supervisor.")
    _put(session, actor, person, staff_id, excluded=excluded, now=now)


def remove_named_staff(
    session: Session, actor: Actor, person_id: uuid.UUID, staff_id: uuid.UUID, *, now: datetime
) -> None:
    """Take a member of staff off the list: their roles alone decide again. If they are not on it,
    this does nothing.

    Raises Conflict if the actor would shut themselves out of a restricted record.
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
    """The excluded and the admitted staff, by name. The caller has opened the person."""
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
        raise Forbidden("Only a coordinator or supervisor can say who sees a record.")
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
    events.record_for_person(session, kind, person, now=now, actor=actor.label, staff=staff_id)
