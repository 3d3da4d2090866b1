"""Tables of decisions about non-compliance and of evidence packs. A rule alone decides nothing
here.
"""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engage.appointments.model import Appointment, Outcome
from engage.compliance.kinds import Delivery as Delivery
from engage.compliance.kinds import EnforcementKind as EnforcementKind
from engage.core.db import Base, new_id
from engage.legal.model import Order
from engage.people.model import Language, Person


class Enforcement(Base):
    """A decision about non-compliance, by a named worker, with its reason and the failures it rests
    on.

    `suggested` is what rule 7 suggested at the time, and why. `letter` is the completed letter;
    `given_on` and `given_how` say when and how the person received it. `due_on` is the working day
    by which a referral must be with the court. A decision stays on record. If its ground is gone
    (an outcome is corrected) it is withdrawn, with who and why.
    """

    __tablename__ = "enforcement"
    __table_args__ = (
        CheckConstraint("(given_on IS NULL) = (given_how IS NULL)", name="given"),
        Index("ix_enforcement_person", "person_id", "decided_at"),
        Index(
            "ix_enforcement_due",
            "due_on",
            postgresql_where=text("kind = 'referral' AND done_on IS NULL AND withdrawn_at IS NULL"),
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Person.id, ondelete="CASCADE"))
    order_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Order.id))
    kind: Mapped[EnforcementKind]
    reason: Mapped[str] = mapped_column(String(1000))
    suggested: Mapped[dict[str, Any]] = mapped_column(default=dict)
    letter_language: Mapped[Language | None]
    letter: Mapped[str | None] = mapped_column(String(6000))
    decided_by: Mapped[str] = mapped_column(String(80))
    decided_at: Mapped[datetime]
    due_on: Mapped[date | None]
    done_on: Mapped[date | None]
    given_on: Mapped[date | None]
    given_how: Mapped[Delivery | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[str | None] = mapped_column(String(80))
    withdrawn_why: Mapped[str | None] = mapped_column(String(500))

    failures: Mapped[list["EnforcementFailure"]] = relationship(lazy="selectin")


class EnforcementFailure(Base):
    """A failure that a decision rests on: the outcome that was recorded then."""

    __tablename__ = "enforcement_failure"

    enforcement_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey(Enforcement.id, ondelete="CASCADE"), primary_key=True
    )
    appointment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Appointment.id), primary_key=True)
    outcome_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Outcome.id), index=True)


class EvidencePack(Base):
    """An evidence pack made of a person's record: by whom, when, and for what.

    `content` is the pack's JSON as issued, `digest` its SHA-256, and `head` the last link of the
    person's event chain in it. The PDF is made from `content` on request, so both always say the
    same.
    """

    __tablename__ = "evidence_pack"
    __table_args__ = (Index("ix_evidence_pack_person", "person_id", "made_at"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Person.id, ondelete="CASCADE"))
    from_on: Mapped[date]
    until_on: Mapped[date]
    purpose: Mapped[str] = mapped_column(String(200))
    recipient: Mapped[str] = mapped_column(String(120))
    made_by: Mapped[str] = mapped_column(String(80))
    made_at: Mapped[datetime]
    digest: Mapped[str] = mapped_column(String(64))
    head: Mapped[str] = mapped_column(String(64))
    content: Mapped[bytes] = mapped_column(deferred=True)
