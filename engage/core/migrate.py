"""Migrate a database to the schema of this version of the code.

Any number of processes may do so at once: they take turns, and later ones find nothing to do.
"""

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection

from engage.core.settings import PROJECT


def migrate(url: str, revision: str = "head") -> None:
    """Run every migration that the database at `url` is missing, up to `revision`."""
    command.upgrade(configuration(url), revision)


def pending(connection: Connection) -> bool:
    """Whether the database is missing a migration that this code needs. A database that a newer
    version has migrated is not behind.
    """
    scripts = ScriptDirectory.from_config(configuration(None))
    known = {script.revision for script in scripts.walk_revisions()}
    current = set(MigrationContext.configure(connection).get_current_heads())
    return current <= known and current != set(scripts.get_heads())


def configuration(url: str | None) -> Config:
    """Alembic's configuration for `url`, or for the database in the settings if it is None."""
    config = Config(PROJECT / "alembic.ini")
    config.attributes["url"] = url
    return config
