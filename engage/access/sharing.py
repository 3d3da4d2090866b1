"""What an agency may see of records that others made, and the log of disclosures.

Staff whose role covers the whole case see it by role. Other staff see their own agency's part and
exactly the parts that a sharing agreement in force names for their agency. Each use of an agreement
is logged as a disclosure. An agreement never opens health unless it names it.
"""

import uuid
from datetime import date, datetime
from enum import StrEnum

import structlog
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from engage.access.model import Disclosure, SharingAgreement
from engage.access.policy import Ability, Actor, ActorKind, abilities, open_person
from engage.agencies.hub_settings import today_at
from engage.core import events
from engage.core.errors import Forbidden
from engage.people.model import Person

log = structlog.get_logger(__name__)


class RecordPart(StrEnum):
    """The parts of a record that an agreement can name."""

    APPOINTMENTS = "appointments"
    STATUS = "status"
    PLAN = "plan"
    LEGAL = "legal"
    PROGRESS = "progress"
    COMPLIANCE = "compliance"
    HEALTH = "health"


def open_part(
    session: Session,
    actor: Actor,
    person_id: uuid.UUID,
    part: RecordPart,
    *,
    now: datetime,
    what: str,
) -> Person:
    """The person, if the actor may read this part of the record: by role, or by an agreement in
    force today, which is then logged as a disclosure.

    Raises NotFound if the actor may not see the person, Forbidden if they may not see this part.
    """
    person = open_person(session, actor, person_id, now=now, what=what)
    if _by_role(actor, person, part):
        return person
    agreement = agreement_for(session, actor, person, part, now=now)
    if agreement is None:
        log.warning(
            "access.refused", actor=actor.label, person=str(person_id), what=what, part=part.value
        )
        raise Forbidden(
            "Neither your role nor a sharing agreement lets you see this part of the record."
        )
    session.add(
        Disclosure(
            person_id=person.id,
            agreement_id=agreement.id,
            agency_id=agreement.agency_id,
            recipient=agreement.agency.name,
            purpose=agreement.purpose,
            lawful_basis=agreement.lawful_basis,
            fields=[part.value],
            actor=actor.label,
            at=now,
        )
    )
    events.record_for_person(
        session,
        "record.disclosed",
        person,
        now=now,
        actor=actor.label,
        agreement=agreement.id,
        fields=[part.value],
    )
    return person


def parts_for(
    session: Session, actor: Actor, person: Person, *, now: datetime
) -> frozenset[RecordPart]:
    """The parts that `open_part` would let the actor read, for menus. Logs nothing and queries the
    database once at most.
    """
    by_role = frozenset(part for part in RecordPart if _by_role(actor, person, part))
    if (
        len(by_role) == len(RecordPart)
        or actor.kind is not ActorKind.STAFF
        or actor.agency_id is None
    ):
        return by_role
    agreed = session.scalars(
        _in_force(actor.agency_id, person, today_at(session, person.hub_id, now))
    )
    return by_role | {RecordPart(name) for agreement in agreed for name in agreement.fields}


def agreement_for(
    session: Session, actor: Actor, person: Person, part: RecordPart, *, now: datetime
) -> SharingAgreement | None:
    """The agreement in force that lets the actor's agency see this part of the record, if any."""
    if actor.kind is not ActorKind.STAFF or actor.agency_id is None:
        return None
    found = session.scalars(
        _in_force(actor.agency_id, person, today_at(session, person.hub_id, now))
    )
    return next((agreement for agreement in found if part.value in agreement.fields), None)


def _in_force(agency_id: uuid.UUID, person: Person, today: date) -> Select[SharingAgreement]:
    return (
        select(SharingAgreement)
        .where(
            SharingAgreement.hub_id == person.hub_id,
            SharingAgreement.agency_id == agency_id,
            SharingAgreement.starts_on <= today,
            SharingAgreement.ends_on >= today,
            SharingAgreement.ended_at.is_(None),
        )
        .order_by(SharingAgreement.ends_on.desc(), SharingAgreement.id)
    )


def _by_role(actor: Actor, person: Person, part: RecordPart) -> bool:
    needed = Ability.HEALTH if part is RecordPart.HEALTH else Ability.CASE
    return needed in abilities(actor, person)
