"""Conditions for our own texts: which of them left for a number, and when.

They are parts of statements that are built once, on import.
"""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, bindparam, func, select
from sqlalchemy.orm import Session

from messaging.states import MessageStatus
from messaging.tables import Message

SENT = (
    MessageStatus.SENDING,
    MessageStatus.ACCEPTED,
    MessageStatus.SENT,
    MessageStatus.DELIVERED,
    MessageStatus.UNKNOWN,
)
"""The person may have read a text with one of these statuses, so a reply may be to it."""

MAX_CLOCK_DIFFERENCE = timedelta(minutes=5)
"""A worker's clock says when a text left, a web server's when its reply came."""


MAX_QUOTED_TEXTS = 20
"""How many of our latest texts to a number are looked for in a text from it."""


def left_at(message: type[Message] = Message) -> ColumnElement[datetime]:
    """When a text left."""
    return func.coalesce(message.claimed_at, message.created_at)


def left_for_number(by: str) -> ColumnElement[bool]:
    """Whether a text left for the parameter `number` by the time in the parameter `by`."""
    return and_(
        Message.to_number == bindparam("number"),
        Message.status.in_(SENT),
        left_at() <= bindparam(by),
    )


_BODIES = (
    select(Message.body)
    .where(left_for_number("until"))
    .order_by(left_at().desc())
    .limit(MAX_QUOTED_TEXTS)
)


def latest_bodies(session: Session, number: str, until: datetime) -> list[str]:
    """The words of our latest texts to a number that left by `until`, newest first."""
    given = {"number": number, "until": until + MAX_CLOCK_DIFFERENCE}
    return list(session.scalars(_BODIES, given))
