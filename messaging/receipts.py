"""What providers report about texts: receipts are stored once as they came, then applied by the
table of moves.

Receipts come early, late, twice, out of order and for texts we do not know. Each is kept, whatever
it changes. One that matches no message yet is tried again later and never delays the others.
Storing a receipt must never depend on understanding it.
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
    "bring_forward",
    "store",
    "store_at_once",
]

CHANNEL = "messaging_receipts"
"""Notified, in the transaction, when a new receipt is stored."""

_log = structlog.get_logger(__name__)
_GIVE_UP_AFTER = 12
_S = MessageStatus

_BRING_FORWARD = text("""
WITH free AS MATERIALIZED (
    SELECT id FROM receipt WHERE provider_sid = ANY(:sids) AND applied_at IS NULL
    FOR UPDATE SKIP LOCKED
)
UPDATE receipt SET look_at = :now FROM free WHERE receipt.id = free.id
""")


@dataclass(frozen=True, slots=True)
class Applied:
    """A receipt that moved a message. `number_dead`: the phone network says that the number itself
    does not work.
    """

    message_id: UUID
    recipient: str | None
    to_number: str
    old: MessageStatus
    new: MessageStatus
    error_code: int | None
    reason: str | None
    number_dead: bool


# One statement, one round trip. A NOTIFY inside it makes commits wait for each other, so a webhook
# wakes the workers afterwards.
_STORE = """
INSERT INTO receipt (id, digest, provider, message_id, provider_sid, status, error_code, params,
                     received_at, look_at, looks)
VALUES (%(id)s, %(digest)s, %(provider)s, %(message_id)s, %(provider_sid)s, %(status)s,
        %(error_code)s, %(params)s::jsonb, %(received_at)s, %(received_at)s, 0)
ON CONFLICT (digest) DO NOTHING
RETURNING id
"""
_STORE_AND_WAKE = f"WITH kept AS ({_STORE}) SELECT pg_notify('messaging_receipts', '') FROM kept"  # noqa: S608 — both parts are our own words


def store(session: Session, incoming: IncomingReceipt, *, now: datetime) -> bool:
    """Store a receipt and wake the workers; False if an identical one is stored already."""
    return (
        session.connection().exec_driver_sql(_STORE_AND_WAKE, _row(incoming, now)).first()
        is not None
    )


def store_at_once(
    connection: "psycopg.Connection[Any]", incoming: IncomingReceipt, *, now: datetime
) -> bool:
    """As `store`, for a webhook: on a bare connection that commits by itself. The caller wakes the
    workers (CHANNEL).
    """
    return connection.execute(_STORE, _row(incoming, now)).fetchone() is not None


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
    """Apply up to `limit` due receipts, oldest first, and return the moves they made. Safe in any
    number of workers at once.
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
    """The messages that the receipts name, by our id or the provider's, locked in order of id so
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
    """The message that a receipt is about and the status it reports; None if the receipt is
    finished with or postponed.
    """
    owner = known.by_sid.get((receipt.provider, receipt.provider_sid or ""))
    message = known.by_id.get(receipt.message_id) if receipt.message_id else owner
    if message is None:
        _postpone(receipt, now)
        return None
    status = registry.meaning(receipt.provider, receipt.status)
    if status is None:
        _finish(receipt, now, "The provider used a status we do not know")
        return None
    if (owner is not None and owner is not message) or _has_another_sid(message, receipt):
        _log.warning(
            "receipt.second_text", message=str(message.id), provider_sid=receipt.provider_sid
        )
        _finish(receipt, now, "It is about another text than the one on record for this message")
        return None
    return message, status


def _has_another_sid(message: Message, receipt: Receipt) -> bool:
    if message.provider != receipt.provider:
        return True
    return bool(
        message.provider_sid
        and receipt.provider_sid
        and message.provider_sid != receipt.provider_sid
    )


def _postpone(receipt: Receipt, now: datetime) -> None:
    """Try it again in 1, 2, 4 … seconds; after about an hour keep it and stop trying."""
    receipt.problem = "No message has these ids"
    gone = receipt.looks >= _GIVE_UP_AFTER
    receipt.look_at = None if gone else now + timedelta(seconds=2 ** (receipt.looks - 1))


def _finish(receipt: Receipt, now: datetime, problem: str | None) -> None:
    receipt.applied_at, receipt.look_at, receipt.problem = now, None, problem


def _apply(
    session: Session, ready: Sequence[tuple[Receipt, Message, MessageStatus]], now: datetime
) -> list[Applied]:
    """Make the moves in the order in which the receipts came: rounds of one move per message, one
    statement per round.
    """
    session.flush()
    applied: list[Applied] = []
    rest = list(ready)
    while rest:
        this_round: dict[UUID, tuple[Receipt, Message, MessageStatus]] = {}
        later: list[tuple[Receipt, Message, MessageStatus]] = []
        for item in rest:
            if item[1].id in this_round:
                later.append(item)
            else:
                this_round[item[1].id] = item
        moves = [
            _move(receipt, message, status) for receipt, message, status in this_round.values()
        ]
        for moved in transitions.apply(session, moves):
            receipt, message, _ = this_round[moved.id]
            applied.append(_applied(moved, receipt, message))
        done = {one.message_id: one.new for one in applied}
        for receipt, message, status in this_round.values():
            changed = done.get(message.id) is status
            _finish(
                receipt,
                now,
                None if changed else "The message already had this status or a later one",
            )
        rest = later
    for _, message, _ in ready:
        session.expire(message)
    return applied


def _move(receipt: Receipt, message: Message, status: MessageStatus) -> Move:
    bad = status in (_S.UNDELIVERED, _S.FAILED)
    codes = registry.codes(receipt.provider)
    return Move(
        message.id,
        status,
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


def bring_forward(session: Session, provider_sids: Sequence[str], now: datetime) -> None:
    """Bring forward the receipts that were waiting for these texts to become known.

    A receipt that another worker has locked is skipped: waiting for it here could deadlock, and it
    will be tried again anyway.
    """
    if provider_sids:
        session.execute(_BRING_FORWARD, {"sids": list(provider_sids), "now": now})
