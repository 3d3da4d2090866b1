"""What the commands take from the environment: the database, the clock and the logs.

Imports nothing heavy at the top, so that `engage --help` stays fast.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

from engage.core.settings import Settings, SettingsError

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from engage.core.db import Database


@contextmanager
def open_database(application: str = "engage", *, pool_size: int = 4) -> "Iterator[Database]":
    """The database in the settings, for the duration of a command."""
    from api.database import open_database as open_from_settings

    database = open_from_settings(
        Settings.from_environment(), pool_size=pool_size, application=application
    )
    try:
        yield database
    finally:
        database.dispose()


@contextmanager
def in_transaction() -> "Iterator[tuple[Session, datetime]]":
    """One transaction on the database in the settings, and the current time."""
    from engage.core.clock import Clock

    with open_database(pool_size=1) as database, database.begin() as session:
        yield session, Clock.from_settings(Settings.from_environment()).now()


def configure_logs(settings: Settings) -> None:
    """Write structured logs to standard error."""
    from engage.core import logs

    logs.configure(development=not settings.production)


def settings_outside_production(what: str) -> Settings:
    """The settings. Raises SettingsError in production; `what` is refused there."""
    settings = Settings.from_environment()
    if settings.production:
        raise SettingsError(f"{what} is not allowed in production: ENGAGE_ENV is production.")
    return settings
