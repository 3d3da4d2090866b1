"""What a provider says became of a text: stored raw and once, then applied by the table of moves.

Receipts come early, late, twice, backwards and for texts we do not know. Each is kept whatever it
changes. One that can be tied to nothing yet is looked at again later and never holds up those
behind it. Storing must never depend on understanding.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import structlog
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from messaging import transitions
from messaging.gateways import registry
from messaging.gateways.webhooks import IncomingReceipt
from messaging.states import MessageStatus
from messaging.tables import Message, Receipt, new_id
from messaging.text import clean
from messaging.transitions import Move

if TYPE_CHECKING:
    import psycopg

__all__ = [
    "CHANNEL",
    "Applied",
    "apply_waiting",
    "look_again",
    "store",
    "store_at_once",
]

CHANNEL = "messaging_receipts"
"""Notified, in the transaction, when a new receipt is stored."""

_log = structlog.get_logger(__name__)
_GIVE_UP_AFTER = 12
_S = MessageStatus

_LOOK_AGAIN = text("""
WITH free AS MATERIALIZED (
    SELECT id FROM receipt WHERE provider_sid = ANY(:sids) AND applied_at IS NULL FOR UPDATE SKIP LOCKED
)
UPDATE receipt SET look_at = :now FROM free WHERE receipt.id = free.id
""")


@dataclass(frozen=True, slots=True)
class Applied:
    """A receipt that moved a message. `number_dead` says that the phone network calls the number
    itself useless.
    """

    message_id: UUID
    recipient: str | None
    to_number: str
    old: MessageStatus
    new: MessageStatus
    error_code: int | None
    reason: str | None
    number_dead: bool


# One statement, one journey. Waking inside it makes commits wait for one another, so a webhook
# wakes by itself, afterwards.
_KEEP = """
INSERT INTO receipt (id, digest, provider, message_id, provider_sid, status, error_code, params, received_at, look_at, looks)
VALUES (%(id)s, %(digest)s, %(provider)s, %(message_id)s, %(provider_sid)s, %(status)s, %(error_code)s, %(params)s::jsonb, %(received_at)s,
        %(received_at)s, 0)
