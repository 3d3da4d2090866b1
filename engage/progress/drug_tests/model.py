"""Tables of drug tests and court reviews. A health matter: read only with health access, and never
in a text.
"""

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from engage.core.db import Base, new_id
from engage.legal.model import Requirement
from engage.people.model import Person
from engage.progress.drug_tests.kinds import DrugTestResult as DrugTestResult


class DrugTest(Base):
    """A test required by the order, or agreed. It is planned while it has no result. A correction
    supersedes the earlier result, which is kept.
    """

    __tablename__ = "drug_test"
    __table_args__ = (
        CheckConstraint("(result IS NULL) = (recorded_at IS NULL)", name="recorded"),
        Index(
            "uq_drug_test_day",
            "person_id",
            "due_on",
            unique=True,
            postgresql_where=text("superseded_at IS NULL"),
        ),
        Index("ix_drug_test_open", "due_on", postgresql_where=text("result IS NULL")),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Person.id, ondelete="CASCADE"))
    requirement_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Requirement.id))
    due_on: Mapped[date]
    result: Mapped[DrugTestResult | None]
    note: Mapped[str] = mapped_column(String(200), default="")
    recorded_by: Mapped[str | None] = mapped_column(String(80))
    recorded_at: Mapped[datetime | None]
    superseded_at: Mapped[datetime | None]


class CourtReview(Base):
    """A court review of a drug rehabilitation requirement, at least a month after the one before. A
    report is due 7 days before it.

    `digest` is the SHA-256 of the report as it was made.
    """

    __tablename__ = "court_review"
    __table_args__ = (
        Index(
            "uq_court_review_day",
            "requirement_id",
            "review_on",
            unique=True,
            postgresql_where=text("cancelled_at IS NULL"),
        ),
        Index(
            "ix_court_review_open",
            "review_on",
            postgresql_where=text("held_on IS NULL AND cancelled_at IS NULL"),
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey(Person.id, ondelete="CASCADE"), index=True
    )
    requirement_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Requirement.id))
    review_on: Mapped[date]
    report_made_at: Mapped[datetime | None]
    report_made_by: Mapped[str | None] = mapped_column(String(80))
    digest: Mapped[str | None] = mapped_column(String(64))
    held_on: Mapped[date | None]
    finding: Mapped[str] = mapped_column(String(500), default="")
    recorded_by: Mapped[str] = mapped_column(String(80))
    recorded_at: Mapped[datetime]
    cancelled_at: Mapped[datetime | None]
