"""The one log of what happened, written in the transaction of the change, and the log of who looked
at whom.

An event says what happened, to whom, and by whom; its `data` holds ids, codes and moments, never a
text or a name. Partners read events by a cursor of (transaction, id) that only passes transactions
that have ended, so one that commits late is never missed.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnClause,
    func,
    literal_column,
    select,
    text,
    tuple_,
)
from sqlalchemy.orm import Session

from engage.core.model import AccessRecord, Event


@dataclass(frozen=True)
class Cursor:
    """A place in the feed: everything up to and including (transaction, id) has been read."""

    transaction: int = 0
    id: int = 0

    def __str__(self) -> str:
        return f"{self.transaction}.{self.id}"

    @classmethod
    def parse(cls, given: str) -> "Cursor":
        """Read `"transaction.id"`. Raises ValueError on anything else."""
        transaction, _, number = given.partition(".")
        if not (
            transaction.isascii()
            and transaction.isdigit()
            and number.isascii()
            and number.isdigit()
        ):
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
    """Write one event in the caller's transaction. `actor` is `staff:<id>`, `key:<id>`, `person` or
    `system`.
    """
    session.add(
        Event(at=now, kind=kind, actor=actor, person_id=person_id, hub_id=hub_id, data=_plain(data))
    )


def record_access(
    session: Session,
    *,
    now: datetime,
    actor: str,
    person_id: uuid.UUID,
    what: str,
    allowed: bool = True,
) -> None:
    """Write that `actor` read (or was refused) `what` of a person's record."""
    session.add(AccessRecord(at=now, actor=actor, person_id=person_id, what=what, allowed=allowed))


def feed(
    session: Session, *, hub_id: uuid.UUID, after: Cursor, limit: int
) -> list[tuple[Cursor, Event]]:
    """The hub's events after a cursor, oldest first, at most `limit`; each with the cursor that
    stands behind it.
    """
    ended: ColumnClause[int] = literal_column("pg_snapshot_xmin(pg_current_snapshot())")
    place: ColumnClause[int] = literal_column("event.transaction::text::bigint")
    rows = session.execute(
        select(Event, place)
        .where(Event.hub_id == hub_id, Event.transaction < ended)
        .where(
            tuple_(Event.transaction, Event.id)
            > func.row(text(f"'{after.transaction}'::xid8"), after.id)
        )
        .order_by(Event.transaction, Event.id)
        .limit(limit)
    )
    return [(Cursor(transaction, event.id), event) for event, transaction in rows]


def _plain(data: dict[str, Any]) -> dict[str, Any]:
    def plain(value: Any) -> Any:
        if isinstance(value, uuid.UUID):
            return str(value)
        if isinstance(value, datetime):
            return value.isoformat()
        if isinstance(value, (list, tuple)):
            return [plain(item) for item in value]
        return value

    return {name: plain(value) for name, value in data.items()}
