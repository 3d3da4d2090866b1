"""Queue a text, or withdraw it, in the caller's transaction.

A text is a row before anything is sent: if the caller's transaction rolls back there is no text,
and if it commits there is exactly one, however often it is queued. This module must never call a
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
"""How long after `send_after` a text may still be sent by default: people are surprised by a text
that is a day old.
"""


class Lane(IntEnum):
    """Which texts go first when not all can go."""

    SAFETY = 0
    CODE = 1
    REPLY = 2
    REMINDER = 3
    BULK = 4


class TextProblem(ValueError):
    """The text cannot be sent as it is: it is empty, or longer than a provider accepts."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text to send. `dedupe_key` names the reason for it: the same key is the same text, whatever
    else differs.

    `recipient` and `context` belong to the caller and are passed to the guard. `group_key` says
    what the text is about, and texts are withdrawn by it. `despite_stop` is for the one text that
    confirms a STOP. With `redact` the provider is asked to erase its copy once the text has ended.
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
"""One statement that queues the text, and wakes the workers only if it did."""


def enqueue(session: Session, wanted: Text, *, now: datetime) -> Message:
    """Queue a text, made plain. If the `dedupe_key` is known already, return the earlier message
    and change nothing.

    Raises TextProblem for a body that is empty or too long.
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
    """Withdraw the queued texts that match everything given, and return how many; with `lane_from`
    only those of that lane or a later one.

    A text that a worker has claimed is not withdrawn: it may have been sent, and the record must
    not say otherwise. Raises ValueError if nothing to match is given.
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
