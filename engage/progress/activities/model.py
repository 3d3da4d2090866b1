"""Tables of activities."""

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from engage.agencies.model import Agency
from engage.core.db import Base, new_id
from engage.people.model import Person
from engage.progress.activities.kinds import ActivityEnding as ActivityEnding
from engage.progress.activities.kinds import ActivityKind as ActivityKind
from engage.progress.kinds import ReportState
from engage.progress.model import SelfReport


class Activity(Base):
    """A group, a course, a job or a treatment, from the day it started. Self-reported until staff
    verify or dispute it.
    """

    __tablename__ = "activity"
    __table_args__ = (
        CheckConstraint("(ended_on IS NULL) = (ending IS NULL)", name="ended"),
        CheckConstraint("ended_on >= started_on", name="ended_later"),
        Index("ix_activity_person", "person_id", "kind", "started_on"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Person.id, ondelete="CASCADE"))
    kind: Mapped[ActivityKind]
    name: Mapped[str] = mapped_column(String(120))
    agency_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Agency.id))
    started_on: Mapped[date]
    ended_on: Mapped[date | None]
    ending: Mapped[ActivityEnding | None]
    report_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey(SelfReport.id, ondelete="SET NULL")
    )
    state: Mapped[ReportState]
    recorded_by: Mapped[str] = mapped_column(String(80))
    recorded_at: Mapped[datetime]
    judged_by: Mapped[str | None] = mapped_column(String(80))
    judged_at: Mapped[datetime | None]
    judged_note: Mapped[str] = mapped_column(String(500), default="")
