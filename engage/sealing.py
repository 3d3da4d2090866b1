"""The chain over the log of events: each person's events sealed one upon the other, so that tampering shows.

A link is the SHA-256 of the link before it and of the event as it was written. Whoever changes, removes or slips in an event afterwards
breaks the chain from there on. The seals are written behind the events, in the order of the feed, and never changed.
"""

import uuid
from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from engage.db import Base
from engage.events import Event


class EventSeal(Base):
    """One link: the event's place in its person's chain (from 1), the digest of the event itself, and the link made with it."""

    __tablename__ = "event_seal"
    __table_args__ = (Index("uq_event_seal_place", "person_id", "place", unique=True),)

    event_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey(Event.id), primary_key=True, autoincrement=False
    )
    person_id: Mapped[uuid.UUID]
    place: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    link: Mapped[str] = mapped_column(String(64))
    sealed_at: Mapped[datetime]
