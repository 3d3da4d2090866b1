"""Use cases on a person: add, correct, and keep the phone number right and safe.

Each takes an open session and never commits. A change that stops texts (a number retired, custody, a closed case) withdraws what is
waiting in the same transaction (RULES.md 2).
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from engage import events, signals
from engage.agencies.hubs import hub_rules
from engage.agencies.model import Hub, Membership, Role, Staff
from engage.db import new_id, wake
from engage.errors import Conflict, Forbidden, Invalid, NotFound
from engage.people.access import Ability, Actor, ActorKind, open_person
from engage.people.model import (
    ContactPoint,
    ContactStatus,
    CustodyStatus,
    Involvement,
    Language,
    LegalStatus,
    NumberState,
    Person,
)
from engage.signals import Evidence, SignalKind
from messaging import numbers, outbox

REACH_CHANNEL = "engage_reach"
"""Notified, in the transaction, when a person's number or the leave to text them has changed."""

SHARED_PROBLEM = "The same number is on somebody else"


@dataclass(frozen=True)
class NewPerson:
    """What is needed to add a person. `given_number` is the phone number as somebody wrote it."""

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


def find_by_crn(session: Session, crn: str) -> Person | None:
    """The person with a CRN, for callers that check access themselves."""
    return session.scalars(select(Person).where(Person.crn == crn)).one_or_none()


def create_person(session: Session, actor: Actor, new: NewPerson, *, now: datetime) -> Person:
    """Add a person to a hub's caseload.

    Texts have the offender manager's standing approval where the hub says so. Raises Conflict when the CRN is taken, Invalid when the
    offender manager is not one in that hub, Forbidden when the actor may not add people there.
    """
    _may_add(actor, new)
    hub = session.get(Hub, new.hub_id)
    if hub is None:
        raise NotFound("There is no such hub.")
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
    events.record(
        session, "person.added", now=now, actor=actor.label, person_id=person.id, hub_id=person.hub_id
    )
    if new.given_number:
        _add_number(session, person, new.given_number, None, actor=actor, now=now, verified_how=None)
    return person


def update_person(
    session: Session, actor: Actor, person_id: uuid.UUID, changes: Mapping[str, Any], *, now: datetime
) -> Person:
    """Change some of `CHANGEABLE`. A change that stops texts withdraws those that wait. Raises Invalid for another field."""
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
        events.record(
            session,
            "person.changed",
            now=now,
            actor=actor.label,
            person_id=person.id,
            hub_id=person.hub_id,
            fields=changed,
        )
        _stop_if_needed(session, person, now)
        note_reach_changed(session, person, now)
    return person


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
    "held",
    "text_from_hour",
    "text_until_hour",
}


def approve_texts(
    session: Session, actor: Actor, person_id: uuid.UUID, *, approved: bool, now: datetime
) -> Person:
    """Give or take back the offender manager's standing approval of texts. Taking it back withdraws those that wait."""
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
    events.record(
        session,
        "texts.approved" if approved else "texts.approval_ended",
        now=now,
        actor=actor.label,
        person_id=person.id,
        hub_id=person.hub_id,
    )
    if approved:
        note_reach_changed(session, person, now)
    else:
        withdraw_all(session, person, "The offender manager took back the approval of texts", now)
    return person


def set_number(
    session: Session,
    actor: Actor,
    person_id: uuid.UUID,
    given: str,
    *,
    now: datetime,
    verified_how: str | None = None,
) -> ContactPoint:
    """Give a person another number; the old one is retired and learns nothing more. The same number again changes nothing.

    `verified_how` says how a worker made sure ("asked face to face"); without it the number is asked first.
    """
    person = open_person(
        session,
        actor,
        person_id,
        now=now,
        what="change number",
        ability=Ability.MANAGE,
        change=True,
        lock=True,
    )
    return _put_number(session, person, given, actor=actor, now=now, verified_how=verified_how)


def verify_number(
    session: Session, actor: Actor, person_id: uuid.UUID, *, how: str, now: datetime
) -> ContactPoint:
    """The current number is theirs, and safe for texts for the hub's number of days. Raises Conflict when there is no usable number."""
    person, point = _open_point(session, actor, person_id, now, "verify number")
    return mark_verified(session, person, point, how=how, actor=actor.label, now=now)


def mark_verified(
    session: Session, person: Person, point: ContactPoint, *, how: str, actor: str, now: datetime
) -> ContactPoint:
    """Record that a number is theirs and safe, on a worker's word or by the person's own answer."""
    if point.number is None:
        raise Conflict(
            "There is no mobile number that could be texted. Change the number first.", code="no_number"
        )
    point.state, point.verified_at, point.verified_how, point.problem = (
        NumberState.VERIFIED,
        now,
        how[:80],
        None,
    )
    point.unsafe_since = None
    point.safe_until = now + timedelta(days=hub_rules(session.get_one(Hub, person.hub_id)).safe_days)
    events.record(
        session,
        "number.verified",
        now=now,
        actor=actor,
        person_id=person.id,
        hub_id=person.hub_id,
        point=point.id,
    )
    note_reach_changed(session, person, now)
    for kind in (SignalKind.WRONG_NUMBER, SignalKind.NUMBER_DEAD):
        signals.resolve_cause(
            session, kind, person_id=person.id, how="The number was verified.", actor=actor, now=now
        )
    return point


