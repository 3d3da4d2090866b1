"""Use cases on a person's phone number: change it, verify it, confirm that it is safe, suspend it,
agree that it is shared.

Each takes an open session and never commits. When a number is retired, suspended or found on
another person, the texts that wait for it are withdrawn in the same transaction (rules 1 and 2),
and nothing more is sent to an old number.
"""

import uuid
from datetime import datetime, timedelta

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from engage import signals
from engage.access.policy import Ability, Actor, open_person
from engage.agencies.hub_settings import hub_rules
from engage.agencies.model import Hub
from engage.core import events
from engage.core.db import new_id
from engage.core.errors import Conflict
from engage.people.contactability import note_contactability_changed, withdraw_all
from engage.people.model import ContactPoint, NumberState, Person
from engage.signals import Evidence, SignalKind
from messaging import numbers

SHARED_PROBLEM = "Another person has the same number"


def set_number(
    session: Session,
    actor: Actor,
    person_id: uuid.UUID,
    given: str,
    *,
    now: datetime,
    verified_how: str | None = None,
) -> ContactPoint:
    """Change a person's number and retire the old one. The same number again changes nothing.

    `verified_how` says how a worker verified it ("asked face to face"). Without it the number is
    unverified, and is asked whose it is before anything else is sent.
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
    """Record that the current number is theirs, and safe for texts for the hub's number of days.
    Raises Conflict if there is no usable number.
    """
    person, point = _open_point(session, actor, person_id, now, "verify number")
    return mark_verified(session, person, point, how=how, actor=actor.label, now=now)


def mark_verified(
    session: Session, person: Person, point: ContactPoint, *, how: str, actor: str, now: datetime
) -> ContactPoint:
    """Record that a number is theirs and safe, as a worker or the person's own answer says."""
    if point.number is None:
        raise _no_number()
    point.state, point.verified_at, point.verified_how, point.problem = (
        NumberState.VERIFIED,
        now,
        how[:80],
        None,
    )
    point.unsafe_since = None
    point.safe_until = _safe_until(session, person, now)
    _record(session, "number.verified", person, point, actor, now)
    note_contactability_changed(session, person, now)
    for kind in (SignalKind.WRONG_NUMBER, SignalKind.NUMBER_DEAD):
        signals.resolve_cause(
            session, kind, person_id=person.id, how="The number was verified.", actor=actor, now=now
        )
    return point


def confirm_safe(
    session: Session, actor: Actor, person_id: uuid.UUID, *, now: datetime
) -> ContactPoint:
    """Record that a worker has checked that texts to the number are safe for the person. This holds
    for the hub's number of days.
    """
    person, point = _open_point(session, actor, person_id, now, "confirm safe to contact")
    point.safe_until = _safe_until(session, person, now)
    _record(session, "number.confirmed_safe", person, point, actor.label, now)
    note_contactability_changed(session, person, now)
    return point


def suspend_number(
    session: Session, actor: Actor, person_id: uuid.UUID, *, why: str, now: datetime
) -> ContactPoint:
    """Stop texts to the current number until a worker verifies it, and withdraw those that wait."""
    person, point = _open_point(session, actor, person_id, now, "suspend number")
    mark_suspended(session, person, point, why=why, actor=actor.label, now=now)
    return point


def mark_suspended(
    session: Session, person: Person, point: ContactPoint, *, why: str, actor: str, now: datetime
) -> None:
    """Suspend a number, as a worker, the person or the network says. Retired and unusable numbers
    stay as they are.
    """
    if point.state in (NumberState.RETIRED, NumberState.UNUSABLE):
        return
    point.state, point.problem = NumberState.SUSPENDED, why[:200]
    withdraw_all(session, person, why, now)
    _record(session, "number.suspended", person, point, actor, now)


