"""Opening a record that is closed to somebody, because it cannot wait: with a reason, for some
hours, and never in secret.

The offender manager is told at once, by a signal and by a notice. It gives reading and nothing
else, and it is for staff of the person's own hub. It must never open a record to somebody who is
excluded from it by name, nor a record of health.
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
from engage.core.errors import (
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
)
from engage.people.model import Person, RecordAccess
from engage.signals import Evidence, SignalKind, raise_signal

log = structlog.get_logger(__name__)

OPENERS = (Role.OFFENDER_MANAGER, Role.COORDINATOR, Role.SUPERVISOR, Role.SUPPORT_WORKER)
"""Whose work it may be to help somebody at once. Auditors and administrators have no such
emergencies.
"""
SHORTEST, LONGEST = 20, 500


def with_opened(session: Session, actor: Actor, *, now: datetime) -> Actor:
    """The actor with the records that they have opened and that are closed to them otherwise. One
    statement, for staff only.
    """
    if actor.kind is not ActorKind.STAFF or not actor.has(*OPENERS):
        return actor
    bare = replace(actor, opened=frozenset())
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
            not_(visible_to(bare)),
            not_(excluded),
        )
    )
    return replace(actor, opened=frozenset(opened))


def open_record(
    session: Session, actor: Actor, crn: str, *, reason: str, now: datetime
) -> BreakGlass:
    """Open the record with this CRN to the actor, for as many hours as the hub allows.

    Raises Forbidden for a role that has no emergencies, Invalid for a reason that says nothing,
    Conflict where the record is open to them already, and NotFound for everybody of another hub and
    for whoever is excluded by name: both are told the same.
    """
    reason = " ".join(reason.split())
    if actor.kind is not ActorKind.STAFF or not actor.has(*OPENERS):
        raise Forbidden("Your role opens no records in an emergency.")
    if not SHORTEST <= len(reason) <= LONGEST:
        raise Invalid(
            fields={
                "reason": f"Say what is at stake and why it cannot wait, in {SHORTEST} to {LONGEST} characters."
            }
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
    events.record(
        session,
        "record.opened",
        now=now,
        actor=actor.label,
        person_id=person.id,
        hub_id=person.hub_id,
        opening=made.id,
        ends_at=made.ends_at,
    )
    _tell(session, person, staff, made, now)
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
        raise NotFound(
            "There is no record with this CRN that can be opened to you. Ask a supervisor."
        )
    as_now = with_opened(session, actor, now=now)
    if session.scalar(select(Person.id).where(Person.id == person.id, visible_to(as_now))):
        raise Conflict("This record is open to you already.", code="open_already")
    return person


def _tell(
    session: Session, person: Person, staff: Staff, opening: BreakGlass, now: datetime
) -> None:
    raise_signal(
        session,
        SignalKind.RECORD_OPENED,
        person_id=person.id,
        hub_id=person.hub_id,
        cause=str(opening.id),
        why=f"{staff.name} opened this record in an emergency. Their reason is with the record, under Who has seen it.",
        evidence=[Evidence("break_glass", str(opening.id))],
        now=now,
        actor=f"staff:{staff.id}",
    )
    manager = session.get_one(Staff, person.offender_manager_id)
    staff_notices.notify_worker(
        session, manager, about=f"opened:{opening.id}", now=now, urgent=True
    )
