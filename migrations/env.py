"""How Alembic reaches the database: one migrator at a time, never waiting long for a lock that
users need.

Run by Alembic only. A caller may hand an address in `config.attributes["url"]`; else the settings
say which database.
"""

import time
from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import MetaData, create_engine, text
from sqlalchemy.pool import NullPool

from engage.core.db import CONSTRAINT_NAMES
from engage.core.embedded import database_url
from engage.core.settings import Settings
from engage.models import METADATA
from migrations import types

ONE_AT_A_TIME = 7_364_201_556  # any number that nothing else in this database locks
BEFORE_ASKING_AGAIN = 0.2


def migrate() -> None:
    url = context.config.attributes.get("url") or database_url(Settings.from_environment())
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        # Asked for again and again, and not waited for: an index that is built CONCURRENTLY waits
        # for every open transaction, so one that waits for the builder's lock would wait in a ring
        # with it.
        while not connection.scalar(
            text("SELECT pg_try_advisory_lock(:key)"), {"key": ONE_AT_A_TIME}
        ):
            connection.rollback()
            time.sleep(BEFORE_ASKING_AGAIN)
        # A migration that cannot have its lock within a second fails and is run again, rather than
        # queue every reader behind it.
        connection.execute(text("SET lock_timeout = '1s'"))
        connection.commit()
        connection.dialect.ischema_names.update(xid8=types.TransactionId)  # type: ignore[attr-defined]
        context.configure(
            connection=connection,
            target_metadata=all_tables(),
            render_item=render_own_type,
            compare_type=compare_type,
            compare_server_default=True,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


def all_tables() -> MetaData:
    """Both sets of tables as one, so that migrations name constraints as the models do."""
    together = MetaData(naming_convention=CONSTRAINT_NAMES)
    for metadata in METADATA:
        for table in metadata.sorted_tables:
            table.to_metadata(together)
    return together


def render_own_type(kind: str, item: Any, autogen: AutogenContext) -> str | Literal[False]:
    """Write a type of the project's own under its name in `migrations.types`."""
    name = type(item).__name__
    if kind != "type" or not hasattr(types, name):
        return False
    autogen.imports.add(f"from migrations.types import {name}")
    return f"{name}()"


def compare_type(
    _context: Any, _column: Any, _found: Any, in_database: Any, in_model: Any
) -> bool | None:
    """Our own types are the same when their names are; None leaves the others to Alembic."""
    name = type(in_database).__name__
    return name != type(in_model).__name__ if hasattr(types, name) else None


migrate()
