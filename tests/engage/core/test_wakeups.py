"""Waking workers from outside a transaction."""

from time import monotonic

import psycopg
import pytest
from psycopg import sql

from engage.core.db import Database
from engage.core.wakeups import Wakeups
from tests.end_to_end.house import free_port


def _listen(committed: Database, *channels: str) -> psycopg.Connection:
    """A connection that listens."""
    address = committed.url.set(drivername="postgresql").render_as_string(hide_password=False)
    connection = psycopg.connect(address, autocommit=True)
    for channel in channels:
        connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel)))
    return connection


def test_a_ring_is_heard_and_many_rings_are_few_notifications(committed: Database) -> None:
    """A thousand texts stored at once wake the workers a few times, not a thousand."""
    bell = Wakeups(committed.url)
    with _listen(committed, "test_bell", "test_other") as listening:
        for _ in range(1000):
            bell.ring("test_bell")
        bell.ring("test_other")
        bell.close()
        heard = [notice.channel for notice in listening.notifies(timeout=2)]
    assert set(heard) == {"test_bell", "test_other"}
    assert len(heard) < 100


def test_what_was_rung_before_closing_is_still_heard_and_closing_twice_is_harmless(
    committed: Database,
) -> None:
    """A web process that is told to stop wakes for what it stored last."""
    bell = Wakeups(committed.url)
    with _listen(committed, "test_bell") as listening:
        bell.ring("test_bell")
        bell.close()
        bell.close()
        assert [notice.channel for notice in listening.notifies(timeout=1)] == ["test_bell"]


def test_something_stored_at_once_wakes_and_something_known_does_not(committed: Database) -> None:
    """Only what is new is worth a wake-up."""
    with _listen(committed, "test_bell") as listening:
        assert not committed.at_once(
            lambda connection: connection.execute("SELECT 1 WHERE false").rowcount > 0,
            wakes="test_bell",
        )
        assert list(listening.notifies(timeout=0.3)) == []
        assert committed.at_once(
            lambda connection: connection.execute("SELECT 1").rowcount > 0, wakes="test_bell"
        )
        assert [notice.channel for notice in listening.notifies(timeout=5, stop_after=1)] == [
            "test_bell"
        ]


def test_a_database_that_is_down_is_waited_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody listens there: after the time for a connection the caller hears it, and does not wait
    that long again.
    """
    monkeypatch.setattr("engage.core.db.BARE_TIMEOUT", 0.5)
    nowhere = Database(f"postgresql+psycopg://nobody@127.0.0.1:{free_port()}/nothing")
    asked = []
    began = monotonic()
    with pytest.raises(psycopg.OperationalError):
        nowhere.at_once(lambda connection: bool(asked.append(connection)), wakes="test_bell")
    assert (asked, monotonic() - began < 0.95) == ([], True)
    nowhere.dispose()


def test_storing_goes_on_after_the_server_cut_every_connection(committed: Database) -> None:
    """A restarted database costs no text: the dead connections are replaced and the statement is
    done again.
    """
    assert committed.at_once(
        lambda connection: connection.execute("SELECT 1").rowcount > 0, wakes="test_bell"
    )
    with committed.engine.connect() as connection:
        connection.exec_driver_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    assert committed.at_once(
        lambda connection: connection.execute("SELECT 1").rowcount > 0, wakes="test_bell"
    )
