"""Pages of lists and their cursors.

A cursor names the last row of a page; the next page starts after it, whatever was added or removed
in the meantime. Cursors are signed, so a caller cannot make one up. Their format is private.
"""

import functools
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar

from flask import current_app
from itsdangerous import BadData, URLSafeSerializer
from marshmallow import Schema, fields

from api.v1.fields import Given, Whole, Words
from engage.core.errors import Invalid
from engage.core.paging import DayCursor, MomentCursor, cut

LONGEST_CURSOR = 1000
Row = TypeVar("Row")


class PageQuery(Given):
    """The size and start of a page."""

    limit = Whole(
        1, 200, in_query=True, load_default=50, metadata={"description": "The most rows to return."}
    )
    after = Words(
        LONGEST_CURSOR,
        load_default=None,
        metadata={"description": "The `next` of the previous page. Leave out for the first page."},
    )


@functools.cache
def page_of(item: type[Schema], name: str) -> type[Schema]:
    """The schema of a page of `item`: rows and the next page's cursor, null on the last page."""
    return Schema.from_dict(
        {
            "items": fields.List(fields.Nested(item), required=True),
            "next": fields.String(required=True, allow_none=True),
        },
        name=name,
    )


def page(
    rows: Sequence[Row], limit: int, list_name: str, place: Callable[[Row], tuple[Any, ...]]
) -> dict[str, Any]:
    """A page made from up to `limit + 1` rows. Its cursor is the `place` of the last row on the
    page.
    """
    on_page, last = cut(rows, limit, place)
    return {"items": on_page, "next": None if last is None else write(list_name, *last)}


def write(list_name: str, *place: Any) -> str:
    """Make a cursor for the list `list_name`."""
    cursor: str | bytes = _serializer(list_name).dumps([_as_text(part) for part in place])
    return cursor if isinstance(cursor, str) else cursor.decode()


def read(cursor: str | None, list_name: str) -> list[str] | None:
    """The place in a cursor of the same list, as strings; None without a cursor. Raises Invalid for
    any other cursor.
    """
    if cursor is None:
        return None
    try:
        place: list[str] = _serializer(list_name).loads(cursor)
    except BadData:
        raise bad_cursor() from None
    return place


def read_moment(cursor: str | None, list_name: str) -> MomentCursor | None:
    """The place (moment, id) in a cursor."""
    place = read(cursor, list_name)
    return None if place is None else MomentCursor.of(*place)


def read_day(cursor: str | None, list_name: str) -> DayCursor | None:
    """The place (day, id) in a cursor."""
    place = read(cursor, list_name)
    return None if place is None else DayCursor.of(*place)


def bad_cursor() -> Invalid:
    """The error for a cursor that we did not issue."""
    return Invalid(fields={"?after": "Send the `next` of the previous page, unchanged."})


def _as_text(part: Any) -> str:
    return part.isoformat() if isinstance(part, datetime) else str(part)


def _serializer(list_name: str) -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt=f"cursor:{list_name}")
