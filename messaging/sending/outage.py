"""Distinguish a database that does not answer from a statement that it rejects.

After an outage the same work may be done again, and nothing counts as a failed attempt. A rejected
statement would fail again.
"""

from sqlalchemy.exc import (
    DataError,
    DBAPIError,
    IntegrityError,
    NotSupportedError,
    ProgrammingError,
)

__all__ = ["is_outage"]

_OURS = (DataError, IntegrityError, NotSupportedError, ProgrammingError)


def is_outage(problem: BaseException) -> bool:
    """Whether the database is at fault (stopped, cut off, read-only, a deadlock) and not the
    statement.
    """
    return isinstance(problem, DBAPIError) and not isinstance(problem, _OURS)
