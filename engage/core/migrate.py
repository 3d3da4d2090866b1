"""Bring a database up to the tables that this version of the code expects.

Any number of processes may ask at once: they take turns, and the later ones find nothing left to
do.
"""

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection

from engage.core.settings import PROJECT


def migrate(url: str, revision: str = "head") -> None:
    """Run every migration that the database at `url` lacks, up to `revision`."""
    command.upgrade(configuration(url), revision)


def pending(connection: Connection) -> bool:
    """Whether the database lacks a migration that this code needs. One that a newer version has
    moved on is not behind.
    """
    scripts = ScriptDirectory.from_config(configuration(None))
    known = {script.revision for script in scripts.walk_revisions()}
    found = set(MigrationContext.configure(connection).get_current_heads())
    return found <= known and found != set(scripts.get_heads())


def configuration(url: str | None) -> Config:
    """Alembic's configuration, aimed at `url`, or at what the settings say where it is None."""
    config = Config(PROJECT / "alembic.ini")
    config.attributes["url"] = url
    return config
