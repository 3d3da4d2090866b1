"""Tell a database that does not answer from a statement that it will not take.

After the first the same work may be done again, and nothing is held against it; after the second it
would fail again.
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
    """Is this the database's trouble (stopped, cut off, read-only, a deadlock) rather than the
    statement's?
    """
    return isinstance(problem, DBAPIError) and not isinstance(problem, _OURS)
