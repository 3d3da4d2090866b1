"""The table of the help lines of hubs."""

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from engage.agencies.help_line_kinds import HelpLine
from engage.agencies.model import Hub
from engage.core.db import Base


class HubHelpLine(Base):
    """The number of one line of a hub. Texts name it only once it is checked."""

    __tablename__ = "hub_help_line"
    __table_args__ = (CheckConstraint("number ~ '^[0-9]{3,12}$'", name="digits"),)

    hub_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Hub.id), primary_key=True)
    line: Mapped[HelpLine] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(12))
    checked_on: Mapped[date | None] = mapped_column(
        doc="When somebody of the hub last rang it. Null: not yet, and no text names it."
    )
    changed_at: Mapped[datetime]
    changed_by: Mapped[str] = mapped_column(String(80))
