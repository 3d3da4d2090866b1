"""What benchmarks run on: their own PostgreSQL, fresh databases in it, and a hub with people."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID, uuid4

import psutil
from sqlalchemy import text
from sqlalchemy.engine import make_url

from engage.core import embedded, migrate
from engage.core.db import Database
from engage.core.settings import PROJECT
from engage.demo import seed

NOW = datetime.fromisoformat("2027-03-20T09:00:00+00:00")


@contextmanager
def server() -> Iterator[str]:
    """A PostgreSQL server with its data under var/, as durable as in service, and with memory for
    tables of ten million rows.
    """
    place = PROJECT / "var" / "bench-postgres"
    with embedded.embedded_database(place) as url:
        _give_memory(url)
    with embedded.embedded_database(place) as url:
        yield url


def _give_memory(url: str) -> None:
    """A quarter of the machine's memory, as its manual advises, but no more than 2 GB; effective
    from the next start.
    """
    megabytes = min(psutil.virtual_memory().total // 4 // 2**20, 2048)
    database = Database(url)
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"ALTER SYSTEM SET shared_buffers = '{megabytes}MB'"))
        connection.execute(text("ALTER SYSTEM SET max_wal_size = '8GB'"))
    database.dispose()


@contextmanager
def fresh(server_url: str, *, demonstration: bool = True) -> Iterator[Database]:
    """A new migrated database with the demonstration hub, dropped at the end."""
    name = f"bench_{uuid4().hex[:12]}"
    embedded.create_database(server_url, name)
    url = make_url(server_url).set(database=name).render_as_string(hide_password=False)
    migrate.migrate(url)
    database = Database(url)
    if demonstration:
        with database.begin() as session:
            seed.seed(session, now=NOW)
    try:
        yield database
    finally:
        database.dispose()
        plain = Database(server_url)
        with plain.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        plain.dispose()


def address(database: Database) -> str:
    """The database's URL with its password, for other processes."""
    return database.url.render_as_string(hide_password=False)


def hub_id(database: Database) -> UUID:
    """The demonstration hub."""
    with database.begin() as session:
        found: UUID = session.execute(text("SELECT id FROM hub")).scalar_one()
        return found
