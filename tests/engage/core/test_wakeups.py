"""Wake workers outside a transaction."""

from time import monotonic

import psycopg
import pytest
from psycopg import sql

from engage.core.db import Database
from engage.core.wakeups import Wakeups
from tests.end_to_end.service import free_port


def _listen(committed: Database, *channels: str) -> psycopg.Connection:
    """A connection that listens to the channels."""
    address = committed.url.set(drivername="postgresql").render_as_string(hide_password=False)
    connection = psycopg.connect(address, autocommit=True)
    for channel in channels:
        connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel)))
    return connection


def test_many_wake_ups_make_few_notifications(committed: Database) -> None:
    """A thousand texts stored at once wake the workers a few times, not a thousand times."""
    wakeups = Wakeups(committed.url)
    with _listen(committed, "test_channel", "test_other") as listening:
        for _ in range(1000):
            wakeups.wake("test_channel")
        wakeups.wake("test_other")
        wakeups.close()
        notified = [notice.channel for notice in listening.notifies(timeout=2)]
    assert set(notified) == {"test_channel", "test_other"}
    assert len(notified) < 100


def test_closing_sends_pending_wake_ups_and_may_be_repeated(committed: Database) -> None:
    """A web process that stops still wakes the workers for what it stored last."""
    wakeups = Wakeups(committed.url)
    with _listen(committed, "test_channel") as listening:
        wakeups.wake("test_channel")
        wakeups.close()
        wakeups.close()
        assert [notice.channel for notice in listening.notifies(timeout=1)] == ["test_channel"]


def test_autocommit_wakes_only_if_the_work_says_so(committed: Database) -> None:
    """A text that was already stored wakes no worker."""
    with _listen(committed, "test_channel") as listening:
        assert not committed.autocommit(
            lambda connection: connection.execute("SELECT 1 WHERE false").rowcount > 0,
            wakes="test_channel",
        )
        assert list(listening.notifies(timeout=0.3)) == []
        assert committed.autocommit(
            lambda connection: connection.execute("SELECT 1").rowcount > 0, wakes="test_channel"
        )
        assert [notice.channel for notice in listening.notifies(timeout=5, stop_after=1)] == [
            "test_channel"
        ]


def test_a_database_that_is_down_is_waited_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """No server listens: the caller gets an error after one timeout, not after two."""
    monkeypatch.setattr("engage.core.db.AUTOCOMMIT_TIMEOUT", 0.5)
    nowhere = Database(f"postgresql+psycopg://nobody@127.0.0.1:{free_port()}/nothing")
    calls = []
    started = monotonic()
    with pytest.raises(psycopg.OperationalError):
        nowhere.autocommit(lambda connection: bool(calls.append(connection)), wakes="test_channel")
    assert (calls, monotonic() - started < 0.95) == ([], True)
    nowhere.dispose()


def test_autocommit_survives_a_restart_of_the_server(committed: Database) -> None:
    """No text is lost: dead connections are replaced and the statement is run again."""
    assert committed.autocommit(
        lambda connection: connection.execute("SELECT 1").rowcount > 0, wakes="test_channel"
    )
    with committed.engine.connect() as connection:
        connection.exec_driver_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    assert committed.autocommit(
        lambda connection: connection.execute("SELECT 1").rowcount > 0, wakes="test_channel"
    )
