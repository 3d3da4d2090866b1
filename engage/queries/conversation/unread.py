"""Replies that wait for a worker: those of an actor's people, and those from unknown numbers."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from engage.access import health_redaction, scope
from engage.access.policy import Ability, Actor, may_change
from engage.agencies.hub_settings import zone
from engage.agencies.model import Hub, Role, Staff
from engage.conversation.model import ReplyRecord
from engage.people.model import Person
from engage.queries import actor_names
from engage.queries.conversation import alarms
from messaging.tables import Inbound

PAGE = 25


@dataclass(frozen=True)
class Unread:
    """A reply that a worker must read, with what Engage has done so far.

    `manager` is the person's offender manager, None if that is the actor. `may_act`: the actor may
    mark the reply as read.
    """

    reading_id: uuid.UUID
    inbound_id: int
    person_id: uuid.UUID
    person_name: str
    crn: str
    manager: str | None
    may_act: bool
    words: str
    done: str
    at: datetime
    zone: ZoneInfo


@dataclass(frozen=True)
class UnknownNumber:
    """A number that belongs to nobody, or to several people, with its texts, newest first."""

    number: str
    texts: tuple["UnknownText", ...]


@dataclass(frozen=True)
class UnknownText:
    """A text from an unknown number. `alarm` shows who was told, if it reports danger."""

    reading_id: uuid.UUID
    words: str
    at: datetime
    done: str
    waiting: bool
    alarm: alarms.AlarmView | None = None


def unread(session: Session, actor: Actor) -> tuple[Unread, ...]:
    """The replies that wait for a worker, oldest first: at most one page."""
    rows = session.execute(
        select(
            ReplyRecord, Inbound.body, Person, Hub, Staff.name, health_redaction.is_about_health()
        )
        .join(Person, Person.id == ReplyRecord.person_id)
        .join(Hub, Hub.id == Person.hub_id)
        .join(Staff, Staff.id == Person.offender_manager_id)
        .join(Inbound, Inbound.id == ReplyRecord.inbound_id)
        .where(
            ReplyRecord.needs_human,
            ReplyRecord.read_at.is_(None),
            scope.people(actor, Ability.CONVERSE),
        )
        .order_by(ReplyRecord.at, ReplyRecord.id)
        .limit(PAGE)
    )
    return tuple(
        Unread(
            reading_id=reading.id,
            inbound_id=reading.inbound_id,
            person_id=person.id,
            person_name=person.name,
            crn=person.crn,
            manager=actor_names.other_manager(actor, person, manager),
            may_act=may_change(actor, person),
            words=health_redaction.NOT_SHOWN
            if delicate and not health_redaction.sees_health(actor, person)
            else body,
            done=health_redaction.NOT_SHOWN
            if delicate and not health_redaction.sees_health(actor, person)
            else reading.done,
            at=reading.at,
            zone=zone(hub),
        )
        for reading, body, person, hub, manager, delicate in rows
    )


def may_see_unknown(actor: Actor) -> bool:
    """Whether the actor may read texts from unknown numbers. Coordinators and supervisors may: they
    can find out who wrote.
    """
    return actor.has(Role.COORDINATOR, Role.SUPERVISOR)


def count_unknown(session: Session, actor: Actor) -> int:
    """The number of unknown numbers with a text that waits to be read, up to a page."""
    if not may_see_unknown(actor):
        return 0
    waiting = _waiting(actor).limit(PAGE).subquery()
    return session.scalar(select(func.count()).select_from(waiting)) or 0


def unknown_numbers(session: Session, actor: Actor) -> tuple[UnknownNumber, ...]:
    """The unknown numbers with texts that wait to be read, the longest waiting first, each with all
    its texts.
    """
    if not may_see_unknown(actor):
        return ()
    numbers = [number for (number,) in session.execute(_waiting(actor).limit(PAGE))]
    return _texts_of(session, numbers)


def unknown_number_of(
    session: Session, actor: Actor, reading_id: uuid.UUID
) -> UnknownNumber | None:
    """The unknown number that a text came from, with all its texts; None if there is none."""
    number = session.scalar(
        select(ReplyRecord.number).where(ReplyRecord.id == reading_id, scope.unknown_texts(actor))
    )
    if number is None or not may_see_unknown(actor):
        return None
    return _texts_of(session, [number])[0]


def _texts_of(session: Session, numbers: list[str]) -> tuple[UnknownNumber, ...]:
    rows = session.execute(
        select(ReplyRecord, Inbound.body)
        .join(Inbound, Inbound.id == ReplyRecord.inbound_id)
        .where(ReplyRecord.person_id.is_(None), ReplyRecord.number.in_(numbers))
        .order_by(ReplyRecord.at.desc(), ReplyRecord.id.desc())
        .limit(PAGE * 10)
    ).all()
    alarm_views = alarms.of_reply_records(session, [reading.id for reading, _ in rows])
    texts: dict[str, list[UnknownText]] = {number: [] for number in numbers}
    for reading, body in rows:
        texts[reading.number].append(
            UnknownText(
                reading_id=reading.id,
                words=body,
                at=reading.at,
                done=reading.done,
                waiting=reading.needs_human and reading.read_at is None,
                alarm=alarm_views.get(reading.id),
            )
        )
    return tuple(UnknownNumber(number, tuple(texts[number])) for number in numbers)


def _waiting(actor: Actor) -> Select[Any]:
    return (
        select(ReplyRecord.number)
        .where(scope.unknown_texts(actor), ReplyRecord.needs_human, ReplyRecord.read_at.is_(None))
        .group_by(ReplyRecord.number)
        .order_by(func.min(ReplyRecord.at))
    )
