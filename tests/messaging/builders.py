"""Texts, clocks and guards for the tests of the engine."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from engage.core.db import Database
from messaging.outbox import Lane, Text, enqueue
from messaging.sending.dispatch import Claimed, Dispatcher, Verdict
from messaging.states import MessageStatus
from messaging.tables import Message

MakeWorker = Callable[..., Dispatcher]

NOW = datetime.fromisoformat("2027-03-20T09:00:00+00:00")
SENDER = "+447700900999"
OTHER = "+447700900998"


class StoppedClock:
    """A clock that stands still until it is set."""

    def __init__(self, moment: datetime = NOW) -> None:
        self.moment = moment

    def now(self) -> datetime:
        """The moment it was set to."""
        return self.moment


def allow_all(session: Session, texts: Sequence[Claimed], now: datetime) -> Mapping[UUID, Verdict]:
    """A guard that lets every text go."""
    return {}


def number(n: int) -> str:
    """The n-th of the mobile numbers reserved for drama."""
    return f"+447700900{n:03d}"


def a_text(key: str, **given: Any) -> Text:
    """A text with that dedupe key and default values for everything else."""
    wanted: dict[str, Any] = {
        "to": number(1),
        "body": f"Hello {key}",
        "lane": Lane.REMINDER,
        "dedupe_key": key,
    }
    return Text(**{**wanted, **given})


def put(session: Session, key: str, *, now: datetime = NOW, **given: Any) -> Message:
    """A queued message."""
    return enqueue(session, a_text(key, **given), now=now)


def put_committed(database: Database, key: str, **given: Any) -> UUID:
    """A queued message, committed."""
    with database.begin() as session:
        return put(session, key, **given).id


def put_in(session: Session, key: str, status: MessageStatus, **columns: Any) -> Message:
    """A message put directly into a status."""
    message = put(session, key)
    session.execute(
        update(Message).where(Message.id == message.id).values(status=status, **columns)
    )
    session.refresh(message)
    return message


def read(database: Database, id: UUID) -> Message:
    """The message as it is committed now."""
    with database.begin() as session:
        return session.scalars(select(Message).where(Message.id == id)).one()


def let_leases_end(database: Database, ago: timedelta = timedelta(minutes=10)) -> None:
    """Move every lease and every planned check into the past, as if that much time had passed on
    the database's clock.
    """
    with database.begin() as session:
        session.execute(
            update(Message)
            .where(Message.lease_until.is_not(None))
            .values(lease_until=Message.lease_until - ago - timedelta(hours=1))
        )
        let_looks_be_due(session, ago)


def let_looks_be_due(session: Session, ago: timedelta = timedelta(minutes=10)) -> None:
    """Make every unknown message due for a check of the provider's list."""
    session.execute(
        update(Message)
        .where(Message.reconcile_at.is_not(None))
        .values(reconcile_at=Message.reconcile_at - ago - timedelta(hours=2))
    )


def put_many(database: Database, count: int, **given: Any) -> list[UUID]:
    """So many texts, each to a number of its own."""
    with database.begin() as session:
        return [put(session, f"text-{n}", to=number(n % 1000), **given).id for n in range(count)]


def statuses(database: Database) -> dict[str, int]:
    """How many messages have each status."""
    with database.begin() as session:
        rows = session.execute(select(Message.status, func.count()).group_by(Message.status))
        return {status.value: count for status, count in rows}