ON CONFLICT (digest) DO NOTHING
RETURNING id
"""
_KEEP_AND_WAKE = f"WITH kept AS ({_KEEP}) SELECT pg_notify('messaging_receipts', '') FROM kept"  # noqa: S608 — both parts are our own words


def store(session: Session, incoming: IncomingReceipt, *, now: datetime) -> bool:
    """Store a receipt and wake the workers; False if the very same one is stored already."""
    return (
        session.connection().exec_driver_sql(_KEEP_AND_WAKE, _row(incoming, now)).first()
        is not None
    )


def store_at_once(
    connection: "psycopg.Connection[Any]", incoming: IncomingReceipt, *, now: datetime
) -> bool:
    """As `store`, for a webhook: on a bare connection that commits by itself. The caller wakes the
    workers (CHANNEL).
    """
    return connection.execute(_KEEP, _row(incoming, now)).fetchone() is not None


def _row(incoming: IncomingReceipt, now: datetime) -> dict[str, Any]:
    kept = {clean(str(key)): clean(str(value)) for key, value in incoming.params.items()}
    return {
        "id": new_id(),
        "digest": hashlib.sha256(
            json.dumps([incoming.mid, kept], sort_keys=True).encode()
        ).hexdigest(),
        "provider": incoming.provider,
        "message_id": _uuid(incoming.mid),
        "provider_sid": clean(incoming.sid or "")[:64] or None,
        "status": clean(incoming.status or "")[:32] or None,
        "error_code": incoming.error_code,
        "params": json.dumps(kept),
        "received_at": now,
    }


def _uuid(given: str | None) -> UUID | None:
    try:
        return UUID(given) if given else None
    except ValueError:
        return None


def apply_waiting(session: Session, now: datetime, limit: int = 200) -> list[Applied]:
    """Apply up to `limit` receipts that are due, oldest first, and return the moves they made. Safe
    in any number of workers at once.
    """
    waiting = session.scalars(
        select(Receipt)
        .where(Receipt.look_at <= now)
        .order_by(Receipt.look_at, Receipt.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    if not waiting:
        return []
    messages = _messages_of(session, waiting)
    ready: list[tuple[Receipt, Message, MessageStatus]] = []
    for receipt in waiting:
        receipt.looks += 1
        step = _match(receipt, messages, now)
        if step is not None:
            ready.append((receipt, *step))
    return _apply(session, ready, now)


@dataclass(frozen=True, slots=True)
class _Known:
    by_id: Mapping[UUID, Message]
    by_sid: Mapping[tuple[str, str], Message]


def _messages_of(session: Session, receipts: Sequence[Receipt]) -> _Known:
    """The messages that the receipts name, by our id or by the provider's, locked in order of id so
    that nothing deadlocks.
    """
    ids = {receipt.message_id for receipt in receipts if receipt.message_id}
    sids = {receipt.provider_sid for receipt in receipts if receipt.provider_sid}
    providers = {receipt.provider for receipt in receipts}
    rows = session.scalars(
        select(Message)
        .where(
            Message.id.in_(ids) | (Message.provider_sid.in_(sids) & Message.provider.in_(providers))
        )
        .order_by(Message.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    by_sid = {(row.provider, row.provider_sid): row for row in rows if row.provider_sid}
    return _Known({row.id: row for row in rows}, by_sid)


def _match(receipt: Receipt, known: _Known, now: datetime) -> tuple[Message, MessageStatus] | None:
    """The message a receipt is about and what it says of it, or None with the receipt settled or
    put off.
    """
    owner = known.by_sid.get((receipt.provider, receipt.provider_sid or ""))
    message = known.by_id.get(receipt.message_id) if receipt.message_id else owner
    if message is None:
        _put_off(receipt, now)
        return None
    says = registry.meaning(receipt.provider, receipt.status)
    if says is None:
        _settled(receipt, now, "The provider used a status we do not know")
        return None
    if (owner is not None and owner is not message) or _another_sid(message, receipt):
        _log.warning(
            "receipt.second_text", message=str(message.id), provider_sid=receipt.provider_sid
        )
        _settled(receipt, now, "It is about another text than the one on record for this message")
        return None
    return message, says


def _another_sid(message: Message, receipt: Receipt) -> bool:
    if message.provider != receipt.provider:
        return True
    return bool(
        message.provider_sid
        and receipt.provider_sid
        and message.provider_sid != receipt.provider_sid
    )


def _put_off(receipt: Receipt, now: datetime) -> None:
    """Look at it again in 1, 2, 4 … seconds; after about an hour keep it and stop looking."""
    receipt.problem = "No message of ours is known by its ids"
    gone = receipt.looks >= _GIVE_UP_AFTER
    receipt.look_at = None if gone else now + timedelta(seconds=2 ** (receipt.looks - 1))


def _settled(receipt: Receipt, now: datetime, problem: str | None) -> None:
    receipt.applied_at, receipt.look_at, receipt.problem = now, None, problem


def _apply(
    session: Session, ready: Sequence[tuple[Receipt, Message, MessageStatus]], now: datetime
) -> list[Applied]:
    """Make the moves in the order the receipts came: in each round one move per message, each round
    one statement.
    """
    session.flush()
    applied: list[Applied] = []
    rest = list(ready)
    while rest:
        turn: dict[UUID, tuple[Receipt, Message, MessageStatus]] = {}
        later: list[tuple[Receipt, Message, MessageStatus]] = []
        for item in rest:
            if item[1].id in turn:
                later.append(item)
            else:
                turn[item[1].id] = item
        moves = [_move(receipt, message, says) for receipt, message, says in turn.values()]
        for moved in transitions.apply(session, moves):
            receipt, message, _ = turn[moved.id]
            applied.append(_applied(moved, receipt, message))
        done = {one.message_id: one.new for one in applied}
        for receipt, message, says in turn.values():
            changed = done.get(message.id) is says
            _settled(receipt, now, None if changed else "The message was already at or past this")
        rest = later
    for _, message, _ in ready:
        session.expire(message)
    return applied


def _move(receipt: Receipt, message: Message, says: MessageStatus) -> Move:
    bad = says in (_S.UNDELIVERED, _S.FAILED)
    codes = registry.codes(receipt.provider)
    return Move(
        message.id,
        says,
        receipt.received_at,
        reason=codes.words(receipt.error_code) if bad else None,
        error_code=receipt.error_code if bad else None,
        provider=receipt.provider,
        provider_sid=receipt.provider_sid,
    )


def _applied(moved: transitions.Moved, receipt: Receipt, message: Message) -> Applied:
    bad = moved.new in (_S.UNDELIVERED, _S.FAILED)
    codes = registry.codes(receipt.provider)
    return Applied(
        message_id=moved.id,
        recipient=message.recipient,
        to_number=message.to_number,
        old=moved.old,
        new=moved.new,
        error_code=receipt.error_code if bad else None,
        reason=codes.words(receipt.error_code) if bad else None,
        number_dead=bad and codes.number_dead(receipt.error_code),
    )


def look_again(session: Session, provider_sids: Sequence[str], now: datetime) -> None:
    """Bring forward the receipts that waited for these texts to become known.

    One that another worker is looking at is passed over: waiting for it here could close a ring of
    locks, and it comes round again.
    """
    if provider_sids:
        session.execute(_LOOK_AGAIN, {"sids": list(provider_sids), "now": now})
