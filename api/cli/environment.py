"""What the commands take from the environment: the database, the clock and the logs.

Imports nothing heavy at the top, so that `engage --help` stays fast.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from engage.core.settings import Settings, SettingsError

if TYPE_CHECKING:
    from engage.core.db import Database


@contextmanager
def open_database(application: str = "engage") -> "Iterator[Database]":
    """The database in the settings, for the duration of a command."""
    from api.database import open_database as open_from_settings

    database = open_from_settings(Settings.from_environment(), pool_size=4, application=application)
    try:
        yield database
    finally:
        database.dispose()


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
