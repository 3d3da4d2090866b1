"""Cursors into lists: what they read as, and the page that ends with one."""

import uuid
from datetime import UTC, date, datetime

import pytest

from engage.core.paging import DayCursor, MomentCursor, cut

ID = uuid.UUID(int=7)


@pytest.mark.parametrize(
    "cursor",
    [
        MomentCursor(datetime(2027, 3, 22, 9, 30, 0, 5, tzinfo=UTC), ID),
        DayCursor(date(2027, 3, 22), ID),
    ],
)
def test_a_cursor_reads_as_it_was_written(cursor: MomentCursor | DayCursor) -> None:
    """What stands in an address leads back to the same place."""
    assert type(cursor).parse(str(cursor)) == cursor


@pytest.mark.parametrize(
    "given",
    ["", "x", "2027-03-22T09:30:00", f"2027-03-22T09:30:00_{ID}", "2027-03-22T09:30+00:00_"],
)
def test_nothing_else_is_a_moment_cursor(given: str) -> None:
    """A moment needs its zone, and its id."""
    with pytest.raises(ValueError, match=r"isoformat|zone|UUID"):
        MomentCursor.parse(given)


def test_a_page_ends_with_a_cursor_only_if_more_follows() -> None:
    """One row more than the page holds says that there is another page."""
    assert cut([1, 2, 3], 2, str) == ([1, 2], "2")
    assert cut([1, 2], 2, str) == ([1, 2], None)
    assert cut([], 2, str) == ([], None)
