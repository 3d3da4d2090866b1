"""Pages and the cursors between them.

A cursor names the last row that was shown; the next page begins behind it, whatever was added or
removed meanwhile. It is signed, so what comes back is what went out; its form is nobody's business
but ours.
"""

import functools
import uuid
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar

from flask import current_app
from itsdangerous import BadData, URLSafeSerializer
from marshmallow import Schema, fields

from api.v1.fields import Given, Whole, Words
from engage.core.errors import Invalid

LONGEST_CURSOR = 1000
Row = TypeVar("Row")


class PageQuery(Given):
    """How much of a list to give, and from where."""

    limit = Whole(
        1, 200, in_query=True, load_default=50, metadata={"description": "How many rows at most."}
    )
    after = Words(
        LONGEST_CURSOR,
        load_default=None,
        metadata={"description": "The `next` of the page before; none for the first page."},
    )


@functools.cache
def page_of(item: type[Schema], name: str) -> type[Schema]:
    """The schema of a page of `item`: its rows, and the cursor of the next page, null on the last."""
    return Schema.from_dict(
        {
            "items": fields.List(fields.Nested(item), required=True),
            "next": fields.String(required=True, allow_none=True),
        },
        name=name,
    )


def page(
    rows: Sequence[Row], limit: int, what: str, place: Callable[[Row], tuple[Any, ...]]
) -> dict[str, Any]:
    """A page out of up to `limit + 1` rows; the cursor stands at the `place` of the last one shown."""
    shown = rows[:limit]
    more = len(rows) > limit
    return {"items": shown, "next": write(what, *place(shown[-1])) if more else None}


def write(what: str, *place: Any) -> str:
    """A cursor into the list `what`."""
    cursor: str | bytes = _serializer(what).dumps([_plain(part) for part in place])
    return cursor if isinstance(cursor, str) else cursor.decode()


def read(cursor: str | None, what: str) -> list[str] | None:
    """The place in a cursor that `write` made for the same list, as strings; None without one.
    Raises Invalid for any other.
    """
    if cursor is None:
        return None
    try:
        place: list[str] = _serializer(what).loads(cursor)
    except BadData:
        raise bad_cursor() from None
    return place


def read_moment(cursor: str | None, what: str) -> tuple[datetime, uuid.UUID] | None:
    """The place (moment, id) in a cursor."""
    place = read(cursor, what)
    return None if place is None else (datetime.fromisoformat(place[0]), uuid.UUID(place[1]))


def bad_cursor() -> Invalid:
    """The refusal of a cursor that we never gave."""
    return Invalid(fields={"?after": "Send the `next` of the page before, as it was."})


def _plain(part: Any) -> str:
    return part.isoformat() if isinstance(part, datetime) else str(part)


def _serializer(what: str) -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt=f"cursor:{what}")