def confirm_safe(session: Session, actor: Actor, person_id: uuid.UUID, *, now: datetime) -> ContactPoint:
    """A worker has checked that texts to the number are safe for the person; good for the hub's number of days."""
    person, point = _open_point(session, actor, person_id, now, "confirm safe to contact")
    point.safe_until = now + timedelta(days=hub_rules(session.get_one(Hub, person.hub_id)).safe_days)
    events.record(
        session,
        "number.confirmed_safe",
        now=now,
        actor=actor.label,
        person_id=person.id,
        hub_id=person.hub_id,
        point=point.id,
    )
    note_reach_changed(session, person, now)
    return point


def suspend_number(
    session: Session, actor: Actor, person_id: uuid.UUID, *, why: str, now: datetime
) -> ContactPoint:
    """Stop texts to the current number until a worker verifies it again; what waits is withdrawn."""
    person, point = _open_point(session, actor, person_id, now, "suspend number")
    mark_suspended(session, person, point, why=why, actor=actor.label, now=now)
    return point


def mark_suspended(
    session: Session, person: Person, point: ContactPoint, *, why: str, actor: str, now: datetime
) -> None:
    """Suspend a number, on a worker's word or for what the person or the network said. Retired and unusable numbers stay as they are."""
    if point.state in (NumberState.RETIRED, NumberState.UNUSABLE):
        return
    point.state, point.problem = NumberState.SUSPENDED, why[:200]
    withdraw_all(session, person, why, now)
    events.record(
        session,
        "number.suspended",
        now=now,
        actor=actor,
        person_id=person.id,
        hub_id=person.hub_id,
        point=point.id,
    )


def agree_shared(session: Session, actor: Actor, person_id: uuid.UUID, *, now: datetime) -> ContactPoint:
    """A worker has looked: this number is this person's though others have it too, and sharing it is safe for them."""
    person, point = _open_point(session, actor, person_id, now, "agree shared number")
    point.shared_agreed_at = now
    events.record(
        session,
        "number.sharing_agreed",
        now=now,
        actor=actor.label,
        person_id=person.id,
        hub_id=person.hub_id,
        point=point.id,
    )
    mark_verified(
        session, person, point, how="shared phone, agreed with the worker", actor=actor.label, now=now
    )
    signals.resolve_cause(
        session,
        SignalKind.NUMBER_SHARED,
        person_id=person.id,
        how="A worker agreed the sharing.",
        actor=actor.label,
        now=now,
    )
    return point


def ensure_involved(session: Session, person_id: uuid.UUID, agency_id: uuid.UUID, *, now: datetime) -> None:
    """The agency works with the person from now on, so its support workers see their own part."""
    session.execute(
        insert(Involvement)
        .values(id=new_id(), person_id=person_id, agency_id=agency_id, since=now)
        .on_conflict_do_nothing(index_elements=[Involvement.person_id, Involvement.agency_id])
    )


def note_reach_changed(session: Session, person: Person, now: datetime) -> None:
    """What stood against texts may have gone: reminders that were skipped are thought over by whoever wakes to `REACH_CHANNEL`."""
    person.reach_changed_at = now
    wake(session, REACH_CHANNEL)


def withdraw_all(session: Session, person: Person, reason: str, now: datetime) -> int:
    """Call back every text to the person that has not gone; returns how many."""
    return outbox.withdraw(session, now=now, reason=reason, recipient=str(person.id))


def people_on(session: Session, number: str) -> list[tuple[Person, ContactPoint]]:
    """Everybody whose current number this is, in a steady order."""
    rows = session.execute(
        select(Person, ContactPoint)
        .join(
            ContactPoint, and_(ContactPoint.person_id == Person.id, ContactPoint.state != NumberState.RETIRED)
        )
        .where(ContactPoint.number == number)
        .order_by(Person.id)
    )
    return [(person, point) for person, point in rows]


def current_point(session: Session, person_id: uuid.UUID) -> ContactPoint | None:
    """The person's current contact point, usable or not."""
    return session.scalars(
        select(ContactPoint).where(
            ContactPoint.person_id == person_id, ContactPoint.state != NumberState.RETIRED
        )
    ).one_or_none()


def _put_number(
    session: Session, person: Person, given: str, *, actor: Actor, now: datetime, verified_how: str | None
) -> ContactPoint:
    old = current_point(session, person.id)
    number, problem = _read_number(given)
    if old is not None and (old.number, old.problem if number is None else None) == (number, problem):
        if verified_how and number:
            mark_verified(session, person, old, how=verified_how, actor=actor.label, now=now)
        return old
    if old is not None:
        _retire(session, person, old, now)
    point = _add_number(session, person, given, old, actor=actor, now=now, verified_how=verified_how)
    if number is not None:
        note_reach_changed(session, person, now)
    return point


