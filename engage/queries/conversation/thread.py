"""A person's thread: texts to them with their delivery, texts from them with their interpretation,
and marks of what changed.

It must show only what is known: a text whose delivery is unknown is shown as unknown.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, literal, or_, select
from sqlalchemy.orm import Session

from engage.access import health_redaction
from engage.appointments.model import Appointment
from engage.conversation.corrections.model import ReplyCorrection
from engage.conversation.model import ReplyRecord
from engage.core.model import Event
from engage.core.paging import aware_moment, cut
from engage.queries import actor_names
from engage.queries.appointments.appointments import last_moment
from engage.understanding.vocabulary import Intent, Speaker
from messaging.states import MessageStatus
from messaging.tables import Inbound, Message

PAGE = 50
MARKERS = (
    "number.added",
    "number.changed",
    "number.verified",
    "number.suspended",
    "number.sharing_agreed",
    "number.claimed",
    "texts.approved",
    "texts.approval_ended",
    "texts.paused",
    "texts.resumed",
    "rebooking.allowed",
    "rebooking.ended",
    "person.changed",
    "person.transferred",
    "person.died",
    "conversation.taken_over",
    "conversation.handed_back",
    "conversation.timed_out",
)


class Source(StrEnum):
    """Where an entry comes from. Entries of the same moment are sorted in this order: what changed,
    what the person said, what we answered.
    """

    MARK = "a"
    IN = "b"
    OUT = "c"


@dataclass(frozen=True)
class TextOut:
    """A text to the person."""

    at: datetime
    id: uuid.UUID
    to_number: str
    body: str
    purpose: str
    by: str
    status: MessageStatus
    reason: str | None
    status_at: datetime
    source: Source = Source.OUT


@dataclass(frozen=True)
class Corrected:
    """A worker's correction of what a text means, and what was done about it."""

    was: str
    now: str
    by: str
    at: datetime
    done: str


@dataclass(frozen=True)
class TextIn:
    """A text from the person, how it was interpreted and why, and whether a worker must read it.

    `speaker` is who wrote it. `also` has the weaker meanings, `evidence` the words that the
    interpretation rests on. `erased`: the words are past their retention period. `hidden`: they are
    about health, and the actor has no health access.
    """

    at: datetime
    id: int
    reading_id: uuid.UUID
    body: str
    pictures: int
    erased: bool
    prompt: str
    intent: str
    also: tuple[str, ...]
    confidence: float
    evidence: tuple[str, ...]
    act: bool
    done: str
    needs_human: bool
    read_at: datetime | None
    read_by: str | None
    appointment_id: uuid.UUID | None
    appointment_at: datetime | None
    corrected: Corrected | None = None
    hidden: bool = False
    source: Source = Source.IN
    speaker: str = Speaker.PERSON.value

    @property
    def means(self) -> str:
        """What the text means: as corrected by a worker, else as interpreted."""
        return self.corrected.now if self.corrected is not None else self.intent


@dataclass(frozen=True)
class Mark:
    """An event between the texts, such as a changed number."""

    at: datetime
    id: int
    kind: str
    by: str
    data: Mapping[str, Any]
    source: Source = Source.MARK


Entry = TextOut | TextIn | Mark


@dataclass(frozen=True)
class ThreadCursor:
    """A place in the thread; the page after it has the entries before that place."""

    at: datetime
    source: Source
    id: str

    def __str__(self) -> str:
        return f"{self.at.isoformat()}_{self.source.value}_{self.id}"

    @classmethod
    def parse(cls, given: str) -> "ThreadCursor":
        """The cursor that `str` wrote. Raises ValueError for anything else."""
        moment, source, id = given.split("_")
        place = cls(aware_moment(moment), Source(source), id)
        if place.source is Source.OUT:
            uuid.UUID(id)
        elif not (id.isascii() and id.isdigit() and len(id) < 19):
            raise ValueError("not a place in the thread")
        return place


@dataclass(frozen=True)
class Thread:
    """A page of the thread, oldest entry first. `older` is the cursor of the page with older
    entries; None if there are none.
    """

    entries: tuple[Entry, ...]
    older: ThreadCursor | None


def load(
    session: Session, person_id: uuid.UUID, *, health: bool, before: ThreadCursor | None = None
) -> Thread:
    """The latest entries of a person's thread, or those before a cursor, in five statements. The
    caller has opened the person.

    Without `health`, the words and the interpretation of texts about health are left out.
    """
    messages = _out(session, person_id, before)
    texts = _in(session, person_id, before)
    events = _marks(session, person_id, before)
    corrected = _corrections(session, [reading.id for reading, *_ in texts])
    who = actor_names.names_by_label(
        session,
        {message.context.get("by", "system") for message in messages}
        | {reading.read_by for reading, *_ in texts}
        | {event.actor for event in events}
        | {correction.by for correction in corrected.values()},
    )
    entries: list[Entry] = [_text_out(message, who, health) for message in messages]
    entries += [
        _without_health(entry) if delicate and not health else entry
        for entry, delicate in (
            (_text_in(reading, text, when, who, corrected.get(reading.id)), delicate)
            for reading, text, when, delicate in texts
        )
    ]
    entries += [
        Mark(event.at, event.id, event.kind, who[event.actor], event.data) for event in events
    ]
    entries.sort(key=_order, reverse=True)
    shown, older = cut(entries, PAGE, lambda last: ThreadCursor(last.at, last.source, str(last.id)))
    return Thread(tuple(reversed(shown)), older)


