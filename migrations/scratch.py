"""A fresh, empty database for a moment, to try migrations on."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import psycopg
from psycopg import sql
from sqlalchemy.engine import make_url

from engage.core.embedded import create_database, database_url
from engage.core.settings import Settings


@contextmanager
def scratch_database() -> Iterator[str]:
    """The address of a database of its own, on the server that the settings name, dropped at the
    end.
    """
    server = make_url(database_url(Settings.from_environment()))
    name = f"engage_scratch_{uuid4().hex[:12]}"
    create_database(server, name)
    try:
        yield server.set(database=name).render_as_string(hide_password=False)
    finally:
        plain = server.set(drivername="postgresql", database="postgres").render_as_string(
            hide_password=False
        )
        with psycopg.connect(plain, autocommit=True) as connection:
            connection.execute(
                sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name))
            )
