"""Tables of housing."""

import uuid
from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from engage.core.db import Base, new_id
from engage.people.model import Person
from engage.progress.housing.kinds import HousingStage as HousingStage
from engage.progress.kinds import ReportState
from engage.progress.model import SelfReport


class HousingSpell(Base):
    """Where a person lives from a day on, until the next spell begins. Self-reported until staff
    verify or dispute it.

    A disputed spell stays and does not count. `report_id` is the self-report that it was recorded
    from, if any.
    """

    __tablename__ = "housing_spell"
    __table_args__ = (Index("ix_housing_spell_person", "person_id", "since", "recorded_at"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Person.id, ondelete="CASCADE"))
    stage: Mapped[HousingStage]
    since: Mapped[date]
    note: Mapped[str] = mapped_column(String(200), default="")
    report_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey(SelfReport.id, ondelete="SET NULL")
    )
    state: Mapped[ReportState]
    recorded_by: Mapped[str] = mapped_column(String(80))
    recorded_at: Mapped[datetime]
    judged_by: Mapped[str | None] = mapped_column(String(80))
    judged_at: Mapped[datetime | None]
    judged_note: Mapped[str] = mapped_column(String(500), default="")
