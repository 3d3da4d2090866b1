"""Decides which people an actor may see and what they may do with a record.

Every query about people is narrowed by `visible_to(actor)`. Every use case on one person starts
with `open_person`. An actor who may not see a person gets NotFound (404), as if there were no such
person. An actor who may see them but not do this gets Forbidden (403). Both are logged. No other
module may decide who sees a person.
"""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import structlog
from sqlalchemy import ColumnElement, and_, exists, false, not_, or_, select, true
from sqlalchemy.orm import Session

from engage.agencies.model import AgencyKind, ApiKey, Role, Staff
from engage.core import events
from engage.core.errors import Forbidden, NotFound
from engage.people.model import Involvement, Person, RecordAccess

log = structlog.get_logger(__name__)


class Ability(StrEnum):
    """What an actor may do with a person's record.

    `converse`: read and write the texts. `case`: read orders, plan, status and compliance.
    `decide`: record the decision of a meeting. `enforce`: decide on failures to comply. `overrule`:
    replace a worker's decision. `intelligence`: see and set the intelligence flag.
    """

    VIEW = "view"
    BOOK = "book"
    RECORD = "record"
    CONVERSE = "converse"
    MANAGE = "manage"
    SIGNALS = "signals"
    HEALTH = "health"
    CASE = "case"
    DECIDE = "decide"
    ENFORCE = "enforce"
    OVERRULE = "overrule"
    INTELLIGENCE = "intelligence"


ALL = frozenset(Ability)
ABILITIES: dict[Role, frozenset[Ability]] = {
    Role.OFFENDER_MANAGER: ALL - {Ability.DECIDE, Ability.OVERRULE},
    Role.COORDINATOR: ALL - {Ability.ENFORCE, Ability.OVERRULE, Ability.INTELLIGENCE},
    Role.SUPERVISOR: ALL - {Ability.HEALTH, Ability.INTELLIGENCE},
    Role.SUPPORT_WORKER: frozenset({Ability.VIEW, Ability.BOOK, Ability.RECORD}),
    Role.AUDITOR: frozenset({Ability.VIEW, Ability.CONVERSE, Ability.CASE}),
    Role.ADMINISTRATOR: frozenset(),
}
READ_ONLY_ROLES = frozenset({Role.AUDITOR})
HUB_WIDE_ROLES = frozenset({Role.COORDINATOR, Role.SUPERVISOR, Role.AUDITOR})
READ_IN_EMERGENCY = frozenset({Ability.VIEW, Ability.CONVERSE, Ability.CASE})
"""What emergency access (emergency.py) allows until it expires: reading, no changes."""
HEALTH_AGENCIES = frozenset({AgencyKind.HEALTH, AgencyKind.DRUG_AND_ALCOHOL})
"""Staff of these agencies have health access to the people for whom they may record."""

SCOPES: dict[str, frozenset[Ability]] = {
    "people:read": frozenset({Ability.VIEW}),
    "people:write": frozenset({Ability.VIEW, Ability.MANAGE}),
    "appointments:read": frozenset({Ability.VIEW}),
    "appointments:write": frozenset({Ability.VIEW, Ability.BOOK, Ability.RECORD}),
    "messages:read": frozenset({Ability.VIEW, Ability.CONVERSE}),
    "messages:write": frozenset({Ability.VIEW, Ability.CONVERSE}),
    "signals:read": frozenset({Ability.VIEW, Ability.SIGNALS}),
    "signals:write": frozenset({Ability.VIEW, Ability.SIGNALS}),
    "events:read": frozenset({Ability.VIEW}),
    "progress:read": frozenset({Ability.VIEW}),
    "progress:write": frozenset({Ability.VIEW, Ability.RECORD}),
    "health:read": frozenset({Ability.VIEW, Ability.HEALTH}),
    "case:read": frozenset({Ability.VIEW, Ability.CASE}),
    "case:write": frozenset({Ability.VIEW, Ability.CASE, Ability.MANAGE, Ability.RECORD}),
    "referrals:read": frozenset({Ability.VIEW}),
    "referrals:write": frozenset({Ability.VIEW}),
    "meetings:read": frozenset({Ability.VIEW, Ability.CASE}),
    "meetings:write": frozenset({Ability.VIEW, Ability.CASE, Ability.DECIDE}),
    "compliance:read": frozenset({Ability.VIEW, Ability.CASE}),
    "packs:read": frozenset({Ability.VIEW, Ability.CASE, Ability.ENFORCE}),
    "tests:read": frozenset({Ability.VIEW, Ability.CASE, Ability.HEALTH}),
    "tests:write": frozenset({Ability.VIEW, Ability.CASE, Ability.RECORD, Ability.HEALTH}),
    "cohort:read": frozenset({Ability.VIEW, Ability.CASE}),
}


