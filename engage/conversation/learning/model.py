"""The table of rises: hubs and months in which workers corrected more texts than before. It holds
nothing about a person.
"""

import uuid
from datetime import date, datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from engage.agencies.model import Hub
from engage.core.db import Base


class CorrectionRise(Base):
    """Workers of a hub corrected more texts of a month than of the six months before it, as found
    at `found_at`. `month` is the first day of the month.
    """

    __tablename__ = "correction_rise"

    hub_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Hub.id), primary_key=True)
    month: Mapped[date] = mapped_column(primary_key=True)
    found_at: Mapped[datetime]
