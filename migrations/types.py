"""Column types of PostgreSQL that SQLAlchemy has no name for, as migrations write them. A migration
never imports a model.
"""

from typing import Any

from sqlalchemy.types import UserDefinedType


class TransactionId(UserDefinedType[int]):
    """`xid8`: the number of a transaction, never reused."""

    cache_ok = True

    def get_col_spec(self, **_kw: Any) -> str:
        """The name of the type in SQL."""
        return "xid8"
