"""The table of signals."""

import enum
import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from engage.core.db import Base, new_id
from engage.signals.kinds import Severity, SignalKind
from engage.understanding.safety.kinds import DangerKind


class SignalState(enum.StrEnum):
    """The states of a signal."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"


class Signal(Base):
    """One thing to know about one person, with its evidence and how it was resolved."""

    __tablename__ = "signal"
    __table_args__ = (
        UniqueConstraint("key"),
        Index(
            "ix_signal_open", "person_id", "due_at", postgresql_where=text("state <> 'resolved'")
        ),
        Index(
            "ix_signal_due",
            "severity",
            "due_at",
            "id",
            postgresql_where=text("state <> 'resolved'"),
        ),
        Index("ix_signal_person", "person_id", "raised_at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    hub_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("hub.id"))
    kind: Mapped[SignalKind]
    danger: Mapped[DangerKind | None] = mapped_column(doc="The kind of danger, if it is about one.")
    severity: Mapped[Severity]
    key: Mapped[str] = mapped_column(String(120))
    why: Mapped[str] = mapped_column(String(300))
    action: Mapped[str] = mapped_column(String(300))
    evidence: Mapped[list[Any]] = mapped_column(default=list)
    state: Mapped[SignalState] = mapped_column(default=SignalState.OPEN)
    raised_at: Mapped[datetime]
    due_at: Mapped[datetime]
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[str | None] = mapped_column(String(80))
    resolved_at: Mapped[datetime | None]
    resolved_by: Mapped[str | None] = mapped_column(String(80))
    resolution: Mapped[str | None] = mapped_column(String(500))