def _order(entry: Entry) -> tuple[datetime, str, int]:
    return (
        entry.at,
        entry.source.value,
        entry.id.int if isinstance(entry.id, uuid.UUID) else entry.id,
    )


def _out(session: Session, person_id: uuid.UUID, before: ThreadCursor | None) -> list[Message]:
    return list(
        session.scalars(
            select(Message)
            .where(Message.recipient == str(person_id))
            .where(*_before(Message.created_at, Message.id, Source.OUT, before))
            .order_by(Message.created_at.desc(), Message.id.desc())
            .limit(PAGE + 1)
        )
    )


def _in(
    session: Session, person_id: uuid.UUID, before: ThreadCursor | None
) -> list[tuple[ReplyRecord, Inbound, datetime | None, bool]]:
    rows = session.execute(
        select(ReplyRecord, Inbound, Appointment.starts_at, health_redaction.is_about_health())
        .join(Inbound, Inbound.id == ReplyRecord.inbound_id)
        .outerjoin(Appointment, Appointment.id == ReplyRecord.appointment_id)
        .where(ReplyRecord.person_id == person_id)
        .where(*_before(ReplyRecord.at, ReplyRecord.inbound_id, Source.IN, before))
        .order_by(ReplyRecord.at.desc(), ReplyRecord.inbound_id.desc())
        .limit(PAGE + 1)
    )
    return [(reading, text, starts_at, delicate) for reading, text, starts_at, delicate in rows]


def _marks(session: Session, person_id: uuid.UUID, before: ThreadCursor | None) -> list[Event]:
    return list(
        session.scalars(
            select(Event)
            .where(Event.person_id == person_id, Event.kind.in_(MARKERS))
            .where(*_before(Event.at, Event.id, Source.MARK, before))
            .order_by(Event.at.desc(), Event.id.desc())
            .limit(PAGE + 1)
        )
    )


def _corrections(session: Session, readings: list[uuid.UUID]) -> dict[uuid.UUID, ReplyCorrection]:
    """The latest correction of each record that has one."""
    rows = session.scalars(
        select(ReplyCorrection)
        .where(ReplyCorrection.reply_record_id.in_(readings))
        .order_by(ReplyCorrection.at, ReplyCorrection.id)
    )
    return {row.reply_record_id: row for row in rows}


def _before(
    at: Any, id: Any, source: Source, before: ThreadCursor | None
) -> tuple[ColumnElement[bool], ...]:
    if before is None:
        return ()
    if source.value < before.source.value:
        return (at <= before.at,)
    if source.value > before.source.value:
        return (at < before.at,)
    value: uuid.UUID | int = uuid.UUID(before.id) if source is Source.OUT else int(before.id)
    return (at <= before.at, or_(at < before.at, and_(at == before.at, id < literal(value))))


def _text_out(message: Message, who: Mapping[str | None, str], health: bool) -> TextOut:
    return TextOut(
        at=message.created_at,
        id=message.id,
        to_number=message.to_number,
        body=message.body
        if health or not health_redaction.reveals_health(message)
        else health_redaction.NOT_SHOWN,
        purpose=str(message.context.get("purpose", "")),
        by=who[message.context.get("by", "system")],
        status=message.status,
        reason=message.reason,
        status_at=last_moment(message),
    )


def _without_health(entry: TextIn) -> TextIn:
    """The entry without its content, so that a lapse looks the same as good news."""
    return replace(
        entry,
        body=entry.body and health_redaction.NOT_SHOWN,
        intent=Intent.PROGRESS_HEALTH.value,
        also=(),
        evidence=(),
        done=health_redaction.NOT_SHOWN,
        corrected=None,
        hidden=True,
    )


def _text_in(
    reading: ReplyRecord,
    text: Inbound,
    starts_at: datetime | None,
    who: Mapping[str | None, str],
    correction: ReplyCorrection | None,
) -> TextIn:
    return TextIn(
        at=reading.at,
        id=reading.inbound_id,
        reading_id=reading.id,
        body=text.body,
        pictures=text.num_media,
        erased=not text.body and not text.params,
        prompt=reading.prompt,
        intent=reading.intent,
        also=tuple(one for one in reading.intents if one != reading.intent),
        confidence=reading.confidence,
        evidence=tuple(reading.evidence),
        act=reading.act,
        done=reading.done,
        needs_human=reading.needs_human,
        read_at=reading.read_at,
        read_by=who[reading.read_by] if reading.read_by else None,
        appointment_id=reading.appointment_id,
        appointment_at=starts_at,
        speaker=reading.speaker,
        corrected=None
        if correction is None
        else Corrected(
            correction.was, correction.now, who[correction.by], correction.at, correction.done
        ),
    )
