"""Tables of people, their phone numbers, and who may see their records. Everything here is personal
data: read it through engage/access only.
"""

import enum
import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engage.agencies.model import Agency, Hub, Staff
from engage.core.db import Base, new_id


class LegalStatus(enum.StrEnum):
    """Under a court order or licence, or voluntary. Unknown does not mean voluntary (rule 2)."""

    STATUTORY = "statutory"
    NON_STATUTORY = "non_statutory"
    UNKNOWN = "unknown"


class CustodyStatus(enum.StrEnum):
    """Where the person is. Anything but `community` stops texts (rule 1)."""

    COMMUNITY = "community"
    CUSTODY = "custody"
    REMAND = "remand"
    WARRANT = "warrant"
    UNLAWFULLY_AT_LARGE = "unlawfully_at_large"


class ContactStatus(enum.StrEnum):
    """Whether the person's case allows contact by text at all."""

    OPEN = "open"
    SUSPENDED = "suspended"
    CLOSED = "closed"
    DEAD = "dead"


class Language(enum.StrEnum):
    """The language of the person's texts."""

    ENGLISH = "en"
    WELSH = "cy"


class NumberState(enum.StrEnum):
    """What is known of a phone number. Only a `verified` one gets texts with content."""

    UNVERIFIED = "unverified"
    CHECKING = "checking"
    VERIFIED = "verified"
    SUSPENDED = "suspended"
    UNUSABLE = "unusable"
    RETIRED = "retired"


class Person(Base):
    """An adult under IOM."""

    __tablename__ = "person"
    __table_args__ = (
        CheckConstraint("crn ~ '^[A-Z][0-9]{6}$'", name="crn_form"),
        CheckConstraint("nomis_id ~ '^[A-Z][0-9]{4}[A-Z]{2}$'", name="nomis_form"),
        Index("ix_person_caseload", "offender_manager_id", "last_name", "first_name", "id"),
        Index("ix_person_hub", "hub_id", "last_name", "first_name", "id"),
        Index("ix_person_name", text("lower(last_name)"), text("lower(first_name)")),
        Index(
            "ix_person_contactability_changed",
            "contactability_changed_at",
            postgresql_where=text("contactability_changed_at IS NOT NULL"),
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    crn: Mapped[str] = mapped_column(String(7), unique=True)
    hub_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Hub.id))
    offender_manager_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Staff.id))
    first_name: Mapped[str] = mapped_column(String(40))
    last_name: Mapped[str] = mapped_column(String(60))
    preferred_name: Mapped[str | None] = mapped_column(String(40))
    date_of_birth: Mapped[date | None]
    nomis_id: Mapped[str | None] = mapped_column(String(7), doc="Prison number, `A1234BC`.")
    language: Mapped[Language] = mapped_column(default=Language.ENGLISH)
    legal_status: Mapped[LegalStatus] = mapped_column(default=LegalStatus.UNKNOWN)
    custody_status: Mapped[CustodyStatus] = mapped_column(default=CustodyStatus.COMMUNITY)
    contact_status: Mapped[ContactStatus] = mapped_column(default=ContactStatus.OPEN)
    restricted: Mapped[bool] = mapped_column(default=False)
    restricted_texts_allowed: Mapped[bool] = mapped_column(default=False)
    texts_approved_at: Mapped[datetime | None]
    texts_approved_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Staff.id))
    two_hour_reminder: Mapped[bool] = mapped_column(default=False)
    rebooking_allowed_at: Mapped[datetime | None]
    rebooking_allowed_by: Mapped[str | None] = mapped_column(String(80))
    legal_hold: Mapped[bool] = mapped_column(
        default=False,
        server_default=text("false"),
        doc="Nothing of the person is erased while it is set (rule 18).",
    )
    texts_paused_at: Mapped[datetime | None] = mapped_column(
        doc="Since when unprompted texts wait for a worker to resume them; null if they go."
    )
    texts_paused_why: Mapped[str | None] = mapped_column(String(200))
    text_from_hour: Mapped[int | None]
    text_until_hour: Mapped[int | None]
    merged_into_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("person.id"),
        doc="The record that this one was merged into. Nobody sees this one while it is set.",
    )
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())
    contactability_changed_at: Mapped[datetime | None] = mapped_column(
        doc="When something of rule 1 last changed; null once skipped reminders were decided again."
    )

    hub: Mapped[Hub] = relationship()
    offender_manager: Mapped[Staff] = relationship(foreign_keys=[offender_manager_id])
    contact_points: Mapped[list["ContactPoint"]] = relationship(
        back_populates="person", order_by="ContactPoint.created_at.desc()"
    )

    @property
    def name(self) -> str:
        """First and last name, for staff pages only."""
        return f"{self.first_name} {self.last_name}"


class ContactPoint(Base):
    """A phone number of a person, as given and as E.164, with its verification and safety.

    At most one per person is current (not retired). `number` is None if what was given is not a UK
    mobile number; `problem` then says why in words.
    """

    __tablename__ = "contact_point"
    __table_args__ = (
        CheckConstraint("number IS NULL OR number ~ '^[+][0-9]{8,15}$'", name="number_e164"),
        CheckConstraint(
            "(number IS NULL) = (state = 'unusable') OR state = 'retired'", name="number_usable"
        ),
        Index(
            "uq_contact_point_current",
            "person_id",
            unique=True,
            postgresql_where=text("state <> 'retired'"),
        ),
        Index("ix_contact_point_number", "number"),
        Index("ix_contact_point_person", "person_id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Person.id, ondelete="CASCADE"))
    given: Mapped[str] = mapped_column(String(40))
    number: Mapped[str | None] = mapped_column(String(16))
    state: Mapped[NumberState] = mapped_column(default=NumberState.UNVERIFIED)
    problem: Mapped[str | None] = mapped_column(String(200))
    verified_at: Mapped[datetime | None]
    verified_how: Mapped[str | None] = mapped_column(String(80))
    safe_until: Mapped[datetime | None]
    shared_agreed_at: Mapped[datetime | None]
    unsafe_since: Mapped[datetime | None] = mapped_column(
        doc="When a reply showed that another person reads this phone. Nothing goes to it, not even"
        " safety advice, until it is verified again."
    )
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    retired_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship(back_populates="contact_points")


class RecordAccess(Base):
    """Limited-access records: a member of staff who is excluded from a record, or admitted to a
    restricted one.
    """

    __tablename__ = "record_access"
    __table_args__ = (UniqueConstraint("person_id", "staff_id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Person.id, ondelete="CASCADE"))
    staff_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Staff.id))
    excluded: Mapped[bool]


class Involvement(Base):
    """An agency works with a person (it has booked them at least once), so its support workers see
    their part of the record.
    """

    __tablename__ = "involvement"
    __table_args__ = (
        UniqueConstraint("person_id", "agency_id"),
        Index("ix_involvement_agency", "agency_id", "person_id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Person.id, ondelete="CASCADE"))
    agency_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Agency.id))
    since: Mapped[datetime]
