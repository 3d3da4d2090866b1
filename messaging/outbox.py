"""Put a text in the queue, or take it back, in the transaction of whoever decides it.

A text is a row before anything is sent: if the caller's transaction rolls back there is no text,
and if it commits there is exactly one, however often it is asked for. This module must never call a
provider.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Any, cast

from sqlalchemy import CursorResult, func, literal, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from messaging.sending.routes import CHANNELS, Route, channel
from messaging.states import MessageStatus
from messaging.tables import Message, new_id
from messaging.text import MAX_BODY, measure, plain

__all__ = ["DEFAULT_LIFE", "Lane", "Route", "Text", "TextProblem", "channel", "enqueue", "withdraw"]

DEFAULT_ROUTE = Route()

DEFAULT_LIFE = timedelta(hours=24)
"""How long after `send_after` a text may still be sent when nobody says: a day-old text surprises
people.
"""


class Lane(IntEnum):
    """What goes first when not everything can go."""

    SAFETY = 0
    CODE = 1
    REPLY = 2
    REMINDER = 3
    BULK = 4


class TextProblem(ValueError):
    """The text cannot be sent as it is: empty, or longer than a provider takes."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text to send. `dedupe_key` names the reason for it: the same key is the same text, whatever
    else differs.

    `recipient` and `context` are the caller's own and come back to the guard; `group_key` is what
    the text is about, to withdraw by. `despite_stop` is for the one text that confirms a STOP. With
    `redact` the provider is asked to erase its copy once the text is over.
    """

    to: str
    body: str
    lane: Lane
    dedupe_key: str
    recipient: str | None = None
    group_key: str | None = None
    send_after: datetime | None = None
    expires_at: datetime | None = None
    context: Mapping[str, Any] = field(default_factory=dict)
    despite_stop: bool = False
    route: Route = DEFAULT_ROUTE
    redact: bool = False


_INSERT = (
    insert(Message)
    .on_conflict_do_nothing()
    .returning(Message, func.pg_notify(literal(CHANNELS).concat(Message.provider), ""))
)
"""One statement that queues, and wakes the workers only when it did."""


def enqueue(session: Session, wanted: Text, *, now: datetime) -> Message:
    """Queue a text, made plain; with a `dedupe_key` seen before, return the message it made then
    and change nothing.

    Raises TextProblem for an empty or over-long body.
    """
    body = plain(wanted.body).strip()
    if not body:
        raise TextProblem("A text needs words")
    if len(body) > MAX_BODY:
        raise TextProblem(f"A text may have {MAX_BODY} characters; this one has {len(body)}")
    made: Message | None = session.scalar(_INSERT, _row(wanted, body, now))
    if made is not None:
        return made
    return session.scalars(select(Message).where(Message.dedupe_key == wanted.dedupe_key)).one()


def _row(wanted: Text, body: str, now: datetime) -> dict[str, Any]:
    weight = measure(body)
    send_after = wanted.send_after or now
    return {
        "id": new_id(),
        "recipient": wanted.recipient,
        "to_number": wanted.to,
        "lane": int(wanted.lane),
        "body": body,
        "encoding": weight.encoding.value,
        "segments": weight.segments,
        "status": MessageStatus.QUEUED,
        "send_after": send_after,
        "expires_at": wanted.expires_at or send_after + DEFAULT_LIFE,
        "dedupe_key": wanted.dedupe_key,
        "group_key": wanted.group_key,
        "context": dict(wanted.context),
        "despite_stop": wanted.despite_stop,
        "provider": wanted.route.provider,
        "fallback": wanted.route.fallback,
        "fallback_after": wanted.route.after,
        "redact": wanted.redact,
        "created_at": now,
    }


def withdraw(
    session: Session,
    *,
    now: datetime,
    reason: str,
    group_key: str | None = None,
    recipient: str | None = None,
    to: str | None = None,
    lane_from: Lane | None = None,
) -> int:
    """Take back the queued texts that match everything given, and return how many; with `lane_from`
    only those of that lane or a later one.

    A text that a worker already holds is not touched: it may be on its way, and the record must not
    say otherwise. Raises ValueError if nothing to match is given.
    """
    if group_key is None and recipient is None and to is None:
        raise ValueError("say which texts to withdraw: by group_key, recipient or to")
    statement = update(Message).where(Message.status == MessageStatus.QUEUED)
    if group_key is not None:
        statement = statement.where(Message.group_key == group_key)
    if recipient is not None:
        statement = statement.where(Message.recipient == recipient)
    if to is not None:
        statement = statement.where(Message.to_number == to)
    if lane_from is not None:
        statement = statement.where(Message.lane >= lane_from)
    done = session.execute(
        statement.values(
            status=MessageStatus.WITHDRAWN, reason=reason, ended_at=now
        ).execution_options(synchronize_session="fetch")
    )
    return cast("CursorResult[Any]", done).rowcount
