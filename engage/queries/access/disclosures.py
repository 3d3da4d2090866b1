"""Who has seen a person's record: disclosures to other agencies, emergency openings, and the access
log.

For those who may read the whole case. It includes the log of records that were merged into this
one, because they are the same person's.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from engage.access.model import BreakGlass, Disclosure
from engage.access.policy import (
    Ability,
    Actor,
    abilities,
    may_change,
    open_person,
)
from engage.agencies.hub_settings import zone
from engage.agencies.model import Hub, Staff
from engage.core.model import AccessRecord
from engage.core.paging import MomentCursor, cut, rows_before
from engage.people import restrictions
from engage.people.model import Person, RecordAccess
from engage.queries import actor_names
from engage.records.merging.service import merges_of
from engage.records.model import PersonMerge

PAGE = 50


@dataclass(frozen=True)
class DisclosureView:
    """What was disclosed, to whom, for which purpose, on which basis and by whom."""

    id: uuid.UUID
    at: datetime
    recipient: str
    purpose: str
    lawful_basis: str
    fields: tuple[str, ...]
    by: str
    agreement_id: uuid.UUID | None


@dataclass(frozen=True)
class EmergencyView:
    """An opening of the record in an emergency."""

    at: datetime
    ends_at: datetime
    by: str
    reason: str


@dataclass(frozen=True)
class AccessView:
    """An access to the record. `id` is its place in the log. `merged`: it was to a record that was
    merged into this one.
    """

    id: int
    at: datetime
    by: str
    what: str
    allowed: bool
    merged: bool


@dataclass(frozen=True)
class RecordAccessPage:
    """Everything on the page. `older` is the place in the log after which there are more.
    `may_limit` and `may_merge` decide which links are offered.
    """

    person: Person
    zone: ZoneInfo
    disclosures: tuple[DisclosureView, ...]
    openings: tuple[EmergencyView, ...]
    looks: tuple[AccessView, ...]
    older: int | None
    named: tuple[tuple[RecordAccess, Staff], ...]
    candidates: tuple[Staff, ...]
    merges: tuple[tuple[PersonMerge, Person], ...]
    may_limit: bool
    may_merge: bool


def load(
    session: Session,
    actor: Actor,
    person_id: uuid.UUID,
    *,
    now: datetime,
    before: int | None = None,
) -> RecordAccessPage:
    """Return who has seen a person's record, latest first. This access is logged too. Raises
    NotFound or Forbidden.
    """
    person = open_person(
        session, actor, person_id, now=now, what="who has seen it", ability=Ability.CASE
    )
    session.flush()
    disclosed = session.scalars(_disclosed(person, None, PAGE)).all()
    openings = session.scalars(
        select(BreakGlass)
        .where(BreakGlass.person_id == person.id)
        .order_by(BreakGlass.at.desc())
        .limit(PAGE)
    ).all()
    records = session.scalars(_looked(person, before)).all()
    who = actor_names.names_by_label(
        session,
        {one.actor for one in disclosed}
        | {one.actor for one in records}
        | {f"staff:{one.staff_id}" for one in openings},
    )
    changes = may_change(actor, person)
    limiting = changes and restrictions.may_limit(actor, person)
    shown, older = cut(records, PAGE, lambda record: record.id)
    return RecordAccessPage(
        person=person,
        zone=zone(session.get_one(Hub, person.hub_id)),
        disclosures=tuple(_disclosure(one, who) for one in disclosed),
        openings=tuple(
            EmergencyView(one.at, one.ends_at, who[f"staff:{one.staff_id}"], one.reason)
            for one in openings
        ),
        looks=tuple(
            AccessView(
                one.id, one.at, who[one.actor], one.what, one.allowed, one.person_id != person.id
            )
            for one in shown
        ),
        older=older,
        named=tuple(restrictions.named(session, person)),
        candidates=tuple(restrictions.candidates(session, person)) if limiting else (),
        merges=tuple(merges_of(session, person)),
        may_limit=limiting,
        may_merge=changes and Ability.DECIDE in abilities(actor, person),
    )


def listed(
    session: Session,
    actor: Actor,
    person_id: uuid.UUID,
    *,
    now: datetime,
    after: MomentCursor | None,
    limit: int,
) -> list[DisclosureView]:
    """A person's disclosures for the API, latest first. The access is logged. Raises NotFound or
    Forbidden.
    """
    person = open_person(
        session, actor, person_id, now=now, what="read disclosures", ability=Ability.CASE
    )
    found = session.scalars(_disclosed(person, after, limit)).all()
    who = actor_names.names_by_label(session, {one.actor for one in found})
    return [_disclosure(one, who) for one in found]


def _disclosed(person: Person, after: MomentCursor | None, limit: int) -> Select[Disclosure]:
    query = (
        select(Disclosure)
        .where(Disclosure.person_id == person.id)
        .order_by(Disclosure.at.desc(), Disclosure.id.desc())
        .limit(limit)
    )
    return rows_before(query, (Disclosure.at, Disclosure.id), after)


def _looked(person: Person, before: int | None) -> Select[AccessRecord]:
    merged = select(Person.id).where(Person.merged_into_id == person.id)
    query = (
        select(AccessRecord)
        .where(or_(AccessRecord.person_id == person.id, AccessRecord.person_id.in_(merged)))
        .order_by(AccessRecord.id.desc())
        .limit(PAGE + 1)
    )
    return query if before is None else query.where(AccessRecord.id < before)


def _disclosure(one: Disclosure, who: Mapping[str | None, str]) -> DisclosureView:
    return DisclosureView(
        id=one.id,
        at=one.at,
        recipient=one.recipient,
        purpose=one.purpose,
        lawful_basis=one.lawful_basis,
        fields=tuple(one.fields),
        by=who[one.actor],
        agreement_id=one.agreement_id,
    )
