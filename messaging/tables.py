"""The tables of the engine: messages out, receipts for them, messages in, suppressed numbers and
senders.

They have their own declarative base and refer to nothing outside. Two clocks are used. Columns that
record when something happened are written with the caller's `now`. Columns that workers race on
(`lease_until`, `reconcile_at`, `next_free_at`, `slowed_until`, `held_until`) are written and
compared with the clock of the database only, so a worker whose own clock is wrong can neither steal
a lease nor send twice.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    Enum,
    Float,
    Identity,
    Index,
    MetaData,
    SmallInteger,
    String,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from uuid_utils.compat import uuid7

from messaging.gateways import registry
from messaging.states import MessageStatus

__all__ = [
    "Base",
    "Inbound",
    "InboundStatus",
    "Message",
    "Provider",
    "Receipt",
    "Sender",
    "Suppression",
    "new_id",
]


def new_id() -> UUID:
    """A new UUIDv7: unique without asking the database, and ordered by time, so indexes grow at one
    end.
    """
    return uuid7()


class Base(DeclarativeBase):
    """The declarative base of this package only."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: DateTime(timezone=True), dict[str, Any]: JSONB, str: Text}


def _values(kind: type[StrEnum]) -> list[str]:
    return [member.value for member in kind]


def _status(kind: type[StrEnum]) -> Enum:
    """A status is text with a CHECK: readable in SQL, and a new value changes a constraint, not a
    type.
    """
    return Enum(
        kind,
        native_enum=False,
        create_constraint=True,
        name="status",
        length=16,
        values_callable=_values,
    )


class Message(Base):
    """A text to one phone, from the decision to send it until its outcome is known."""

    __tablename__ = "message"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    recipient: Mapped[str | None] = mapped_column(
        doc="The caller's own id of the person; this package only groups by it."
    )
    to_number: Mapped[str] = mapped_column(String(20))
    sender: Mapped[str | None] = mapped_column(
        String(40), doc="Our number or messaging service; null until the text is claimed."
    )
    lane: Mapped[int] = mapped_column(SmallInteger)
    body: Mapped[str]
    encoding: Mapped[str] = mapped_column(String(8))
    segments: Mapped[int] = mapped_column(SmallInteger)
    status: Mapped[MessageStatus] = mapped_column(
        _status(MessageStatus), default=MessageStatus.QUEUED
    )
    reason: Mapped[str | None] = mapped_column(doc="Why it has this status, in words for staff.")
    error_code: Mapped[int | None]
    send_after: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(doc="After this it is too late to send the text.")
    dedupe_key: Mapped[str] = mapped_column(unique=True)
    group_key: Mapped[str | None] = mapped_column(
        doc="What the text is about; texts are withdrawn by it."
    )
    context: Mapped[dict[str, Any]] = mapped_column(
        default=dict, doc="The caller's own facts, passed to the guard."
    )
    despite_stop: Mapped[bool] = mapped_column(
        server_default=text("false"),
        default=False,
        doc="For the one text that confirms a STOP.",
    )
    attempts: Mapped[int] = mapped_column(SmallInteger, default=0, server_default=text("0"))
    lease_until: Mapped[datetime | None] = mapped_column(doc="Clock of the database.")
    claimed_by: Mapped[str | None]
    provider: Mapped[str] = mapped_column(
        String(20),
        default=registry.DEFAULT,
        server_default=text(f"'{registry.DEFAULT}'"),
        doc="The provider. Fixed after the first attempt.",
    )
    fallback: Mapped[str | None] = mapped_column(
        String(20), doc="Another provider that may take it before the first attempt."
    )
    fallback_after: Mapped[timedelta | None]
    provider_sid: Mapped[str | None] = mapped_column(String(64))
    reconcile_at: Mapped[datetime | None] = mapped_column(
        doc="When to ask the provider next; null for never. Clock of the database."
    )
    reconcile_looks: Mapped[int] = mapped_column(
        SmallInteger,
        default=0,
        server_default=text("0"),
        doc="Times the provider's list was read without a result.",
    )
    created_at: Mapped[datetime]
    claimed_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    reported_at: Mapped[datetime | None] = mapped_column(
        doc="When the failed message was reported to the caller."
    )
    redact: Mapped[bool] = mapped_column(
        server_default=text("false"),
        default=False,
        doc="Whether the provider must erase its copy of the words.",
    )
    redact_at: Mapped[datetime | None] = mapped_column(
        doc="When to ask the provider next; null for at once. Clock of the database."
    )
    redact_tries: Mapped[int] = mapped_column(SmallInteger, default=0, server_default=text("0"))
    redacted_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("lane BETWEEN 0 AND 4", name="lane"),
        CheckConstraint("segments BETWEEN 1 AND 40", name="segments"),
        CheckConstraint("attempts >= 0", name="attempts"),
        CheckConstraint("to_number ~ '^\\+[1-9][0-9]{6,14}$'", name="to_number"),
        CheckConstraint("char_length(body) <= 1600", name="body"),
        CheckConstraint("(fallback IS NULL) = (fallback_after IS NULL)", name="fallback"),
        Index(
            "ix_message_claim",
            "provider",
            "lane",
            "send_after",
            "id",
            postgresql_where=text("status = 'queued'"),
        ),
        Index(
            "ix_message_redact",
            "redact_at",
            postgresql_where=text("redact AND redacted_at IS NULL AND provider_sid IS NOT NULL"),
        ),
        Index(
            "ix_message_bad_end",
            "ended_at",
            postgresql_where=text(
                "status IN ('undelivered', 'failed', 'refused', 'withheld', 'expired')"
            ),
        ),
        Index("ix_message_expiry", "expires_at", postgresql_where=text("status = 'queued'")),
        Index("ix_message_lease", "lease_until", postgresql_where=text("status = 'sending'")),
        Index("ix_message_reconcile", "reconcile_at", postgresql_where=text("status = 'unknown'")),
        Index(
            "ix_message_unreported",
            "ended_at",
            postgresql_where=text(
                "reported_at IS NULL AND status IN"
                " ('undelivered', 'failed', 'refused', 'withheld', 'expired')"
            ),
        ),
        Index(
            "uq_message_provider_sid",
            "provider_sid",
            "provider",
            unique=True,
            postgresql_where=text("provider_sid IS NOT NULL"),
        ),
        Index("ix_message_group_key", "group_key", postgresql_where=text("group_key IS NOT NULL")),
        Index("ix_message_recipient", "recipient", "created_at", "id"),
        Index("ix_message_to_number", "to_number", "created_at"),
    )