def agree_shared(
    session: Session, actor: Actor, person_id: uuid.UUID, *, now: datetime
) -> ContactPoint:
    """Record that a worker agrees to a shared number: it is this person's, though others have it
    too, and sharing it is safe for them.
    """
    person, point = _open_point(session, actor, person_id, now, "agree shared number")
    point.shared_agreed_at = now
    _record(session, "number.sharing_agreed", person, point, actor.label, now)
    mark_verified(
        session,
        person,
        point,
        how="shared phone, agreed with the worker",
        actor=actor.label,
        now=now,
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


def people_on(session: Session, number: str) -> list[tuple[Person, ContactPoint]]:
    """Everybody whose current number this is, always in the same order."""
    rows = session.execute(
        select(Person, ContactPoint)
        .join(
            ContactPoint,
            and_(ContactPoint.person_id == Person.id, ContactPoint.state != NumberState.RETIRED),
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


def expect_sharing(session: Session, person: Person, *, now: datetime) -> None:
    """Suspend an unverified number that the next of several new people also has, before anything is
    texted to it, and raise the signal.
    """
    point = current_point(session, person.id)
    if point is None or point.state is not NumberState.UNVERIFIED:
        return
    point.state, point.problem = NumberState.SUSPENDED, SHARED_PROBLEM
    _signal_sharing(session, person, point, now)


def add_number(
    session: Session,
    person: Person,
    given: str,
    old: ContactPoint | None,
    *,
    actor: Actor,
    now: datetime,
    verified_how: str | None,
) -> ContactPoint:
    """Add the number as it was given, usable or not. `old` is the one that it replaces."""
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
    _record(
        session,
        "number.changed" if old is not None else "number.added",
        person,
        point,
        actor.label,
        now,
        usable=number is not None,
    )
    session.flush()
    if number is not None:
        if verified_how:
            mark_verified(session, person, point, how=verified_how, actor=actor.label, now=now)
        _check_sharing(session, number, now)
    return point


def _put_number(
    session: Session,
    person: Person,
    given: str,
    *,
    actor: Actor,
    now: datetime,
    verified_how: str | None,
) -> ContactPoint:
    old = current_point(session, person.id)
    number, problem = _read_number(given)
    if old is not None and (old.number, old.problem if number is None else None) == (
        number,
        problem,
    ):
        if verified_how and number:
            mark_verified(session, person, old, how=verified_how, actor=actor.label, now=now)
        return old
    if old is not None:
        _retire(session, person, old, now)
    point = add_number(session, person, given, old, actor=actor, now=now, verified_how=verified_how)
    if number is not None:
        note_contactability_changed(session, person, now)
    return point


def _unsafe_before(session: Session, person_id: uuid.UUID, number: str) -> datetime | None:
    """Since when another person reads that phone, if this person had the number before and it was
    not verified since.
    """
    return session.scalar(
        select(ContactPoint.unsafe_since)
        .where(ContactPoint.person_id == person_id, ContactPoint.number == number)
        .order_by(ContactPoint.created_at.desc(), ContactPoint.id.desc())
        .limit(1)
    )


def _read_number(given: str) -> tuple[str | None, str | None]:
    """The given number as E.164, or what is wrong with it in words."""
    try:
        return numbers.parse_mobile(given), None
    except numbers.NumberProblem as error:
        return None, error.words


def _retire(session: Session, person: Person, old: ContactPoint, now: datetime) -> None:
    old.state, old.retired_at = NumberState.RETIRED, now
    session.flush()
    withdraw_all(session, person, "The person's number was changed", now)


def _check_sharing(session: Session, number: str, now: datetime) -> None:
    """Rule 1: a number of two people gets no texts for either until a worker has looked. Raises a
    signal for each.
    """
    owners = people_on(session, number)
    if len(owners) < 2:
        return
    for person, point in owners:
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
        why="Another person has the same mobile number."
        " Neither is texted until a worker has looked.",
        evidence=[Evidence("contact_point", str(point.id))],
        now=now,
    )


def _open_point(
    session: Session, actor: Actor, person_id: uuid.UUID, now: datetime, what: str
) -> tuple[Person, ContactPoint]:
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
    point = current_point(session, person.id)
    if point is None or point.number is None:
        raise _no_number()
    return person, point


def _no_number() -> Conflict:
    return Conflict(
        "There is no mobile number that could be texted. Change the number first.", code="no_number"
    )


def _safe_until(session: Session, person: Person, now: datetime) -> datetime:
    """Until when texts to a number that was checked now count as safe (rule 1)."""
    return now + timedelta(days=hub_rules(session.get_one(Hub, person.hub_id)).safe_days)


def _record(
    session: Session,
    kind: str,
    person: Person,
    point: ContactPoint,
    actor: str,
    now: datetime,
    **data: object,
) -> None:
    events.record_for_person(session, kind, person, now=now, actor=actor, point=point.id, **data)
