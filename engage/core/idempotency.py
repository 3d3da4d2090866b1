"""A request that a system sends twice is done once: the first one's answer is kept beside its
effect, and given again.

The key is claimed, the work done and the answer stored in one transaction. A second request with
the same key waits for the first to end: it then finds the answer, or, when the first failed and
left nothing, does the work itself. Nothing here knows what the work is, only whom it was about:
whoever gives an answer again must first see that those people may still be seen.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from engage.core.db import new_id
from engage.core.errors import Conflict, EngageError
from engage.core.model import Event, IdempotencyKey

KEPT_FOR = timedelta(hours=24)
PATIENCE_SECONDS = 10


_PEOPLE = (
    select(Event.person_id)
    .distinct()
    .where(Event.transaction == text("pg_current_xact_id()"), Event.person_id.is_not(None))
)


class KeyReused(EngageError):
    """The key belongs to another request."""

    status = 422
    code = "idempotency_key_reused"
    title = "This Idempotency-Key belongs to another request"


@dataclass(frozen=True)
class Answer:
    """What was answered the first time; and, of one that is given again, whom the work was about."""

    status: int
    body: dict[str, Any]
    people: tuple[uuid.UUID, ...] = ()


def claim(session: Session, *, actor: str, key: str, request: str, now: datetime) -> Answer | None:
    """Take `key` for this transaction; None when it is ours and the work is to be done, else the
    answer to give again.

    `request` is a digest of what is asked. Raises KeyReused when the key was used for another
    request, Conflict when the first request with it is still at work after 10 seconds.
    """
    session.execute(
        delete(IdempotencyKey).where(
            IdempotencyKey.actor == actor,
            IdempotencyKey.key == key,
            IdempotencyKey.used_at <= now - KEPT_FOR,
        )
    )
    if _insert(session, actor, key, request, now):
        return None
    used = session.execute(
        select(IdempotencyKey).where(IdempotencyKey.actor == actor, IdempotencyKey.key == key)
    ).scalar_one()
    if used.request != request:
        raise KeyReused("Use a new Idempotency-Key for each new request.")
    if used.status is None or used.body is None:
        raise Conflict(
            "The first request with this Idempotency-Key left no answer.",
            code="idempotency_key_busy",
        )
    return Answer(used.status, used.body, tuple(map(uuid.UUID, used.people)))


def keep(session: Session, *, actor: str, key: str, answer: Answer) -> None:
    """Store the answer beside the work, in the transaction that claimed the key, with the people
    whom the work's events name.
    """
    used = session.scalars(
        select(IdempotencyKey).where(IdempotencyKey.actor == actor, IdempotencyKey.key == key)
    ).one()
    used.status, used.body = answer.status, answer.body
    used.people = [str(id) for id in session.scalars(_PEOPLE)]


def forget_old(session: Session, *, now: datetime, limit: int = 1000) -> int:
    """Delete up to `limit` keys that are older than 24 hours; returns how many."""
    old = select(IdempotencyKey.id).where(IdempotencyKey.used_at <= now - KEPT_FOR).limit(limit)
    gone = session.execute(
        delete(IdempotencyKey).where(IdempotencyKey.id.in_(old)).returning(IdempotencyKey.id)
    )
    return len(gone.all())


def _insert(session: Session, actor: str, key: str, request: str, now: datetime) -> bool:
    """Whether the key is ours. An unfinished claim of the same key elsewhere is waited for, not
    longer than our patience.
    """
    session.execute(text(f"SET LOCAL lock_timeout = '{PATIENCE_SECONDS}s'"))
    try:
        with session.begin_nested():
            ours = session.scalar(
                insert(IdempotencyKey)
                .values(id=new_id(), actor=actor, key=key, request=request, used_at=now)
                .on_conflict_do_nothing(index_elements=[IdempotencyKey.actor, IdempotencyKey.key])
                .returning(IdempotencyKey.id)
            )
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", None) != "55P03":
            raise
        raise Conflict(
            "The first request with this Idempotency-Key is still at work.",
            code="idempotency_key_busy",
        ) from error
    session.execute(text("SET LOCAL lock_timeout = 0"))
    return ours is not None