class Receipt(Base):
    """What a provider reported about a text, as it came. Stored once however often it is reported,
    also for ids we do not know.
    """

    __tablename__ = "receipt"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    provider: Mapped[str] = mapped_column(
        String(20), default=registry.DEFAULT, server_default=text(f"'{registry.DEFAULT}'")
    )
    message_id: Mapped[UUID | None] = mapped_column(
        doc="Our id as the callback gave it; there may be no such message."
    )
    provider_sid: Mapped[str | None] = mapped_column(String(64))
    status: Mapped[str | None] = mapped_column(String(32), doc="The provider's own word.")
    error_code: Mapped[int | None]
    params: Mapped[dict[str, Any]]
    received_at: Mapped[datetime]
    applied_at: Mapped[datetime | None]
    look_at: Mapped[datetime | None] = mapped_column(
        doc="When to try to apply it next; null if it is applied or given up."
    )
    looks: Mapped[int] = mapped_column(SmallInteger, default=0, server_default=text("0"))
    problem: Mapped[str | None] = mapped_column(doc="Why it changed nothing.")

    __table_args__ = (
        Index("ix_receipt_look_at", "look_at", "id", postgresql_where=text("look_at IS NOT NULL")),
        Index(
            "ix_receipt_message_id", "message_id", postgresql_where=text("message_id IS NOT NULL")
        ),
        Index("ix_receipt_provider_sid", "provider_sid"),
    )


class InboundStatus(StrEnum):
    """The status of a text to us."""

    RECEIVED = "received"
    """Stored, and waiting to be handled."""
    HANDLED = "handled"
    SET_ASIDE = "set_aside"
    """Handling failed repeatedly; staff must read it."""
    DISMISSED = "dismissed"
    """Staff have read it and want nothing done."""


