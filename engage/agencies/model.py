"""Tables of areas, hubs, agencies and staff. They must never hold anything about a person."""

import enum
import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engage.core.db import Base, new_id


class AgencyKind(enum.StrEnum):
    """The kinds of agency that take part in IOM."""

    PROBATION = "probation"
    POLICE = "police"
    PRISON = "prison"
    COUNCIL = "council"
    HOUSING = "housing"
    HEALTH = "health"
    DRUG_AND_ALCOHOL = "drug_and_alcohol"
    YOUTH_OFFENDING = "youth_offending"
    JOBCENTRE = "jobcentre"
    VICTIM_SERVICES = "victim_services"
    CHARITY = "charity"
    EDUCATION = "education"


class Role(enum.StrEnum):
    """The role of a member of staff in a hub. It decides which people they see and what they may
    do (access/policy.py).
    """

    OFFENDER_MANAGER = "offender_manager"
    SUPPORT_WORKER = "support_worker"
    COORDINATOR = "coordinator"
    SUPERVISOR = "supervisor"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"


class Area(Base):
    """An IOM board's area."""

    __tablename__ = "area"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(80), unique=True)


class Hub(Base):
    """A local group within an area, with its own caseload, hours and settings."""

    __tablename__ = "hub"
    __table_args__ = (UniqueConstraint("area_id", "name"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    area_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Area.id))
    name: Mapped[str] = mapped_column(String(80))
    phone: Mapped[str] = mapped_column(String(20))
    timezone: Mapped[str] = mapped_column(String(40), default="Europe/London")
    settings: Mapped[dict[str, Any]] = mapped_column(default=dict)
    closed_at: Mapped[datetime | None] = mapped_column(
        doc="From then on no person is adopted here and nothing is booked."
    )


class HubSettingsSpell(Base):
    """The settings of a hub from `since` until the next row: which settings were in force when."""

    __tablename__ = "hub_settings_spell"
    __table_args__ = (Index("ix_hub_settings_spell_hub", "hub_id", "since"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    hub_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Hub.id))
    since: Mapped[datetime]
    settings: Mapped[dict[str, Any]]
    changed_by: Mapped[str] = mapped_column(String(80))


class Agency(Base):
    """An organisation that takes part in an area."""

    __tablename__ = "agency"
    __table_args__ = (UniqueConstraint("area_id", "name"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    area_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Area.id))
    name: Mapped[str] = mapped_column(String(80))
    kind: Mapped[AgencyKind]


class Staff(Base):
    """A member of staff of an agency. `memberships` are their roles in hubs."""

    __tablename__ = "staff"
    __table_args__ = (
        CheckConstraint("email = lower(email)", name="email_lower"),
        CheckConstraint("mobile ~ '^[+][0-9]{8,15}$'", name="mobile_e164"),
        Index("uq_staff_email", "email", unique=True),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    agency_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Agency.id))
    email: Mapped[str] = mapped_column(String(254))
    name: Mapped[str] = mapped_column(String(80))
    first_name: Mapped[str] = mapped_column(String(40))
    phone: Mapped[str | None] = mapped_column(String(20))
    mobile: Mapped[str | None] = mapped_column(
        String(16),
        doc="Where notices go, as E.164. A text from it is treated as from an unknown number.",
    )
    wants_notices: Mapped[bool] = mapped_column(default=True, server_default=text("true"))
    password_hash: Mapped[str | None] = mapped_column(String(200))
    active: Mapped[bool] = mapped_column(default=True)
    failed_sign_ins: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    session_epoch: Mapped[int] = mapped_column(default=0)
    signed_in_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    agency: Mapped[Agency] = relationship()
    memberships: Mapped[list["Membership"]] = relationship(back_populates="staff", lazy="selectin")


class Membership(Base):
    """A role of one member of staff in one hub."""

    __tablename__ = "membership"
    __table_args__ = (UniqueConstraint("staff_id", "hub_id", "role"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    staff_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Staff.id, ondelete="CASCADE"))
    hub_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Hub.id), index=True)
    role: Mapped[Role]

    staff: Mapped[Staff] = relationship(back_populates="memberships")
    hub: Mapped[Hub] = relationship()


class OnCallTurn(Base):
    """A member of staff is on call for a hub's urgent items for a time. Level 1 is told first.
    Turns may overlap.
    """

    __tablename__ = "on_call_turn"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="ends_later"),
        CheckConstraint("level BETWEEN 1 AND 9", name="level_known"),
        Index("ix_on_call_turn_hub", "hub_id", "ends_at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    hub_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Hub.id))
    staff_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Staff.id, ondelete="CASCADE"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    level: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    created_by: Mapped[str] = mapped_column(String(80))

    hub: Mapped[Hub] = relationship()
    staff: Mapped[Staff] = relationship()


class ApiKey(Base):
    """The key of a case-management system: for one hub, with scopes and an expiry. Only a hash of
    the secret is stored.
    """

    __tablename__ = "api_key"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    hub_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Hub.id))
    name: Mapped[str] = mapped_column(String(80))
    prefix: Mapped[str] = mapped_column(String(16), unique=True)
    secret_hash: Mapped[str] = mapped_column(String(64))
    scopes: Mapped[list[Any]]
    expires_at: Mapped[datetime]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    created_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Staff.id))
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]

    hub: Mapped[Hub] = relationship()
