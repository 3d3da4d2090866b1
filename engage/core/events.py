"""The log of events and the log of access to records, both written in the caller's transaction.

An event says what happened, to which person and by which actor. Its `data` holds ids, codes and
times and must never hold a name or the words of a text. Partners read events by a cursor of
(transaction, id). It never passes a transaction that is still open, so an event that commits late
is not missed.
"""

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from sqlalchemy import ColumnClause, func, literal_column, select, text, tuple_
from sqlalchemy.orm import Session

from engage.core.model import AccessRecord, Event


class HasHub(Protocol):
    """A person, by id and hub."""

    @property
    def id(self) -> uuid.UUID: ...
    @property
    def hub_id(self) -> uuid.UUID: ...


@dataclass(frozen=True)
class Cursor:
    """A position in the feed: everything up to and including (transaction, id) has been read."""

    transaction: int = 0
    id: int = 0

    def __str__(self) -> str:
        return f"{self.transaction}.{self.id}"

    @classmethod
    def parse(cls, given: str) -> "Cursor":
        """Read `"transaction.id"`. Raises ValueError for anything else."""
        transaction, _, number = given.partition(".")
        if not (given.isascii() and transaction.isdigit() and number.isdigit()):
            raise ValueError("not a cursor")
        if len(transaction) > 19 or len(number) > 18:
            raise ValueError("not a cursor")
        return cls(int(transaction), int(number))


def record(
    session: Session,
    kind: str,
    *,
    now: datetime,
    actor: str,
    person_id: uuid.UUID | None = None,
    hub_id: uuid.UUID | None = None,
    **data: Any,
) -> None:
    """Record an event. `actor` is `staff:<id>`, `key:<id>`, `person` or `system`."""
    values = {name: _as_json(value) for name, value in data.items()}
    session.add(
        Event(at=now, kind=kind, actor=actor, person_id=person_id, hub_id=hub_id, data=values)
    )


def record_for_person(
    session: Session, kind: str, person: HasHub, *, now: datetime, actor: str, **data: Any
) -> None:
    """Record an event of a person at their hub."""
    record(session, kind, now=now, actor=actor, person_id=person.id, hub_id=person.hub_id, **data)


def record_access(
    session: Session,
    *,
    now: datetime,
    actor: str,
    person_id: uuid.UUID,
    what: str,
    allowed: bool = True,
) -> None:
    """Record that `actor` read, or was refused, `what` in a person's record."""
    session.add(AccessRecord(at=now, actor=actor, person_id=person_id, what=what, allowed=allowed))


def feed(
    session: Session, *, hub_id: uuid.UUID, after: Cursor, limit: int
) -> list[tuple[Cursor, Event]]:
    """Up to `limit` events of the hub after a cursor, oldest first, each with the cursor to
    continue from.
    """
    oldest_open: ColumnClause[int] = literal_column("pg_snapshot_xmin(pg_current_snapshot())")
    transaction_number: ColumnClause[int] = literal_column("event.transaction::text::bigint")
    rows = session.execute(
        select(Event, transaction_number)
        .where(Event.hub_id == hub_id, Event.transaction < oldest_open)
        .where(
            tuple_(Event.transaction, Event.id)
            > func.row(text(f"'{after.transaction}'::xid8"), after.id)
        )
        .order_by(Event.transaction, Event.id)
        .limit(limit)
    )
    return [(Cursor(transaction, event.id), event) for event, transaction in rows]


def _as_json(value: Any) -> Any:
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (list, tuple)):
        return [_as_json(item) for item in value]
    return value
