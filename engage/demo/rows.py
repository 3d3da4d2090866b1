"""Bulk rows: gathered by table, then written in the order of the foreign keys. Constraints and
defaults apply as always.
"""

import uuid
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from engage.core.db import new_id
from engage.core.model import Event
from engage.models import METADATA
from messaging.tables import Inbound

_BATCH_SIZE = 5000


@dataclass(frozen=True)
class InboundRef:
    """A placeholder for the id of an inbound text, which the database assigns on writing."""

    sid: str


class Rows:
    """Rows to write. `add` returns the new row's id, so that other rows can refer to it before
    anything is written.
    """

    def __init__(self) -> None:
        self._rows: dict[str, list[dict[str, Any]]] = defaultdict(list)

    def add(self, table: type[Any], **values: Any) -> uuid.UUID:
        """Add a row of a table whose key is its own `id`."""
        id = values.setdefault("id", new_id())
        self.add_keyed(table, **values)
        return uuid.UUID(str(id))

    def add_keyed(self, table: type[Any], **values: Any) -> None:
        """Add a row of a table with another key."""
        self._rows[table.__tablename__].append(values)

    def add_inbound(self, **values: Any) -> InboundRef:
        """Add an inbound text. Return a placeholder for its id in other rows."""
        sid = f"DEMO{uuid.uuid4().hex}"
        self._rows[Inbound.__tablename__].append({"message_sid": sid, **values})
        return InboundRef(sid)

    def add_event(
        self,
        kind: str,
        at: datetime,
        *,
        hub_id: uuid.UUID,
        person_id: uuid.UUID,
        actor: str,
        **data: Any,
    ) -> None:
        """Add an event, as the use case would have recorded it. Ids, codes and times only."""
        plain = {
            name: str(value) if isinstance(value, (uuid.UUID, date)) else value
            for name, value in data.items()
        }
        self._rows[Event.__tablename__].append(
            {
                "at": at,
                "kind": kind,
                "hub_id": hub_id,
                "person_id": person_id,
                "actor": actor,
                "data": plain,
            }
        )

    def write(self, session: Session) -> int:
        """Write all rows in the caller's transaction. Return how many."""
        session.flush()
        known: dict[str, int] = {}
        total = 0
        self._rows[Event.__tablename__].sort(key=lambda row: row["at"])
        for table in (table for metadata in METADATA for table in metadata.sorted_tables):
            rows = self._rows.pop(table.name, [])
            total += len(rows)
            for alike in _by_columns(rows):
                for start in range(0, len(alike), _BATCH_SIZE):
                    session.execute(
                        insert(table),
                        [_known(row, known) for row in alike[start : start + _BATCH_SIZE]],
                    )
            if table.name == Inbound.__tablename__ and rows:
                found = session.execute(
                    select(Inbound.message_sid, Inbound.id).where(
                        Inbound.message_sid.startswith("DEMO")
                    )
                )
                known = {row.message_sid: row.id for row in found}
        if self._rows:
            raise ValueError(f"There is no table {', '.join(self._rows)}")
        return total


def _by_columns(rows: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    alike: dict[frozenset[str], list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        alike[frozenset(row)].append(row)
    return list(alike.values())


def _known(row: dict[str, Any], known: dict[str, int]) -> dict[str, Any]:
    return {
        name: known[value.sid] if isinstance(value, InboundRef) else value
        for name, value in row.items()
    }
