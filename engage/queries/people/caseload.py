"""The caseload: all people whom an actor may see, by name, with their next appointment, their last
reply and whether they can be texted.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, case, func, or_, select
from sqlalchemy.orm import Session, aliased

from engage.access import scope
from engage.access.policy import Ability, Actor, abilities
from engage.agencies.model import Staff
from engage.appointments.model import Appointment, AppointmentState
from engage.cohort import reviews
from engage.cohort.reviews import ReviewStatus
from engage.conversation.model import ReplyRecord
from engage.core.errors import NotFound
from engage.core.paging import cut, rows_after
from engage.people import contactability
from engage.people.model import Person
from engage.queries.people.person import obstacles
from engage.signals import RANK, Severity, Signal, SignalState
from messaging.text import clean

PAGE = 50
SEARCH_MAX = 80


@dataclass(frozen=True)
class CaseloadRow:
    """One person on the list. `why_not` is empty if they can be texted; contact hours and the daily
    cap are not counted as obstacles.

    Fields that the actor may not see are None.
    """

    id: uuid.UUID
    crn: str
    name: str
    offender_manager: str
    next_at: datetime | None
    last_reply_at: datetime | None
    open_signals: int | None
    worst: Severity | None
    why_not: tuple[str, ...] | None
    standing: ReviewStatus | None
    zone: ZoneInfo


@dataclass(frozen=True)
class Caseload:
    """A page of the list. `following` is the last person on it if there are more: a web address
    must hold no name.
    """

    rows: tuple[CaseloadRow, ...]
    following: uuid.UUID | None


@dataclass(frozen=True)
class PersonMatch:
    """A person found by a search, for a form's choice."""

    id: uuid.UUID
    crn: str
    name: str


def load(
    session: Session,
    actor: Actor,
    *,
    now: datetime,
    search: str = "",
    after: uuid.UUID | None = None,
) -> Caseload:
    """A page of the people whom the actor may see and whose name or CRN matches `search`, after the
    person `after`.

    At most ten statements. Raises NotFound if the actor may not see that person.
    """
    behind = None if after is None else _place(session, actor, after)
    found = session.execute(
        _people(actor, search, behind)
        .add_columns(Staff.name)
        .join(Staff, Staff.id == Person.offender_manager_id)
        .limit(PAGE + 1)
    ).all()
    shown, following = cut(found, PAGE, lambda row: row[0].id)
    ids = [person.id for person, _ in shown]
    reaches = contactability.contactability_of(session, ids, now)
    upcoming = _next(session, actor, ids, now)
    replies = _last_replies(session, actor, ids)
    counts = _open_signals(session, actor, ids)
    stands = reviews.review_statuses(session, ids, now=now)
    rows = tuple(
        _row(actor, person, manager, reaches[person.id], upcoming, replies, counts, stands)
        for person, manager in shown
    )
    return Caseload(rows, following)


def _place(session: Session, actor: Actor, person_id: uuid.UUID) -> tuple[str, str, uuid.UUID]:
    row = session.execute(
        select(Person.last_name, Person.first_name).where(
            Person.id == person_id, scope.people(actor)
        )
    ).one_or_none()
    if row is None:
        raise NotFound("There is no such page of the list.")
    return row.last_name, row.first_name, person_id


def _row(
    actor: Actor,
    person: Person,
    manager: str,
    contact: contactability.Contactability,
    upcoming: Mapping[uuid.UUID, datetime],
    replies: Mapping[uuid.UUID, datetime | None],
    counts: Mapping[uuid.UUID, tuple[int, Severity | None]],
    stands: Mapping[uuid.UUID, ReviewStatus],
) -> CaseloadRow:
    granted = abilities(actor, person)
    count, worst = counts.get(person.id, (0, None))
    return CaseloadRow(
        id=person.id,
        crn=person.crn,
        name=f"{person.last_name}, {person.first_name}",
        offender_manager=manager,
        next_at=upcoming.get(person.id),
        last_reply_at=replies.get(person.id),
        open_signals=count if Ability.SIGNALS in granted else None,
        worst=worst,
        why_not=obstacles(contact) if Ability.CONVERSE in granted else None,
        standing=stands.get(person.id) if Ability.CASE in granted else None,
        zone=contact.zone,
    )


def search_for_choice(
    session: Session, actor: Actor, search: str, *, ability: Ability, limit: int
) -> tuple[PersonMatch, ...]:
    """People for whom the actor has `ability`, by name, at most `limit`: the choices of a form."""
    people = session.scalars(_people(actor, search, None, ability).limit(limit))
    return tuple(
        PersonMatch(person.id, person.crn, f"{person.last_name}, {person.first_name}")
        for person in people
    )


def _people(
    actor: Actor,
    search: str,
    after: tuple[str, str, uuid.UUID] | None,
    ability: Ability = Ability.VIEW,
) -> Select[Person]:
    query = (
        select(Person)
        .where(scope.people(actor, ability))
        .order_by(Person.last_name, Person.first_name, Person.id)
    )
    for word in clean(search).split():
        query = query.where(_matches(word))
    return rows_after(query, (Person.last_name, Person.first_name, Person.id), after)


def _matches(word: str) -> ColumnElement[bool]:
    # Each word of the search must be part of a name or begin the CRN, so that "dodds kat" and "X32"
    # both match.
    return or_(
        Person.last_name.icontains(word, autoescape=True),
        Person.first_name.icontains(word, autoescape=True),
        Person.preferred_name.icontains(word, autoescape=True),
        Person.crn.startswith(word.upper(), autoescape=True),
    )


def _next(
    session: Session, actor: Actor, ids: list[uuid.UUID], now: datetime
) -> Mapping[uuid.UUID, datetime]:
    rows = session.execute(
        select(Appointment.person_id, func.min(Appointment.starts_at))
        .join(Person, Person.id == Appointment.person_id)
        .where(
            Appointment.person_id.in_(ids),
            Appointment.starts_at >= now,
            Appointment.state == AppointmentState.BOOKED,
            scope.appointments(actor),
        )
        .group_by(Appointment.person_id)
    )
    return dict(rows.all())


def _last_replies(
    session: Session, actor: Actor, ids: list[uuid.UUID]
) -> Mapping[uuid.UUID, datetime | None]:
    # The newest of each is one step into the index: a group-by would read every reply that each
    # person ever sent.
    latest = aliased(ReplyRecord)
    newest = (
        select(latest.at)
        .where(latest.person_id == Person.id)
        .order_by(latest.at.desc())
        .limit(1)
        .scalar_subquery()
    )
    rows = session.execute(
        select(Person.id, newest).where(Person.id.in_(ids), scope.people(actor, Ability.CONVERSE))
    )
    return dict(rows.all())


def _open_signals(
    session: Session, actor: Actor, ids: list[uuid.UUID]
) -> Mapping[uuid.UUID, tuple[int, Severity | None]]:
    rank = case(
        {severity.value: place for severity, place in RANK.items()}, value=Signal.severity, else_=9
    )
    by_rank = {place: severity for severity, place in RANK.items()}
    rows = session.execute(
        select(Signal.person_id, func.count(), func.min(rank))
        .join(Person, Person.id == Signal.person_id)
        .where(
            Signal.person_id.in_(ids),
            Signal.state != SignalState.RESOLVED,
            scope.people(actor, Ability.SIGNALS),
            scope.signals(actor),
        )
        .group_by(Signal.person_id)
    )
    return {person: (count, by_rank.get(worst)) for person, count, worst in rows}
