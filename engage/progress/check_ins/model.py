"""Tables of check-ins: each person's schedule, each check-in, and the answers.

Silence is no breach: nothing here counts for or against the person. The words of an answer are
those of the inbound text and are not copied, so that they are erased with it.
"""

import enum
import uuid
from datetime import date, datetime
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

from engage.core.db import Base, new_id
from engage.people.model import Person
from messaging.tables import Inbound, Message


class CheckInState(enum.StrEnum):
    """The state of a check-in. Only `unanswered` means that the person was asked and did not
    answer.
    """

    PLANNED = "planned"
    ASKED = "asked"
    ANSWERED = "answered"
    UNANSWERED = "unanswered"
    NOT_SENT = "not_sent"
    NOT_DELIVERED = "not_delivered"
    ENDED = "ended"


class HelpSaid(enum.StrEnum):
    """What a person replied to the offer of a call after a low answer."""

    CALL = "call"
    NO_CALL = "no_call"


class CheckInPlan(Base):
    """How often a person is asked, on which weekday (0 is Monday) and at which local hour.
    `next_at` is null while check-ins are off.
    """

    __tablename__ = "check_in_plan"
    __table_args__ = (
        CheckConstraint("every_weeks IN (1, 2, 4, 8)", name="every_weeks"),
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        CheckConstraint("hour BETWEEN 0 AND 23", name="hour"),
        CheckConstraint("(next_on IS NULL) = (next_at IS NULL)", name="next"),
        Index("ix_check_in_plan_next", "next_at", postgresql_where=text("next_at IS NOT NULL")),
    )

    person_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey(Person.id, ondelete="CASCADE"), primary_key=True
    )
    every_weeks: Mapped[int]
    weekday: Mapped[int]
    hour: Mapped[int]
    next_on: Mapped[date | None]
    next_at: Mapped[datetime | None]
    set_at: Mapped[datetime]
    set_by: Mapped[str] = mapped_column(String(80))

    @property
    def on(self) -> bool:
        """Whether check-ins are switched on."""
        return self.next_at is not None


class CheckIn(Base):
    """One check-in of one person, identified by the local day on which it was due: a day never has
    a second one.

    `look_at` is when the worker processes it next (to send, nudge or close it), null when nothing
    is left to do. `reasons` say why it was not sent, did not arrive or ended early (and, while it
    is open, that the person wrote to a worker); `nudge_reasons` say why no nudge was sent.
    `help_asked_at` is when a call was offered.
    """

    __tablename__ = "check_in"
    __table_args__ = (
        UniqueConstraint("person_id", "due_on"),
        Index("ix_check_in_look", "look_at", postgresql_where=text("look_at IS NOT NULL")),
        Index("ix_check_in_unanswered", "closes_at", postgresql_where=text("state = 'unanswered'")),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Person.id, ondelete="CASCADE"))
    due_on: Mapped[date]
    due_at: Mapped[datetime]
    state: Mapped[CheckInState] = mapped_column(default=CheckInState.PLANNED)
    look_at: Mapped[datetime | None]
    asked_at: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]
    message_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Message.__table__.c.id))
    nudge_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Message.__table__.c.id))
    reasons: Mapped[list[Any]] = mapped_column(default=list)
    nudge_reasons: Mapped[list[Any]] = mapped_column(default=list)
    help_asked_at: Mapped[datetime | None]
    help_said: Mapped[HelpSaid | None]

    answers: Mapped[list["CheckInAnswer"]] = relationship(
        order_by="CheckInAnswer.said_at, CheckInAnswer.inbound_id", lazy="selectin"
    )

    @property
    def answer(self) -> "CheckInAnswer | None":
        """The latest answer. Earlier answers are kept."""
        return self.answers[-1] if self.answers else None

    @property
    def group_key(self) -> str:
        """The group key of this check-in's texts, used to call them back."""
        return f"check_in:{self.id}"


class CheckInAnswer(Base):
    """An answer to a check-in (1 good, 2 OK, 3 not great, 4 need help) and the text that gave
    it.
    """

    __tablename__ = "check_in_answer"
    __table_args__ = (
        CheckConstraint("value BETWEEN 1 AND 4", name="value"),
        UniqueConstraint("check_in_id", "inbound_id"),
        Index("ix_check_in_answer_inbound", "inbound_id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    check_in_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(CheckIn.id, ondelete="CASCADE"))
    value: Mapped[int]
    inbound_id: Mapped[int] = mapped_column(BigInteger, ForeignKey(Inbound.__table__.c.id))
    said_at: Mapped[datetime]
