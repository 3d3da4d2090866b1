"""Table of the nightly sweeps: how far each has come, so that a stopped sweep can continue."""

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engage.core.db import Base


class NightlySweep(Base):
    """The sweep of one night: the last person it has checked (null before the first), and what it
    has found so far.
    """

    __tablename__ = "nightly_sweep"
    __table_args__ = (
        CheckConstraint("people >= 0 AND raised >= 0 AND resolved >= 0", name="counts"),
    )

    day: Mapped[date] = mapped_column(primary_key=True)
    started_at: Mapped[datetime]
    after: Mapped[uuid.UUID | None]
    people: Mapped[int] = mapped_column(default=0)
    raised: Mapped[int] = mapped_column(default=0)
    resolved: Mapped[int] = mapped_column(default=0)
    finished_at: Mapped[datetime | None]
