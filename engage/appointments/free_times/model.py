"""Tables of workers' free times and of the offers made by text. A free time says nothing about
people, only about its worker.

Whether a time is free is not stored. It is free unless it is withdrawn, held (a hold ends by the
clock), or its worker has an appointment then. So a time becomes free by itself when the appointment
is moved or cancelled.
"""

import uuid
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engage.agencies.model import Hub, Staff
from engage.appointments.kinds import AppointmentType
from engage.appointments.model import Appointment
from engage.core.db import Base, new_id
from engage.people.model import Person
from messaging.tables import Inbound, Message


class FreeTime(Base):
    """A time at which a worker can see a person. `despite_closed`: added on purpose on a day on
    which the hub is closed.
    """

    __tablename__ = "free_time"
    __table_args__ = (
        CheckConstraint("minutes BETWEEN 1 AND 1440", name="minutes"),
        CheckConstraint("(held_for_id IS NULL) OR (held_until IS NOT NULL)", name="hold"),
        Index(
            "uq_free_time_start",
            "worker_id",
            "starts_at",
            unique=True,
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
        Index(
            "ix_free_time_hub", "hub_id", "starts_at", postgresql_where=text("withdrawn_at IS NULL")
        ),
        Index("ix_free_time_held", "held_for_id", postgresql_where=text("held_for_id IS NOT NULL")),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    hub_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Hub.id))
    worker_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Staff.id))
    type: Mapped[AppointmentType]
    starts_at: Mapped[datetime]
    minutes: Mapped[int]
    place: Mapped[str] = mapped_column(String(120), default="")
    place_alias: Mapped[str] = mapped_column(String(60), default="")
    despite_closed: Mapped[bool] = mapped_column(default=False)
    held_for_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey(Person.id, ondelete="SET NULL")
    )
    held_until: Mapped[datetime | None]
    created_by: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[str | None] = mapped_column(String(80))

    worker: Mapped[Staff] = relationship()
    hub: Mapped[Hub] = relationship()

    @property
    def ends_at(self) -> datetime:
        """The planned end."""
        return self.starts_at + timedelta(minutes=self.minutes)


class SlotOffer(Base):
    """Free times offered to one person for one appointment, at the revision that it had then.

    `options` are {"id": …, "starts_at": …} in the order of their numbers. The times are held until
    `held_until`; an answer is accepted until `open_until`. A choice sets `chosen_id`, the time that
    the appointment had, and the revision that it got by the move.
    """

    __tablename__ = "slot_offer"
    __table_args__ = (
        Index("ix_slot_offer_person", "person_id", "offered_at"),
        Index("ix_slot_offer_appointment", "appointment_id"),
        Index(
            "ix_slot_offer_moved", "closed_at", postgresql_where=text("moved_revision IS NOT NULL")
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Person.id, ondelete="CASCADE"))
    appointment_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey(Appointment.id, ondelete="CASCADE")
    )
    revision: Mapped[int]
    number: Mapped[str] = mapped_column(String(16))
    options: Mapped[list[Any]]
    wanted_day: Mapped[str | None] = mapped_column(String(10))
    wanted_time: Mapped[str | None] = mapped_column(String(5))
    message_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Message.__table__.c.id))
    inbound_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey(Inbound.__table__.c.id))
    offered_at: Mapped[datetime]
    held_until: Mapped[datetime]
    open_until: Mapped[datetime]
    asked_again_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    closed_by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey(Inbound.__table__.c.id))
    chosen_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey(FreeTime.id, ondelete="SET NULL")
    )
    from_starts_at: Mapped[datetime | None]
    moved_revision: Mapped[int | None]

    appointment: Mapped[Appointment] = relationship()

    @property
    def ids(self) -> list[uuid.UUID]:
        """The ids of the free times, in the order of their numbers."""
        return [uuid.UUID(option["id"]) for option in self.options]

    @property
    def starts(self) -> list[datetime]:
        """When the free times start, in the order of their numbers."""
        return [datetime.fromisoformat(option["starts_at"]) for option in self.options]
