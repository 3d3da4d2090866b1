"""Cursors into ordered lists, and the pages between them.

A cursor is the place of the last row shown; the next page starts after it, even if rows were added
or removed since. Cursors appear in URLs: they hold moments, days and ids, never a name.
"""

import uuid
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple, Self, TypeVar

from sqlalchemy import ColumnElement, Select, literal, tuple_

Query = TypeVar("Query", bound=Select[*tuple[Any, ...]])
Row = TypeVar("Row")
Cursor = TypeVar("Cursor")
Column = ColumnElement[Any] | Any


class MomentCursor(NamedTuple):
    """A place in a list ordered by a moment and an id."""

    at: datetime
    id: uuid.UUID

    def __str__(self) -> str:
        return f"{self.at.isoformat()}_{self.id}"

    @classmethod
    def parse(cls, given: str) -> Self:
        """Read what `str` wrote. Raises ValueError for anything else."""
        moment, _, id = given.partition("_")
        return cls.of(moment, id)

    @classmethod
    def of(cls, moment: str, id: str) -> Self:
        """The cursor of a moment and an id as text. Raises ValueError."""
        return cls(aware_moment(moment), uuid.UUID(id))


class DayCursor(NamedTuple):
    """A place in a list ordered by a day and an id."""

    day: date
    id: uuid.UUID

    def __str__(self) -> str:
        return f"{self.day.isoformat()}_{self.id}"

    @classmethod
    def parse(cls, given: str) -> Self:
        """Read what `str` wrote. Raises ValueError for anything else."""
        day, _, id = given.partition("_")
        return cls.of(day, id)

    @classmethod
    def of(cls, day: str, id: str) -> Self:
        """The cursor of a day and an id as text. Raises ValueError."""
        return cls(date.fromisoformat(day), uuid.UUID(id))


def aware_moment(given: str) -> datetime:
    """A moment with its zone, in ISO format. Raises ValueError for anything else."""
    moment = datetime.fromisoformat(given)
    if moment.tzinfo is None:
        raise ValueError("a cursor needs a moment with a time zone")
    return moment


def rows_after(query: Query, columns: Sequence[Column], place: Sequence[Any] | None) -> Query:
    """The query for the rows whose columns come after a place; all rows without one."""
    return query if place is None else query.where(tuple_(*columns) > _row(place))


def rows_before(query: Query, columns: Sequence[Column], place: Sequence[Any] | None) -> Query:
    """The query for the rows whose columns come before a place; all rows without one."""
    return query if place is None else query.where(tuple_(*columns) < _row(place))


def cut(
    rows: Sequence[Row], limit: int, place: Callable[[Row], Cursor]
) -> tuple[Sequence[Row], Cursor | None]:
    """A page of at most `limit` rows out of up to `limit + 1`, and the place of its last row if
    more rows follow.
    """
    shown = rows[:limit]
    return shown, place(shown[-1]) if len(rows) > limit else None


def _row(place: Sequence[Any]) -> ColumnElement[Any]:
    return tuple_(*(literal(part) for part in place))
