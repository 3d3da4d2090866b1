"""Emergency access: open a record that is closed to a member of staff, for some hours.

It needs a reason, gives reading only, and is for staff of the person's own hub. The offender
manager is told at once by a signal and a notice. It must never open a record to staff who are
excluded by name, and never gives health access.
"""

from dataclasses import replace
from datetime import datetime, timedelta

import structlog
from sqlalchemy import exists, not_, select
from sqlalchemy.orm import Session

from engage.access.model import BreakGlass
from engage.access.policy import Actor, ActorKind, visible_to
from engage.agencies import staff_notices
from engage.agencies.hub_settings import hub_rules
from engage.agencies.model import Hub, Role, Staff
from engage.core import events
from engage.core.errors import Conflict, Forbidden, NotFound
from engage.core.text_fields import clean_text
from engage.people.model import Person, RecordAccess
from engage.signals import Evidence, SignalKind, raise_signal

log = structlog.get_logger(__name__)

OPENERS = (Role.OFFENDER_MANAGER, Role.COORDINATOR, Role.SUPERVISOR, Role.SUPPORT_WORKER)
"""The roles that may use emergency access. Auditors and administrators may not."""
SHORTEST, LONGEST = 20, 500
STAKES_MISSING = (
    f"Say what is at stake and why it cannot wait, in {SHORTEST} to {LONGEST} characters."
)


def with_opened(session: Session, actor: Actor, *, now: datetime) -> Actor:
    """The actor with the people whose records are open to them by emergency access alone. One
    statement, for staff only.
    """
    if actor.kind is not ActorKind.STAFF or not actor.has(*OPENERS):
        return actor
    without = replace(actor, opened=frozenset())
    excluded = exists().where(
        RecordAccess.person_id == Person.id,
        RecordAccess.staff_id == actor.id,
        RecordAccess.excluded,
    )
    opened = session.scalars(
        select(BreakGlass.person_id)
        .join(Person, Person.id == BreakGlass.person_id)
        .where(
            BreakGlass.staff_id == actor.id,
            BreakGlass.ends_at > now,
            Person.hub_id.in_(actor.hubs(*OPENERS)),
            not_(visible_to(without)),
            not_(excluded),
        )
    )
    return replace(actor, opened=frozenset(opened))


def open_record(
    session: Session, actor: Actor, crn: str, *, reason: str, now: datetime
) -> BreakGlass:
    """Open the record with this CRN to the actor for `break_glass_hours` of the person's hub.

    Raises Forbidden if the role does not allow it, Invalid if the reason is too short or too long,
    and Conflict if the record is open to the actor already. Raises NotFound if the person is in
    another hub and also if the actor is excluded by name, so that neither can be told apart.
    """
    if actor.kind is not ActorKind.STAFF or not actor.has(*OPENERS):
        raise Forbidden("Your role does not allow emergency access.")
    reason = clean_text(
        "reason", reason, LONGEST, shortest=SHORTEST, missing=STAKES_MISSING, one_line=True
    )
    person = _find(session, actor, crn, now)
    staff = session.get_one(Staff, actor.id)
    hub = session.get_one(Hub, person.hub_id)
    made = BreakGlass(
        person_id=person.id,
        staff_id=staff.id,
        reason=reason,
        at=now,
        ends_at=now + timedelta(hours=hub_rules(hub).break_glass_hours),
    )
    session.add(made)
    session.flush()
    events.record_access(
        session, now=now, actor=actor.label, person_id=person.id, what="opened in an emergency"
    )
    events.record_for_person(
        session,
        "record.opened",
        person,
        now=now,
        actor=actor.label,
        opening=made.id,
        ends_at=made.ends_at,
    )
    _tell_offender_manager(session, person, staff, made, now)
    return made


def _find(session: Session, actor: Actor, crn: str, now: datetime) -> Person:
    person = session.scalars(
        select(Person)
        .where(
            Person.crn == crn,
            Person.hub_id.in_(actor.hubs(*OPENERS)),
            Person.merged_into_id.is_(None),
        )
        .with_for_update(of=Person)
    ).one_or_none()
    excluded = person is not None and session.scalar(
        select(RecordAccess.id).where(
            RecordAccess.person_id == person.id,
            RecordAccess.staff_id == actor.id,
            RecordAccess.excluded,
        )
    )
    if person is None or excluded:
        log.warning(
            "access.refused",
            actor=actor.label,
            what="open in an emergency",
            excluded=bool(excluded),
        )
        raise NotFound("You cannot open a record with this CRN. Ask a supervisor.")
    current = with_opened(session, actor, now=now)
    if session.scalar(select(Person.id).where(Person.id == person.id, visible_to(current))):
        raise Conflict("This record is open to you already.", code="open_already")
    return person


def _tell_offender_manager(
    session: Session, person: Person, staff: Staff, opening: BreakGlass, now: datetime
) -> None:
    raise_signal(
        session,
        SignalKind.RECORD_OPENED,
        person_id=person.id,
        hub_id=person.hub_id,
        cause=str(opening.id),
        why=f"{staff.name} opened this record in an emergency. "
        "Their reason is with the record, under Record access.",
        evidence=[Evidence("break_glass", str(opening.id))],
        now=now,
        actor=f"staff:{staff.id}",
    )
    manager = session.get_one(Staff, person.offender_manager_id)
    staff_notices.notify_worker(
        session, manager, about=f"opened:{opening.id}", now=now, urgent=True
    )
