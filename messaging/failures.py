"""Failed messages, reported once.

A text that was refused, undelivered, failed, withheld or expired matters to the caller that queued
it. `take` reports each one in the caller's transaction, so the report and what the caller does
about it commit together. This module must never decide what a failure means for a person.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from messaging.gateways import registry
from messaging.states import MessageStatus
from messaging.tables import Message

__all__ = ["FAILED_STATUSES", "FailedMessage", "take"]

FAILED_STATUSES = (
    MessageStatus.UNDELIVERED,
    MessageStatus.FAILED,
    MessageStatus.REFUSED,
    MessageStatus.WITHHELD,
    MessageStatus.EXPIRED,
)


@dataclass(frozen=True, slots=True)
class FailedMessage:
    """One text that will not arrive. `words`: what the error code means. `number_dead`: the number
    itself will never take a text. `opted_out`: the provider reports a STOP.
    """

    message_id: UUID
    recipient: str | None
    to_number: str
    group_key: str | None
    context: Mapping[str, Any]
    status: MessageStatus
    reason: str | None
    error_code: int | None
    words: str
    number_dead: bool
    opted_out: bool
    ended_at: datetime


def take(session: Session, *, now: datetime, limit: int = 200) -> list[FailedMessage]:
    """Up to `limit` failed messages that have not been reported yet, oldest first. They count as
    reported when the caller's transaction commits.
    """
    rows = session.scalars(
        select(Message)
        .where(Message.reported_at.is_(None), Message.status.in_(FAILED_STATUSES))
        .order_by(Message.ended_at, Message.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    for row in rows:
        row.reported_at = now
    session.flush()
    return [_failed(row, now) for row in rows]


def _failed(row: Message, now: datetime) -> FailedMessage:
    codes = registry.codes(row.provider)
    return FailedMessage(
        message_id=row.id,
        recipient=row.recipient,
        to_number=row.to_number,
        group_key=row.group_key,
        context=row.context,
        status=row.status,
        reason=row.reason,
        error_code=row.error_code,
        words=codes.words(row.error_code),
        number_dead=codes.number_dead(row.error_code),
        opted_out=row.error_code in codes.opted_out,
        ended_at=row.ended_at or now,
    )
