"""Tables of the event log, its audit chain, the access log and idempotency keys."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    Identity,
    Index,
    SmallInteger,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import UserDefinedType

from engage.core.db import Base, new_id


class TransactionId(UserDefinedType[int]):
    """PostgreSQL's `xid8`: a transaction number, never reused."""

    cache_ok = True

    def get_col_spec(self, **_kw: Any) -> str:
        """The name of the type in DDL."""
        return "xid8"


class Event(Base):
    """One thing that happened."""

    __tablename__ = "event"
    __table_args__ = (
        Index("ix_event_feed", "transaction", "id"),
        Index("ix_event_person", "person_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    transaction: Mapped[int] = mapped_column(
        TransactionId, server_default=text("pg_current_xact_id()")
    )
    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(60))
    hub_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("hub.id"))
    person_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("person.id", ondelete="SET NULL")
    )
    actor: Mapped[str] = mapped_column(String(80))
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)


class AccessRecord(Base):
    """An actor read a person's record, or was refused it."""

    __tablename__ = "access_record"
    __table_args__ = (Index("ix_access_record_person", "person_id", "id"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(80))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    what: Mapped[str] = mapped_column(String(80))
    allowed: Mapped[bool]


class IdempotencyKey(Base):
    """A key that an actor has used, the digest of the request and the answer to it."""

    __tablename__ = "idempotency_key"
    __table_args__ = (
        UniqueConstraint("actor", "key"),
        Index("ix_idempotency_key_used_at", "used_at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    actor: Mapped[str] = mapped_column(String(80))
    key: Mapped[str] = mapped_column(String(100))
    request: Mapped[str] = mapped_column(String(64))
    used_at: Mapped[datetime]
    status: Mapped[int | None] = mapped_column(SmallInteger)
    body: Mapped[dict[str, Any] | None]
    people: Mapped[list[Any]] = mapped_column(
        default=list,
        server_default=text("'[]'::jsonb"),
        doc="Ids of the people whom the request changed.",
    )


class EventSeal(Base):
    """One link of the audit chain: the event's place in its person's chain (from 1), the digest of
    the event, and the link.
    """

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


class SealCursor(Base):
    """How far the feed is sealed: every event about a person up to here has a seal. One row at
    most.
    """

    __tablename__ = "seal_cursor"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    transaction: Mapped[int] = mapped_column(TransactionId)
    event_id: Mapped[int] = mapped_column(BigInteger)
