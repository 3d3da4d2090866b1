"""Use cases on a person: add one, change one, approve texts.

Each takes an open session and never commits. A change that stops texts (custody, a closed case)
withdraws those that wait in the same transaction (rule 2).
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ScalarSelect, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from engage.access.policy import (
    Ability,
    Actor,
    ActorKind,
    open_person,
)
from engage.agencies.hub_settings import hub_rules
from engage.agencies.model import Hub, Membership, Role, Staff
from engage.core import events
from engage.core.db import new_id
from engage.core.errors import (
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
)
from engage.people import phones
from engage.people.contactability import (
    note_contactability_changed,
    withdraw_all,
    withdraw_if_stopped,
)
from engage.people.model import (
    CustodyStatus,
    Involvement,
    Language,
    LegalStatus,
    Person,
)


@dataclass(frozen=True)
class NewPerson:
    """What is needed to add a person. `given_number` is the phone number as it was written."""

    crn: str
    first_name: str
    last_name: str
    hub_id: uuid.UUID
    offender_manager_id: uuid.UUID
    preferred_name: str | None = None
    language: Language = Language.ENGLISH
    legal_status: LegalStatus = LegalStatus.UNKNOWN
    custody_status: CustodyStatus = CustodyStatus.COMMUNITY
    given_number: str | None = None


def person_with_crn(crn: str) -> ScalarSelect[uuid.UUID]:
    """SQL for the id of the record with a CRN, or of the one that it was merged into. The caller
    checks access.
    """
    return (
        select(func.coalesce(Person.merged_into_id, Person.id))
        .where(Person.crn == crn)
        .correlate(None)
        .scalar_subquery()
    )


def create_person(session: Session, actor: Actor, new: NewPerson, *, now: datetime) -> Person:
    """Add a person to a hub's caseload.

    Texts are approved from the start if the hub has standing approval. Raises NotFound for an
    unknown hub, Conflict if the CRN is taken or the hub has closed, Invalid if the offender manager
    is not one of that hub, Forbidden if the actor may not add people there.
    """
    _may_add(actor, new)
    hub = session.get(Hub, new.hub_id)
    if hub is None:
        raise NotFound("There is no such hub.")
    if hub.closed_at is not None and hub.closed_at <= now:
        raise Conflict("This hub has closed. Add them to another one.", code="hub_closed")
    _check_offender_manager(session, new.offender_manager_id, new.hub_id)
    approved = hub_rules(hub).standing_approval
    person: Person | None = session.scalar(
        insert(Person)
        .values(
            id=new_id(),
            crn=new.crn,
            hub_id=new.hub_id,
            offender_manager_id=new.offender_manager_id,
            first_name=new.first_name,
            last_name=new.last_name,
            preferred_name=new.preferred_name,
            language=new.language,
            legal_status=new.legal_status,
            custody_status=new.custody_status,
            texts_approved_at=now if approved else None,
            texts_approved_by_id=new.offender_manager_id if approved else None,
            created_at=now,
            updated_at=now,
        )
        .on_conflict_do_nothing(index_elements=[Person.crn])
        .returning(Person)
    )
    if person is None:
        raise Conflict(f"Somebody with the CRN {new.crn} is already recorded.", code="crn_taken")
    events.record_for_person(session, "person.added", person, now=now, actor=actor.label)
    if new.given_number:
        phones.add_number(
            session, person, new.given_number, None, actor=actor, now=now, verified_how=None
        )
    return person


def update_person(
    session: Session,
    actor: Actor,
    person_id: uuid.UUID,
    changes: Mapping[str, Any],
    *,
    now: datetime,
) -> Person:
    """Change some of `CHANGEABLE`. A change that stops texts withdraws those that wait. Raises
    NotFound, Forbidden, and Invalid for any other field.
    """
    person = open_person(
        session,
        actor,
        person_id,
        now=now,
        what="change person",
        ability=Ability.MANAGE,
        change=True,
        lock=True,
    )
    if unknown := set(changes) - CHANGEABLE:
        raise Invalid(fields=dict.fromkeys(sorted(unknown), "This cannot be changed."))
    changed = [name for name, value in changes.items() if getattr(person, name) != value]
    for name in changed:
        setattr(person, name, changes[name])
    if changed:
        person.updated_at = now
        session.flush()
        events.record_for_person(
            session,
            "person.changed",
            person,
            now=now,
            actor=actor.label,
            fields=[NAMES_IN_FEED.get(name, name) for name in changed],
        )
        withdraw_if_stopped(session, person, now)
        note_contactability_changed(session, person, now)
    return person


NAMES_IN_FEED = {"legal_hold": "held"}
"""The API's name for a column, which the event log uses too, because other systems read it."""
CHANGEABLE = {
    "first_name",
    "last_name",
    "preferred_name",
    "language",
    "legal_status",
    "custody_status",
    "contact_status",
    "restricted",
    "restricted_texts_allowed",
    "two_hour_reminder",
    "legal_hold",
    "text_from_hour",
    "text_until_hour",
}


def approve_texts(
    session: Session, actor: Actor, person_id: uuid.UUID, *, approved: bool, now: datetime
) -> Person:
    """Give or take back the offender manager's approval of texts. Taking it back withdraws those
    that wait.
    """
    person = open_person(
        session,
        actor,
        person_id,
        now=now,
        what="approve texts",
        ability=Ability.MANAGE,
        change=True,
        lock=True,
    )
    person.texts_approved_at = now if approved else None
    person.texts_approved_by_id = actor.id if approved and actor.kind is ActorKind.STAFF else None
    events.record_for_person(
        session,
        "texts.approved" if approved else "texts.approval_ended",
        person,
        now=now,
        actor=actor.label,
    )
    if approved:
        note_contactability_changed(session, person, now)
    else:
        withdraw_all(session, person, "The offender manager took back the approval of texts", now)
    return person


def ensure_involved(
    session: Session, person_id: uuid.UUID, agency_id: uuid.UUID, *, now: datetime
) -> None:
    """Record that the agency works with the person, so that its support workers see their part."""
    session.execute(
        insert(Involvement)
        .values(id=new_id(), person_id=person_id, agency_id=agency_id, since=now)
        .on_conflict_do_nothing(index_elements=[Involvement.person_id, Involvement.agency_id])
    )


def _may_add(actor: Actor, new: NewPerson) -> None:
    if actor.kind is ActorKind.SYSTEM:
        return
    if actor.kind is ActorKind.KEY:
        allowed = actor.hub_id == new.hub_id and bool(actor.scopes & {"people:write"})
    else:
        wide = new.hub_id in actor.hubs(Role.COORDINATOR, Role.SUPERVISOR)
        own = (
            new.hub_id in actor.hubs(Role.OFFENDER_MANAGER) and new.offender_manager_id == actor.id
        )
        allowed = wide or own
    if not allowed:
        raise Forbidden(
            "You can only add people to your own caseload. A coordinator can add them to another."
        )


def _check_offender_manager(session: Session, staff_id: uuid.UUID, hub_id: uuid.UUID) -> None:
    found = session.execute(
        select(Staff.id)
        .join(Membership, Membership.staff_id == Staff.id)
        .where(
            Staff.id == staff_id,
            Staff.active,
            Membership.hub_id == hub_id,
            Membership.role == Role.OFFENDER_MANAGER,
        )
    ).first()
    if found is None:
        raise Invalid(fields={"offender_manager": "Choose an offender manager of this hub."})