def _unsafe_before(session: Session, person_id: uuid.UUID, number: str) -> datetime | None:
    """Since when somebody else reads that phone, where the person had the number before and nobody verified it since."""
    return session.scalar(
        select(ContactPoint.unsafe_since)
        .where(ContactPoint.person_id == person_id, ContactPoint.number == number)
        .order_by(ContactPoint.created_at.desc(), ContactPoint.id.desc())
        .limit(1)
    )


def _add_number(
    session: Session,
    person: Person,
    given: str,
    old: ContactPoint | None,
    *,
    actor: Actor,
    now: datetime,
    verified_how: str | None,
) -> ContactPoint:
    number, problem = _read_number(given)
    point = ContactPoint(
        id=new_id(),
        person_id=person.id,
        given=given[:40],
        number=number,
        state=NumberState.UNUSABLE if number is None else NumberState.UNVERIFIED,
        problem=problem,
        created_at=now,
    )
    if number is not None and (unsafe := _unsafe_before(session, person.id, number)) is not None:
        point.state, point.unsafe_since = NumberState.SUSPENDED, unsafe
    session.add(point)
    events.record(
        session,
        "number.changed" if old is not None else "number.added",
        now=now,
        actor=actor.label,
        person_id=person.id,
        hub_id=person.hub_id,
        point=point.id,
        usable=number is not None,
    )
    session.flush()
    if number is not None:
        if verified_how:
            mark_verified(session, person, point, how=verified_how, actor=actor.label, now=now)
        _look_for_sharing(session, number, now)
    return point


def _read_number(given: str) -> tuple[str | None, str | None]:
    """What was given as E.164, or else what is wrong with it in words."""
    try:
        return numbers.parse_mobile(given), None
    except numbers.NumberProblem as error:
        return None, error.words


def _retire(session: Session, person: Person, old: ContactPoint, now: datetime) -> None:
    old.state, old.retired_at = NumberState.RETIRED, now
    session.flush()
    withdraw_all(session, person, "The person's number was changed", now)


def _look_for_sharing(session: Session, number: str, now: datetime) -> None:
    """Rule 1: a number on two people is texted for neither until a worker has looked; each is told of the other, by signal."""
    holders = people_on(session, number)
    if len(holders) < 2:
        return
    for person, point in holders:
        if point.shared_agreed_at is not None:
            continue
        withdraw_all(session, person, SHARED_PROBLEM, now)
        _signal_sharing(session, person, point, now)


def _signal_sharing(session: Session, person: Person, point: ContactPoint, now: datetime) -> None:
    signals.raise_signal(
        session,
        SignalKind.NUMBER_SHARED,
        person_id=person.id,
        hub_id=person.hub_id,
        cause=str(point.id),
        why="The same mobile number is given for somebody else. Neither is texted until a worker has looked.",
        evidence=[Evidence("contact_point", str(point.id))],
        now=now,
    )


def expect_sharing(session: Session, person: Person, *, now: datetime) -> None:
    """Whoever adds people knows that the next of them has the same number: hold it before anything is texted, and say so by signal."""
    point = current_point(session, person.id)
    if point is None or point.state is not NumberState.UNVERIFIED:
        return
    point.state, point.problem = NumberState.SUSPENDED, SHARED_PROBLEM
    _signal_sharing(session, person, point, now)


def _open_point(
    session: Session, actor: Actor, person_id: uuid.UUID, now: datetime, what: str
) -> tuple[Person, ContactPoint]:
    person = open_person(
        session, actor, person_id, now=now, what=what, ability=Ability.MANAGE, change=True, lock=True
    )
    point = current_point(session, person.id)
    if point is None or point.number is None:
        raise Conflict(
            "There is no mobile number that could be texted. Change the number first.", code="no_number"
        )
    return person, point


def _stop_if_needed(session: Session, person: Person, now: datetime) -> None:
    if person.contact_status is not ContactStatus.OPEN:
        withdraw_all(session, person, "Contact with the person is suspended or closed", now)
    elif person.custody_status is not CustodyStatus.COMMUNITY:
        withdraw_all(session, person, "The person is in custody, on warrant or unlawfully at large", now)
    elif person.restricted and not person.restricted_texts_allowed:
        withdraw_all(session, person, "The record is restricted", now)


def _may_add(actor: Actor, new: NewPerson) -> None:
    if actor.kind is ActorKind.SYSTEM:
        return
    if actor.kind is ActorKind.KEY:
        allowed = actor.hub_id == new.hub_id and bool(actor.scopes & {"people:write"})
    else:
        wide = new.hub_id in actor.hubs(Role.COORDINATOR, Role.SUPERVISOR)
        own = new.hub_id in actor.hubs(Role.OFFENDER_MANAGER) and new.offender_manager_id == actor.id
        allowed = wide or own
    if not allowed:
        raise Forbidden(
            "They are new and on somebody else’s caseload. You may add people to your own; a coordinator may add them."
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