class ActorKind(StrEnum):
    """The kinds of actor."""

    STAFF = "staff"
    KEY = "key"
    PERSON = "person"
    SYSTEM = "system"


@dataclass(frozen=True)
class Actor:
    """Who asks: a member of staff with roles in hubs, a system with a key for one hub, a person by
    text, or Engage itself.

    Staff have `agency_id`; `health_agency` and `police` say what kind of agency it is. Keys have
    `hub_id` and `scopes`. `opened` holds the people whom the actor sees only by emergency access
    that has not expired.
    """

    kind: ActorKind
    id: uuid.UUID | None = None
    agency_id: uuid.UUID | None = None
    health_agency: bool = False
    police: bool = False
    roles: frozenset[tuple[uuid.UUID, Role]] = frozenset()
    hub_id: uuid.UUID | None = None
    scopes: frozenset[str] = frozenset()
    opened: frozenset[uuid.UUID] = frozenset()

    @property
    def label(self) -> str:
        """The actor in logs and events: `staff:<id>`, `key:<id>`, `person` or `system`."""
        return self.kind.value if self.id is None else f"{self.kind.value}:{self.id}"

    def hubs(self, *roles: Role) -> frozenset[uuid.UUID]:
        """The hubs in which the actor has one of `roles`, or any role if none is given."""
        return frozenset(hub for hub, role in self.roles if not roles or role in roles)

    def has(self, *roles: Role) -> bool:
        """Whether the actor has one of `roles` in any hub."""
        return bool(self.hubs(*roles))


