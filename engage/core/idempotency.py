"""Do a request that is sent twice only once, and answer the second with the answer to the first.

The key is claimed, the work done and the answer stored in one transaction. A second request with
the same key waits for the first to end. It then finds the answer or, if the first failed and left
nothing, does the work itself. This module does not know the work, only the people it concerned: the
caller must check that the actor may still see them before it repeats an answer.
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

RETENTION = timedelta(hours=24)
LOCK_TIMEOUT_SECONDS = 10


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
    """The answer to the first request. `people` is filled when it is repeated: the people whom the
    work concerned.
    """

    status: int
    body: dict[str, Any]
    people: tuple[uuid.UUID, ...] = ()


def claim(session: Session, *, actor: str, key: str, request: str, now: datetime) -> Answer | None:
    """Claim `key` in this transaction. Returns None if the caller is to do the work, otherwise the
    answer to repeat.

    `request` is a digest of the request. Raises KeyReused if the key was used for a different
    request, Conflict if the first request with it is still running after 10 seconds.
    """
    session.execute(
        delete(IdempotencyKey).where(
            IdempotencyKey.actor == actor,
            IdempotencyKey.key == key,
            IdempotencyKey.used_at <= now - RETENTION,
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


def store(session: Session, *, actor: str, key: str, answer: Answer) -> None:
    """Store the answer in the transaction that claimed the key, with the people whom the events of
    the work name.
    """
    used = session.scalars(
        select(IdempotencyKey).where(IdempotencyKey.actor == actor, IdempotencyKey.key == key)
    ).one()
    used.status, used.body = answer.status, answer.body
    used.people = [str(id) for id in session.scalars(_PEOPLE)]


def delete_old(session: Session, *, now: datetime, limit: int = 1000) -> int:
    """Delete up to `limit` keys that are older than 24 hours. Returns how many."""
    old = select(IdempotencyKey.id).where(IdempotencyKey.used_at <= now - RETENTION).limit(limit)
    deleted = session.execute(
        delete(IdempotencyKey).where(IdempotencyKey.id.in_(old)).returning(IdempotencyKey.id)
    )
    return len(deleted.all())


def _insert(session: Session, actor: str, key: str, request: str, now: datetime) -> bool:
    """Whether this transaction now has the key. Waits for an unfinished claim of the same key, up
    to the lock timeout.
    """
    session.execute(text(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT_SECONDS}s'"))
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
            "The first request with this Idempotency-Key is still running.",
            code="idempotency_key_busy",
        ) from error
    session.execute(text("SET LOCAL lock_timeout = 0"))
    return ours is not None
