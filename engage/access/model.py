"""Tables of sharing agreements, disclosures and emergency access."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engage.agencies.model import Agency, Hub, Staff
from engage.core.db import Base, new_id
from engage.people.model import Person


class SharingAgreement(Base):
    """What an agency may see of a hub's people beyond its own part, for what purpose and on what
    lawful basis.

    `fields` are values of `engage.access.sharing.RecordPart`. The agreement is in force from
    `starts_on` to `ends_on`, both included, unless it is ended earlier.
    """

    __tablename__ = "sharing_agreement"
    __table_args__ = (
        CheckConstraint("ends_on >= starts_on", name="ends_later"),
        Index("ix_sharing_agreement_hub", "hub_id", "agency_id", "ends_on"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    hub_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Hub.id))
    agency_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Agency.id))
    purpose: Mapped[str] = mapped_column(String(200))
    lawful_basis: Mapped[str] = mapped_column(String(200))
    fields: Mapped[list[Any]]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    recorded_by: Mapped[str] = mapped_column(String(80))
    recorded_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None] = mapped_column(String(80))

    agency: Mapped[Agency] = relationship()


class Disclosure(Base):
    """Part of a person's record was shown or given to another agency: what, to whom and why.
    `agreement_id` is None for a court, which may see it by law.
    """

    __tablename__ = "disclosure"
    __table_args__ = (Index("ix_disclosure_person", "person_id", "at"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Person.id, ondelete="CASCADE"))
    agreement_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(SharingAgreement.id))
    agency_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Agency.id))
    recipient: Mapped[str] = mapped_column(String(120))
    purpose: Mapped[str] = mapped_column(String(200))
    lawful_basis: Mapped[str] = mapped_column(String(200))
    fields: Mapped[list[Any]]
    actor: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime]


class BreakGlass(Base):
    """Emergency access of a member of staff to a record that their role does not show: the reason
    and when it expires.
    """

    __tablename__ = "break_glass"
    __table_args__ = (Index("ix_break_glass_staff", "staff_id", "person_id", "ends_at"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Person.id, ondelete="CASCADE"))
    staff_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Staff.id))
    reason: Mapped[str] = mapped_column(String(500))
    at: Mapped[datetime]
    ends_at: Mapped[datetime]
