"""Tables of appointments, their reminders, the intents that people stated, and the outcomes that
workers recorded.

What was said (StatedIntent), delivered (the receipts of messaging) and recorded (Outcome) are three
separate facts: no row here turns one into another.
"""

import uuid
from datetime import datetime, timedelta
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

from engage.agencies.model import Agency, Hub, Staff
from engage.appointments.kinds import AbsenceDecision as AbsenceDecision
from engage.appointments.kinds import AppointmentState as AppointmentState
from engage.appointments.kinds import AppointmentType as AppointmentType
from engage.appointments.kinds import IntentKind as IntentKind
from engage.appointments.kinds import OutcomeCode as OutcomeCode
from engage.appointments.kinds import ReminderKind as ReminderKind
from engage.appointments.kinds import ReminderState as ReminderState
from engage.core.db import Base, new_id
from engage.people.model import Person
from messaging.tables import Inbound, Message


class Appointment(Base):
    """An agreed meeting. `revision` counts its times: a reminder belongs to one revision and is
    void in the next.

    `source_ref` is the id in the exporting system, `source_digest` a digest of what the last file
    said about it: a file that says the same again changes nothing, even if a worker has moved the
    appointment since.
    """

    __tablename__ = "appointment"
    __table_args__ = (
        CheckConstraint("minutes BETWEEN 1 AND 1440", name="minutes"),
        UniqueConstraint("hub_id", "source_ref"),
        Index("ix_appointment_person", "person_id", "starts_at"),
        Index("ix_appointment_day", "hub_id", "starts_at"),
        Index("ix_appointment_starts_at", "starts_at", "id"),
        Index("ix_appointment_changed", "hub_id", "updated_at", "id"),
        Index("ix_appointment_agency", "agency_id", "person_id"),
        Index(
            "ix_appointment_worker",
            "worker_id",
            "person_id",
            postgresql_where=text("worker_id IS NOT NULL"),
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    hub_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Hub.id))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Person.id))
    agency_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Agency.id))
    type: Mapped[AppointmentType]
    starts_at: Mapped[datetime]
    minutes: Mapped[int]
    worker_name: Mapped[str] = mapped_column(String(40))
    worker_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Staff.id))
    place: Mapped[str] = mapped_column(String(120), default="")
    place_alias: Mapped[str] = mapped_column(String(60), default="")
    enforceable: Mapped[bool]
    state: Mapped[AppointmentState] = mapped_column(default=AppointmentState.BOOKED)
    revision: Mapped[int] = mapped_column(default=1)
    source_ref: Mapped[str | None] = mapped_column(String(40))
    source_digest: Mapped[str | None] = mapped_column(String(64))
    cancelled_at: Mapped[datetime | None]
    cancelled_reason: Mapped[str | None] = mapped_column(String(200))
    created_by: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    person: Mapped[Person] = relationship()
    agency: Mapped[Agency] = relationship()
    hub: Mapped[Hub] = relationship()
    reminders: Mapped[list["Reminder"]] = relationship(
        back_populates="appointment", order_by="Reminder.due_at"
    )
    intents: Mapped[list["StatedIntent"]] = relationship(
        back_populates="appointment", order_by="StatedIntent.said_at"
    )
    outcomes: Mapped[list["Outcome"]] = relationship(
        back_populates="appointment", order_by="Outcome.recorded_at"
    )
    absence_reasons: Mapped[list["AbsenceReason"]] = relationship(order_by="AbsenceReason.said_at")

    @property
    def ends_at(self) -> datetime:
        """The planned end."""
        return self.starts_at + timedelta(minutes=self.minutes)


class Reminder(Base):
    """A text about an appointment: its kind, when it is due, and what was decided when it fell due.

    `reasons` holds every reason why a reminder was skipped, cancelled or put off, as {"code": …,
    "words": …}. Several reminders of one person and day may share one message.
    """

    __tablename__ = "reminder"
    __table_args__ = (
        Index("ix_reminder_due", "due_at", "id", postgresql_where=text("state = 'planned'")),
        Index("ix_reminder_appointment", "appointment_id", "due_at"),
        Index("ix_reminder_message", "message_id"),
        UniqueConstraint("appointment_id", "kind", "revision", "attempt"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    appointment_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey(Appointment.id, ondelete="CASCADE")
    )
    kind: Mapped[ReminderKind]
    revision: Mapped[int]
    attempt: Mapped[int] = mapped_column(default=1)
    due_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    state: Mapped[ReminderState] = mapped_column(default=ReminderState.PLANNED)
    reasons: Mapped[list[Any]] = mapped_column(default=list)
    decided_at: Mapped[datetime | None]
    message_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Message.__table__.c.id))

    appointment: Mapped[Appointment] = relationship(back_populates="reminders")


class StatedIntent(Base):
    """What the person said about one appointment, with the text behind it. A later intent
    supersedes an earlier one.

    `cause` is the barrier to attending, and `travel` how they will come, if the text says so. A
    withdrawn intent no longer counts: the person took it back, or a worker found that Engage
    misread the text. `corrected_by` is set on an intent that a worker read from a text.
    """

    __tablename__ = "intent"
    __table_args__ = (
        Index("ix_intent_appointment", "appointment_id", "said_at"),
        UniqueConstraint("appointment_id", "inbound_id", "kind"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    appointment_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey(Appointment.id, ondelete="CASCADE")
    )
    kind: Mapped[IntentKind]
    said_at: Mapped[datetime]
    minutes_late: Mapped[int | None]
    cause: Mapped[str | None] = mapped_column(String(20))
    travel: Mapped[str | None] = mapped_column(String(10))
    inbound_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey(Inbound.__table__.c.id))
    revision: Mapped[int]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[str | None] = mapped_column(String(80))
    corrected_by: Mapped[str | None] = mapped_column(String(80))

    appointment: Mapped[Appointment] = relationship(back_populates="intents")


class Outcome(Base):
    """An outcome that a worker recorded. Earlier ones stay, with `superseded_at`."""

    __tablename__ = "outcome"
    __table_args__ = (
        Index(
            "uq_outcome_current",
            "appointment_id",
            unique=True,
            postgresql_where=text("superseded_at IS NULL"),
        ),
        Index(
            "ix_outcome_provisional",
            "appointment_id",
            postgresql_where=text("superseded_at IS NULL AND code = 'AFTA'"),
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    appointment_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey(Appointment.id, ondelete="CASCADE"), index=True
    )
    code: Mapped[OutcomeCode]
    note: Mapped[str] = mapped_column(String(1000), default="")
    recorded_by: Mapped[str] = mapped_column(String(80))
    recorded_at: Mapped[datetime]
    superseded_at: Mapped[datetime | None]

    appointment: Mapped[Appointment] = relationship(back_populates="outcomes")


class AbsenceReason(Base):
    """A self-reported reason for an absence: the text, the cause that it names, and the outcome
    proposed for that cause. Only a proposal: nothing changes until a worker makes the `decision`.
    """

    __tablename__ = "absence_reason"
    __table_args__ = (UniqueConstraint("appointment_id", "inbound_id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    appointment_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey(Appointment.id, ondelete="CASCADE")
    )
    inbound_id: Mapped[int] = mapped_column(BigInteger, ForeignKey(Inbound.__table__.c.id))
    cause: Mapped[str | None] = mapped_column(String(20))
    said_at: Mapped[datetime]
    proposed: Mapped[OutcomeCode | None]
    decision: Mapped[AbsenceDecision | None]
    decided_by: Mapped[str | None] = mapped_column(String(80))
    decided_at: Mapped[datetime | None]
