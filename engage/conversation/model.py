"""Tables of the conversation: questions, alarms, records of inbound texts, and takeovers."""

import enum
import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engage.agencies.model import Staff
from engage.appointments.model import Appointment
from engage.core.db import Base, new_id
from engage.people.model import Person
from engage.understanding.vocabulary import Basis, Speaker
from messaging.tables import Inbound, Message


class QuestionKind(enum.StrEnum):
    """What a question asks."""

    APPOINTMENT = "appointment"
    NUMBER_CHECK = "number_check"
    WHICH = "which"
    WHO = "who"
    END_TEXTS = "end_texts"
    WRONG_NUMBER = "wrong_number"


class Question(Base):
    """A question that is open until it is answered, replaced or expired.

    For `which`, `options` has the `kind` of intent, the `appointments` in the order of their
    numbers, each with its revision, the `reading` (the id of the reply record asked about), and
    `minutes`, `cause` and `wish`, if known. For `who` it has the `inbounds` that wait for an owner.
    `end_texts` asks whether all texts shall stop, `wrong_number` whether the phone is theirs; both
    have the `reading`.
    """

    __tablename__ = "question"
    __table_args__ = (
        Index("ix_question_open", "number", "asked_at", postgresql_where=text("closed_at IS NULL")),
        Index("ix_question_person", "person_id", "asked_at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[QuestionKind]
    number: Mapped[str] = mapped_column(String(16))
    person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Person.id, ondelete="CASCADE"))
    appointment_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey(Appointment.id, ondelete="CASCADE")
    )
    revision: Mapped[int | None]
    message_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Message.__table__.c.id))
    options: Mapped[dict[str, Any]] = mapped_column(default=dict)
    asked_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    closed_by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey(Inbound.__table__.c.id))


class AlarmOutcome(enum.StrEnum):
    """The outcome of a step of an alarm."""

    TOLD = "told"
    NO_WAY = "no_way"
    NOBODY = "nobody"


class Alarm(Base):
    """A danger that staff are told about, one after the other, until one of them takes it up.

    It is about a signal, or about a text from an unknown number. `level` is the rota level that was
    told last (0: none yet). `next_at` is when the next step is due; null once the alarm is over.
    """

    __tablename__ = "alarm"
    __table_args__ = (
        CheckConstraint("(signal_id IS NULL) <> (reply_record_id IS NULL)", name="about_one_thing"),
        UniqueConstraint("signal_id"),
        UniqueConstraint("reply_record_id"),
        Index("ix_alarm_next", "next_at", postgresql_where=text("next_at IS NOT NULL")),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    signal_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("signal.id", ondelete="CASCADE"))
    reply_record_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("reply_record.id", ondelete="CASCADE")
    )
    level: Mapped[int] = mapped_column(default=0)
    steps: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime | None]


class AlarmStep(Base):
    """A step of an alarm: who was told, who could not be, or that nobody was on call. `level` 0 is
    the offender manager.
    """

    __tablename__ = "alarm_step"
    __table_args__ = (Index("ix_alarm_step", "alarm_id", "at"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    alarm_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Alarm.id, ondelete="CASCADE"))
    at: Mapped[datetime]
    level: Mapped[int | None]
    staff_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Staff.id))
    outcome: Mapped[AlarmOutcome]
    message_id: Mapped[uuid.UUID | None]


class ReplyRecord(Base):
    """The record of an inbound text: who sent it, what it means, and what was done. One per text.

    `person_id` is null while nobody, or more than one person, has the number; when the number is
    claimed, its records move to the person. `prompt` is the question that it answers. `intents`
    are all meanings found, strongest first, and `act` says whether Engage acted on the strongest.
    `speaker` is who wrote the text, and `basis` says whether rules or the classifier read it.
    `read_with` are the ids of earlier texts that were interpreted with it. A text that is
    `passed_over` was only searched for danger and STOP, because too many came from the number.
    """

    __tablename__ = "reply_record"
    __table_args__ = (
        Index("uq_reply_record_inbound", "inbound_id", unique=True),
        Index("ix_reply_record_person", "person_id", "at"),
        Index("ix_reply_record_number", "number", postgresql_where=text("person_id IS NULL")),
        Index(
            "ix_reply_record_unread", "at", postgresql_where=text("needs_human AND read_at IS NULL")
        ),
        Index("ix_reply_record_heard", "number", "at", postgresql_where=text("NOT passed_over")),
        Index(
            "ix_reply_record_passed_over",
            "number",
            postgresql_where=text("passed_over AND needs_human AND read_at IS NULL"),
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    inbound_id: Mapped[int] = mapped_column(BigInteger, ForeignKey(Inbound.__table__.c.id))
    number: Mapped[str] = mapped_column(String(16))
    person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Person.id, ondelete="SET NULL"))
    appointment_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey(Appointment.id, ondelete="SET NULL")
    )
    prompt: Mapped[str] = mapped_column(String(20))
    intent: Mapped[str] = mapped_column(String(30))
    confidence: Mapped[float]
    intents: Mapped[list[Any]] = mapped_column(default=list, server_default=text("'[]'::jsonb"))
    evidence: Mapped[list[Any]] = mapped_column(
        default=list,
        server_default=text("'[]'::jsonb"),
        doc="The person's words that the meaning rests on. Erased with the text.",
    )
    act: Mapped[bool]
    speaker: Mapped[str] = mapped_column(
        String(10), default=Speaker.PERSON.value, server_default=text("'person'")
    )
    basis: Mapped[str] = mapped_column(
        String(10), default=Basis.MODEL.value, server_default=text("'model'")
    )
    done: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime]
    needs_human: Mapped[bool]
    read_at: Mapped[datetime | None]
    read_by: Mapped[str | None] = mapped_column(String(80))
    read_with: Mapped[list[Any]] = mapped_column(default=list, server_default=text("'[]'::jsonb"))
    taken_back_at: Mapped[datetime | None]
    passed_over: Mapped[bool] = mapped_column(default=False, server_default=text("false"))


class TakeoverEnd(enum.StrEnum):
    """How a takeover ended."""

    HANDED_BACK = "handed_back"
    TAKEN_BY_ANOTHER = "taken_by_another"
    TIMED_OUT = "timed_out"


class Takeover(Base):
    """A worker has taken over the conversation with a person: until it ends, Engage neither records
    nor answers what the person texts.

    It lasts while `ended_at` is null and `until` is in the future. Each text by the worker moves
    `until`.
    """

    __tablename__ = "takeover"
    __table_args__ = (
        CheckConstraint("(ended_at IS NULL) = (how IS NULL)", name="ended_somehow"),
        Index(
            "uq_takeover_current",
            "person_id",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("ix_takeover_person", "person_id", "since"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Person.id, ondelete="CASCADE"))
    staff_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Staff.id))
    since: Mapped[datetime]
    until: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    how: Mapped[TakeoverEnd | None]

    staff: Mapped[Staff] = relationship(lazy="joined")