class Inbound(Base):
    """A text to us, stored as it came and once per id of the provider."""

    __tablename__ = "inbound"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    message_sid: Mapped[str] = mapped_column(String(80), unique=True)
    provider: Mapped[str] = mapped_column(
        String(20), default=registry.DEFAULT, server_default=text(f"'{registry.DEFAULT}'")
    )
    from_number: Mapped[str] = mapped_column(String(64))
    to_number: Mapped[str] = mapped_column(String(64))
    body: Mapped[str]
    num_media: Mapped[int] = mapped_column(SmallInteger)
    params: Mapped[dict[str, Any]]
    received_at: Mapped[datetime]
    status: Mapped[InboundStatus] = mapped_column(
        _status(InboundStatus), default=InboundStatus.RECEIVED
    )
    attempts: Mapped[int] = mapped_column(SmallInteger, default=0, server_default=text("0"))
    retry_at: Mapped[datetime | None]
    handled_at: Mapped[datetime | None]
    problem: Mapped[str | None]
    redact: Mapped[bool] = mapped_column(
        server_default=text("false"),
        default=False,
        doc="Whether the provider must erase its copy of the words.",
    )
    redact_at: Mapped[datetime | None] = mapped_column(
        doc="When to ask the provider next; null for at once. Clock of the database."
    )
    redact_tries: Mapped[int] = mapped_column(SmallInteger, default=0, server_default=text("0"))
    redacted_at: Mapped[datetime | None]

    __table_args__ = (
        Index(
            "ix_inbound_redact",
            "redact_at",
            postgresql_where=text("redact AND redacted_at IS NULL"),
        ),
        Index("ix_inbound_waiting", "id", postgresql_where=text("status = 'received'")),
        Index(
            "ix_inbound_waiting_number",
            "from_number",
            "id",
            postgresql_where=text("status = 'received'"),
        ),
        Index("ix_inbound_set_aside", "id", postgresql_where=text("status = 'set_aside'")),
        Index("ix_inbound_from_number", "from_number", "received_at"),
    )


class Suppression(Base):
    """A number that must not be texted, since when and why, and when that ended. At most one open
    row per number.
    """

    __tablename__ = "suppression"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(String(20))
    since: Mapped[datetime]
    reason: Mapped[str]
    evidence: Mapped[str] = mapped_column(
        doc="The evidence: the id of a text, a refusal, a worker's note."
    )
    restored_at: Mapped[datetime | None]
    restored_evidence: Mapped[str | None]

    __table_args__ = (
        Index(
            "uq_suppression_open",
            "number",
            unique=True,
            postgresql_where=text("restored_at IS NULL"),
        ),
        Index("ix_suppression_number", "number", "since"),
        CheckConstraint("(restored_at IS NULL) = (restored_evidence IS NULL)", name="restored"),
    )


class Sender(Base):
    """One of our numbers or messaging services and how fast it may send. Every worker reserves
    capacity through this row.
    """

    __tablename__ = "sender"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    segments_per_second: Mapped[float] = mapped_column(Float)
    next_free_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    slowed_until: Mapped[datetime | None]
    note: Mapped[str | None] = mapped_column(
        doc="Why it was last slowed, or why its circuit was open."
    )
    unanswered: Mapped[int] = mapped_column(
        SmallInteger,
        default=0,
        server_default=text("0"),
        doc="Sends in a row without an answer; from the fifth on only trials count.",
    )
    held_until: Mapped[datetime | None] = mapped_column(
        doc="Until when the circuit is open; null if it is closed. Clock of the database."
    )
    trial: Mapped[UUID | None] = mapped_column(
        doc="The trial, or the last text without an answer. A receipt for it closes the circuit."
    )

    __table_args__ = (CheckConstraint("segments_per_second > 0", name="segments_per_second"),)


class Provider(Base):
    """When a provider last answered. Written with the `now` of the worker that settles; a provider
    that never failed has no row.
    """

    __tablename__ = "provider"

    id: Mapped[str] = mapped_column(String(20), primary_key=True)
    failing_since: Mapped[datetime | None] = mapped_column(
        doc="Since when it has processed nothing; null if it answers."
    )
    failed_at: Mapped[datetime]
