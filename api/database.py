"""The way of a request to the database and to the time: `transaction()`, `now()`, and how a process
opens its database.

A view does its work in one `with transaction() as session:`. Where a transaction of this request is
open already (an Idempotency-Key wraps the whole view in one), the inner block joins it. Nothing
here may run a query of its own.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from flask import current_app, g
from sqlalchemy.orm import Session

from engage.core.clock import Clock
from engage.core.db import Database
from engage.core.settings import Settings


def open_database(
    settings: Settings, *, pool_size: int = 10, application: str = "engage"
) -> Database:
    """The database that the settings name; without one, the embedded server, started or joined and
    brought up to date.

    Raises SettingsError in production without a server of its own. A server that is named is never
    migrated by itself.
    """
    from engage import models  # noqa: F401 — tables name one another, so whoever writes to one needs them all

    if settings.database_url is not None:
        return Database(settings.database_url, pool_size=pool_size, application=application)
    from engage.core import embedded, migrate

    url = embedded.database_url(settings)
    database = Database(url, pool_size=pool_size, application=application)
    with database.engine.connect() as connection:
        behind = migrate.pending(connection)
    if behind:
        migrate.migrate(url)
    return database


@contextmanager
def transaction() -> Iterator[Session]:
    """One transaction on this app's database: committed when the block ends, rolled back when it
    raises.
    """
    outer: Session | None = g.get("session")
    if outer is not None:
        yield outer
        return
    with database().begin() as session:
        g.session = session
        try:
            yield session
        finally:
            g.pop("session", None)


def database() -> Database:
    """This app's database."""
    found: Database = current_app.extensions["engage.database"]
    return found


def now() -> datetime:
    """The present moment by this app's clock, aware and in UTC; ask once per request and hand it
    down.
    """
    clock: Clock = current_app.extensions["engage.clock"]
    return clock.now()
