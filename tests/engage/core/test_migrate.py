"""Migrations, on databases of their own: they build the schema of the models, take turns, and do
nothing on a current database.
"""

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest
from alembic import command
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.pool import NullPool

from engage.core import migrate
from engage.core.settings import PROJECT
from migrations import check
from migrations.scratch import scratch_database


@pytest.fixture
def empty(server_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """A database without tables."""
    monkeypatch.setenv("DATABASE_URL", server_url)
    with scratch_database() as url:
        yield create_engine(url, poolclass=NullPool)


def address(engine: Engine) -> str:
    """The address of the engine's database, password included."""
    return engine.url.render_as_string(hide_password=False)


def pending(engine: Engine) -> bool:
    """Whether a migration is missing, as the readiness check asks."""
    with engine.connect() as connection:
        return migrate.pending(connection)


def test_a_database_is_behind_until_it_is_migrated(empty: Engine) -> None:
    """An empty database is behind, a migrated one is not. Migrating it again changes nothing."""
    assert pending(empty)
    migrate.migrate(address(empty))
    assert not pending(empty)
    migrate.migrate(address(empty))
    assert not pending(empty)


def test_a_database_that_a_newer_version_has_migrated_is_not_behind(empty: Engine) -> None:
    """During an upgrade the previous version stays ready on the newer schema."""
    migrate.migrate(address(empty))
    with empty.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'from tomorrow'"))
    assert not pending(empty)


CONNECTED = text(
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


def test_two_migrators_at_once_take_turns(empty: Engine) -> None:
    """Both wait for the same lock, longer than a migration may wait for a table, and succeed."""
    migrator = [sys.executable, "-m", "api", "migrate"]
    environment = {**os.environ, "DATABASE_URL": address(empty)}
    with empty.connect() as locking:
        locking.execute(text("SELECT pg_advisory_lock(7364201556)"))
        locking.commit()
        migrators = [
            subprocess.Popen(migrator, cwd=PROJECT, env=environment, stdout=subprocess.DEVNULL)
            for _ in range(2)
        ]
        while locking.scalar(CONNECTED) < 2:
            locking.commit()
        assert pending(empty)
        locking.execute(text("SELECT pg_advisory_unlock(7364201556)"))
        locking.commit()
        assert [migrator.wait(60) for migrator in migrators] == [0, 0]
    assert not pending(empty)


def test_the_migrations_build_the_schema_of_the_models(
    empty: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every column and constraint is compared as PostgreSQL reports it."""
    assert check.main() == 0, capsys.readouterr().err


def test_a_constraint_without_a_migration_is_found(
    empty: Engine, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A constraint that differs between model and migrations fails the check, which names it."""

    def migrate_and_tamper(url: str) -> None:
        migrate.migrate(url)
        engine = create_engine(url, poolclass=NullPool)
        with engine.begin() as connection:
            connection.execute(text("ALTER TABLE hub DROP CONSTRAINT fk_hub_area_id"))

    monkeypatch.setattr(check, "migrate", migrate_and_tamper)
    assert check.main() == 1
    assert "fk_hub_area_id" in capsys.readouterr().err


def test_renames_keep_what_is_recorded(empty: Engine) -> None:
    """Migration 0015 renames tables and columns. Every row is kept, under the new names and, after
    a downgrade, under the old ones.
    """
    migrate.migrate(address(empty), "0014")
    configuration = migrate.configuration(address(empty))
    with empty.begin() as connection:
        connection.execute(text("SET session_replication_role = replica"))
        connection.execute(
            text(
                "INSERT INTO reading (id, inbound_id, number, prompt, intent, confidence, act,"
                " done, at, needs_human)"
                " VALUES (gen_random_uuid(), 7, '+447700900101', 'none', 'thanks', 1, true,"
                " 'Thanks', now(), false)"
            )
        )
        connection.execute(
            text(
                "INSERT INTO reading_correction (id, reading_id, was, now, by, at, done)"
                " SELECT gen_random_uuid(), id, 'thanks', 'confirm', 'system', now(), ''"
                " FROM reading"
            )
        )
        connection.execute(
            text(
                "INSERT INTO conversation_hold (id, person_id, staff_id, since, until)"
                " SELECT gen_random_uuid(), id, id, now(), now() FROM reading"
            )
        )
    command.upgrade(configuration, "0015")
    with empty.connect() as connection:
        corrected = (
            "SELECT reply_record.done FROM reply_record"
            " JOIN reply_correction ON reply_record_id = reply_record.id"
        )
        assert connection.scalar(text(corrected)) == "Thanks"
        assert connection.scalar(text("SELECT count(*) FROM takeover WHERE ended_at IS NULL")) == 1
        assert connection.scalar(text("SELECT count(*) FROM person WHERE legal_hold")) == 0
    command.downgrade(configuration, "0014")
    with empty.connect() as connection:
        corrected = (
            "SELECT count(*) FROM reading JOIN reading_correction ON reading_id = reading.id"
        )
        assert connection.scalar(text(corrected)) == 1
        assert connection.scalar(text("SELECT count(*) FROM conversation_hold")) == 1
        left = text(
            "SELECT count(*) FROM pg_class WHERE relname ~ 'takeover|reply_record|legal_hold'"
        )
        assert connection.scalar(left) == 0
