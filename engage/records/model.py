"""Table of merged records."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from engage.core.db import Base, new_id
from engage.people.model import Person


class PersonMerge(Base):
    """Two records of one person: everything of `gone_id` was moved to `kept_id`. `moved` says which
    rows, so that it can be undone.
    """

    __tablename__ = "person_merge"
    __table_args__ = (
        CheckConstraint("kept_id <> gone_id", name="two_records"),
        Index(
            "uq_person_merge_gone",
            "gone_id",
            unique=True,
            postgresql_where=text("undone_at IS NULL"),
        ),
        Index("ix_person_merge_kept", "kept_id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    kept_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Person.id))
    gone_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Person.id))
    reason: Mapped[str] = mapped_column(String(500))
    moved: Mapped[dict[str, Any]]
    merged_by: Mapped[str] = mapped_column(String(80))
    merged_at: Mapped[datetime]
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[str | None] = mapped_column(String(80))
