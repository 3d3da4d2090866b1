"""The database and the clock of a request, `transaction()` and `now()`, and how a process opens its
database.

A view does its work in one `with transaction() as session:`. If this request already has an open
transaction (an Idempotency-Key wraps the whole view in one), the inner block joins it. This module
must never run a query of its own.
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
    """Open the database in the settings. Without one, start or join the embedded server and migrate
    it.

    Raises SettingsError in production without DATABASE_URL. A database named in the settings is
    never migrated automatically.
    """
    from engage import models  # noqa: F401 — foreign keys need every table to be loaded

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
    """A transaction on this app's database. Commits at the end, rolls back on an exception."""
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
    opened: Database = current_app.extensions["engage.database"]
    return opened


def now() -> datetime:
    """The present moment by this app's clock, aware and in UTC. Call once per request and pass it
    on.
    """
    clock: Clock = current_app.extensions["engage.clock"]
    return clock.now()