SYSTEM = Actor(ActorKind.SYSTEM)
PERSON = Actor(ActorKind.PERSON)
"""A person who acts by text. It is only a label for events and sees no record."""


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The SQL condition on Person for exactly the people whom the actor may see. Denies by default.

    Only Engage itself sees a record that was merged into another, until the merge is undone.
    """
    if actor.kind is ActorKind.SYSTEM:
        return true()
    not_merged = Person.merged_into_id.is_(None)
    if actor.kind is ActorKind.KEY:
        return and_(Person.hub_id == actor.hub_id, not_(Person.restricted), not_merged)
    admitted = exists().where(
        RecordAccess.person_id == Person.id,
        RecordAccess.staff_id == actor.id,
        not_(RecordAccess.excluded),
    )
    excluded = _excluded(actor)
    unrestricted_or_admitted = or_(not_(Person.restricted), admitted)
    grants: list[ColumnElement[bool]] = []
    if hubs := actor.hubs(Role.OFFENDER_MANAGER):
        grants.append(and_(Person.offender_manager_id == actor.id, Person.hub_id.in_(hubs)))
    if hubs := actor.hubs(*HUB_WIDE_ROLES):
        grants.append(and_(Person.hub_id.in_(hubs), unrestricted_or_admitted))
    if hubs := actor.hubs(Role.SUPPORT_WORKER):
        involved = exists().where(
            Involvement.person_id == Person.id, Involvement.agency_id == actor.agency_id
        )
        grants.append(and_(Person.hub_id.in_(hubs), unrestricted_or_admitted, involved))
    if actor.opened:
        grants.append(Person.id.in_(actor.opened))
    return and_(or_(false(), *grants), not_(excluded), not_merged)


def counted_for(actor: Actor) -> ColumnElement[bool]:
    """The SQL condition on Person for counts of a whole hub, which name nobody: everybody without a
    restricted record, except people from whose record the actor is excluded.

    It opens no record, so that it may also serve actors who see no person. The caller decides whose
    counts of which hub the actor may read.
    """
    return and_(not_(Person.restricted), Person.merged_into_id.is_(None), not_(_excluded(actor)))


def _excluded(actor: Actor) -> ColumnElement[bool]:
    return exists().where(
        RecordAccess.person_id == Person.id,
        RecordAccess.staff_id == actor.id,
        RecordAccess.excluded,
    )


def sees_all(session: Session, actor: Actor, people: Collection[uuid.UUID]) -> bool:
    """Whether the actor may see every one of these people now."""
    visible = session.scalars(select(Person.id).where(Person.id.in_(people), visible_to(actor)))
    return set(visible) == set(people)


def abilities(actor: Actor, person: Person) -> frozenset[Ability]:
    """What the actor may do with a person whom they may see."""
    if actor.kind is ActorKind.SYSTEM:
        return ALL
    if actor.kind is ActorKind.KEY:
        return frozenset().union(*(SCOPES.get(scope, frozenset()) for scope in actor.scopes))
    if person.id in actor.opened:
        return READ_IN_EMERGENCY
    granted: frozenset[Ability] = frozenset()
    for hub, role in actor.roles:
        if hub != person.hub_id:
            continue
        if role is Role.OFFENDER_MANAGER and person.offender_manager_id != actor.id:
            continue
        granted |= ABILITIES[role]
    if actor.health_agency and Ability.RECORD in granted:
        granted |= {Ability.HEALTH}
    if actor.police and Ability.CASE in granted:
        granted |= {Ability.INTELLIGENCE}
    return granted


def may_change(actor: Actor, person: Person) -> bool:
    """Whether the actor may change anything in this record. Auditors and emergency access only
    read.
    """
    if actor.kind is not ActorKind.STAFF:
        return True
    if person.id in actor.opened:
        return False
    return any(
        hub == person.hub_id
        and role not in READ_ONLY_ROLES
        and (role is not Role.OFFENDER_MANAGER or person.offender_manager_id == actor.id)
        for hub, role in actor.roles
    )


def own_agency_only(actor: Actor, person: Person) -> bool:
    """Whether the actor sees only their own agency's part of this record: a support worker with no
    wider role.
    """
    return Ability.CONVERSE not in abilities(actor, person) and actor.kind is ActorKind.STAFF


def open_person(
    session: Session,
    actor: Actor,
    person_id: uuid.UUID,
    *,
    now: datetime,
    what: str,
    ability: Ability = Ability.VIEW,
    change: bool = False,
    lock: bool = False,
) -> Person:
    """The person, if the actor has `ability` and, with `change`, may change the record. Access
    without `change` is logged.

    With `lock` the row stays locked until the transaction ends, so that changes to one person
    follow one another. Raises NotFound if there is no such person or the actor may not see them,
    Forbidden if the actor may see them but not do this.
    """
    query = select(Person).where(Person.id == person_id, visible_to(actor))
    if lock:
        query = query.with_for_update(of=Person).execution_options(populate_existing=True)
    person = session.scalars(query).one_or_none()
    if person is None:
        log.warning("access.refused", actor=actor.label, person=str(person_id), what=what)
        raise NotFound("There is no such person, or you may not see them.")
    if ability not in abilities(actor, person) or (change and not may_change(actor, person)):
        log.warning(
            "access.refused",
            actor=actor.label,
            person=str(person_id),
            what=what,
            ability=ability.value,
        )
        raise Forbidden("Your role does not allow this for this person.")
    if actor.kind is not ActorKind.SYSTEM and not change:
        events.record_access(session, now=now, actor=actor.label, person_id=person.id, what=what)
    return person


def staff_actor(staff: Staff) -> Actor:
    """A signed-in member of staff as an actor."""
    roles = frozenset((membership.hub_id, membership.role) for membership in staff.memberships)
    agency_kind = staff.agency.kind
    return Actor(
        ActorKind.STAFF,
        id=staff.id,
        agency_id=staff.agency_id,
        health_agency=agency_kind in HEALTH_AGENCIES,
        police=agency_kind is AgencyKind.POLICE,
        roles=roles,
    )


def key_actor(key: ApiKey) -> Actor:
    """A system with this key as an actor."""
    return Actor(ActorKind.KEY, id=key.id, hub_id=key.hub_id, scopes=frozenset(key.scopes))
