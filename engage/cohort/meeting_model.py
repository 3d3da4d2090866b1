"""Tables of meetings: attendance, agenda, decisions and minutes.

No change to the cohort takes effect without a decision here.
"""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engage.agencies.model import Agency, Hub
from engage.cohort.kinds import AgendaReason as AgendaReason
from engage.cohort.kinds import DecisionKind as DecisionKind
from engage.cohort.model import Referral
from engage.core.db import Base, new_id
from engage.people.model import Person


class Meeting(Base):
    """A meeting of a hub. It is open until it is closed with its minutes; after that nothing is
    decided in it.
    """

    __tablename__ = "meeting"
    __table_args__ = (UniqueConstraint("hub_id", "held_on"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    hub_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Hub.id))
    held_on: Mapped[date]
    chair: Mapped[str] = mapped_column(String(80), default="")
    minutes: Mapped[str] = mapped_column(String(10000), default="")
    called_by: Mapped[str] = mapped_column(String(80))
    called_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[str | None] = mapped_column(String(80))

    attendance: Mapped[list["MeetingAttendance"]] = relationship(lazy="selectin")


class MeetingAttendance(Base):
    """Whether an agency attended, and who represented it."""

    __tablename__ = "meeting_attendance"

    meeting_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey(Meeting.id, ondelete="CASCADE"), primary_key=True
    )
    agency_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Agency.id), primary_key=True)
    came: Mapped[bool]
    names: Mapped[str] = mapped_column(String(200), default="")

    agency: Mapped[Agency] = relationship()


class AgendaItem(Base):
    """A person to discuss, or a referral whose person Engage does not know yet. `reasons` are names
    of AgendaReason.
    """

    __tablename__ = "agenda_item"
    __table_args__ = (
        CheckConstraint("(referral_id IS NULL) OR (person_id IS NULL)", name="of_one"),
        CheckConstraint("(referral_id IS NOT NULL) OR (person_id IS NOT NULL)", name="of_somebody"),
        UniqueConstraint("meeting_id", "person_id"),
        UniqueConstraint("meeting_id", "referral_id"),
        Index("ix_agenda_item_person", "person_id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    meeting_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Meeting.id, ondelete="CASCADE"))
    person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Person.id, ondelete="CASCADE"))
    referral_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey(Referral.id, ondelete="CASCADE")
    )
    reasons: Mapped[list[Any]]
    added_by: Mapped[str] = mapped_column(String(80))
    added_at: Mapped[datetime]

    decision: Mapped["MeetingDecision | None"] = relationship(
        back_populates="item", lazy="selectin"
    )


class MeetingDecision(Base):
    """The one decision about an item, with its reason. `details` holds what it set, by
    name and id.
    """

    __tablename__ = "decision"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    item_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey(AgendaItem.id, ondelete="CASCADE"), unique=True
    )
    kind: Mapped[DecisionKind]
    reason: Mapped[str] = mapped_column(String(1000))
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
    decided_by: Mapped[str] = mapped_column(String(80))
    decided_at: Mapped[datetime]

    item: Mapped[AgendaItem] = relationship(back_populates="decision")
