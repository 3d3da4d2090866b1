"""Tables of what courts, police and prisons have decided or recorded about a person.

Only staff and their systems write here; no text from a person does. Dates are days of the hub's
calendar.
"""

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engage.core.db import Base, new_id
from engage.legal.kinds import CustodyKind as CustodyKind
from engage.legal.kinds import OffenceKind as OffenceKind
from engage.legal.kinds import OrderEnding as OrderEnding
from engage.legal.kinds import OrderKind as OrderKind
from engage.legal.kinds import RequirementKind as RequirementKind
from engage.people.model import Person


class Order(Base):
    """A community order, a suspended sentence order or a release on licence, in force from
    `starts_on` to `ends_on` inclusive.

    `ended_on` is the day it actually ended; null until an end is recorded by staff or the sweep.
    """

    __tablename__ = "court_order"
    __table_args__ = (
        CheckConstraint("ends_on >= starts_on", name="ends_later"),
        CheckConstraint("(ended_on IS NULL) = (ending IS NULL)", name="ended"),
        Index("ix_court_order_person", "person_id", "starts_on"),
        Index("ix_court_order_running", "ends_on", postgresql_where=text("ended_on IS NULL")),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Person.id, ondelete="CASCADE"))
    kind: Mapped[OrderKind]
    court: Mapped[str] = mapped_column(String(80), default="")
    reference: Mapped[str] = mapped_column(String(40), default="")
    made_on: Mapped[date]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    ended_on: Mapped[date | None]
    ending: Mapped[OrderEnding | None]
    recorded_by: Mapped[str] = mapped_column(String(80))
    recorded_at: Mapped[datetime]

    requirements: Mapped[list["Requirement"]] = relationship(
        back_populates="order", order_by="Requirement.kind, Requirement.id", lazy="selectin"
    )


class Requirement(Base):
    """A requirement that the court made.

    `amount` is the total: days of a RAR, minutes of unpaid work; null for others. A DRR has the
    number of days between tests, and between court reviews (null if the court asked for none).
    """

    __tablename__ = "requirement"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("tests_every_days BETWEEN 1 AND 90", name="tests_every_days"),
        CheckConstraint("reviews_every_days BETWEEN 28 AND 365", name="reviews_every_days"),
        Index("ix_requirement_order", "order_id"),
        Index(
            "ix_requirement_drr", "id", postgresql_where=text("kind = 'drr' AND ended_on IS NULL")
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    order_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Order.id, ondelete="CASCADE"))
    kind: Mapped[RequirementKind]
    amount: Mapped[int | None]
    tests_every_days: Mapped[int | None]
    reviews_every_days: Mapped[int | None]
    starts_on: Mapped[date]
    ended_on: Mapped[date | None]
    note: Mapped[str] = mapped_column(String(200), default="")
    recorded_by: Mapped[str] = mapped_column(String(80))
    recorded_at: Mapped[datetime]

    order: Mapped[Order] = relationship(back_populates="requirements")
    credits: Mapped[list["RequirementCredit"]] = relationship(
        order_by="RequirementCredit.done_on", lazy="selectin"
    )


class RequirementCredit(Base):
    """What was done of a requirement on one day: one RAR day, or minutes of unpaid work.

    Only planned activity counts for a RAR, never routine supervision (rule 14). A day that does not
    count may still be recorded, so that its absence from the count is explained.
    """

    __tablename__ = "requirement_credit"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount"),
        Index(
            "uq_requirement_credit_day",
            "requirement_id",
            "done_on",
            unique=True,
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    requirement_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey(Requirement.id, ondelete="CASCADE")
    )
    done_on: Mapped[date]
    amount: Mapped[int]
    planned_activity: Mapped[bool]
    activity: Mapped[str] = mapped_column(String(120), default="")
    recorded_by: Mapped[str] = mapped_column(String(80))
    recorded_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[str | None] = mapped_column(String(80))


class Offence(Base):
    """An arrest, a charge or a conviction, reported by the police.

    `happened_on` is the day of the arrest, charge or offence.
    """

    __tablename__ = "offence"
    __table_args__ = (Index("ix_offence_person", "person_id", "happened_on"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Person.id, ondelete="CASCADE"))
    kind: Mapped[OffenceKind]
    happened_on: Mapped[date]
    what: Mapped[str] = mapped_column(String(120))
    acquisitive: Mapped[bool]
    recorded_by: Mapped[str] = mapped_column(String(80))
    recorded_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[str | None] = mapped_column(String(80))


class CustodySpell(Base):
    """A period in prison, sentenced or on remand. A person has at most one open; while it is open,
    no texts go (rules 1 and 2).

    `release_on` is the expected day and may move; `sentence_days` is the length of the sentence,
    null on remand.
    """

    __tablename__ = "custody_spell"
    __table_args__ = (
        CheckConstraint("released_on >= since", name="released_later"),
        CheckConstraint("sentence_days > 0", name="sentence_days"),
        Index(
            "uq_custody_spell_open",
            "person_id",
            unique=True,
            postgresql_where=text("released_on IS NULL"),
        ),
        Index(
            "ix_custody_spell_release", "release_on", postgresql_where=text("released_on IS NULL")
        ),
        Index("ix_custody_spell_person", "person_id", "since"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Person.id, ondelete="CASCADE"))
    kind: Mapped[CustodyKind]
    since: Mapped[date]
    prison: Mapped[str] = mapped_column(String(80), default="")
    sentence_days: Mapped[int | None]
    release_on: Mapped[date | None]
    released_on: Mapped[date | None]
    recorded_by: Mapped[str] = mapped_column(String(80))
    recorded_at: Mapped[datetime]

    plan: Mapped["ReleasePlan | None"] = relationship(lazy="selectin")


class ReleasePlan(Base):
    """Arrangements for the day of release: due 14 days before."""

    __tablename__ = "release_plan"

    custody_spell_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey(CustodySpell.id, ondelete="CASCADE"), primary_key=True
    )
    home: Mapped[str] = mapped_column(String(200), doc="Where they will live.")
    travel: Mapped[str] = mapped_column(
        String(200), default="", doc="How they get there, and who meets them."
    )
    health: Mapped[str] = mapped_column(
        String(200), default="", doc="Continuing prescriptions and treatment. Needs health access."
    )
    note: Mapped[str] = mapped_column(String(500), default="")
    made_by: Mapped[str] = mapped_column(String(80))
    made_at: Mapped[datetime]


class IntelligenceFlag(Base):
    """Whether there is intelligence, and since when: a flag and a date, never its content. Only the
    police and the offender manager see it.
    """

    __tablename__ = "intelligence_flag"
    __table_args__ = (
        Index(
            "uq_intelligence_flag_current",
            "person_id",
            unique=True,
            postgresql_where=text("ended_on IS NULL"),
        ),
        Index("ix_intelligence_flag_person", "person_id", "flagged_on"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Person.id, ondelete="CASCADE"))
    flagged_on: Mapped[date]
    ended_on: Mapped[date | None]
    recorded_by: Mapped[str] = mapped_column(String(80))
    recorded_at: Mapped[datetime]
    ended_by: Mapped[str | None] = mapped_column(String(80))
