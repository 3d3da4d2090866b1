"""How Alembic reaches the database: one migrator at a time, never waiting long for a lock that users need.

Run by Alembic only. A caller may hand an address in `config.attributes["url"]`; else the settings say which database.
"""

from alembic import context
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from engage.embedded import database_url
from engage.models import METADATA
from engage.settings import Settings

ONE_AT_A_TIME = 7_364_201_556  # any number that nothing else in this database locks


def migrate() -> None:
    url = context.config.attributes.get("url") or database_url(Settings.from_environment())
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": ONE_AT_A_TIME})
        # A migration that cannot have its lock within a second fails and is run again, rather than queue every reader behind it.
        connection.execute(text("SET lock_timeout = '1s'"))
        connection.commit()
        context.configure(
            connection=connection,
            target_metadata=list(METADATA),
            compare_type=True,
            compare_server_default=True,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


migrate()
