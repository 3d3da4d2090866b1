"""The database: one engine per process, one transaction per use case.

A view, a command or a tick opens `with database.begin() as session:`. Use cases take that session
and must never commit. This module knows no table, only their base class.
"""

import enum
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import psycopg
import uuid_utils.compat
from psycopg_pool import ConnectionPool, PoolTimeout
from sqlalchemy import DateTime, Enum, MetaData, create_engine, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import URL, Engine, make_url
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker

from engage.core.wakeups import Wakeups

AUTOCOMMIT_TIMEOUT = 5.0
"""Seconds that `autocommit` waits for a connection. A provider repeats a webhook that times out."""

CONSTRAINT_NAMES = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """The base class of every table in `engage`. Datetimes are stored with time zone, enums as text
    with a check constraint.
    """

    metadata = MetaData(naming_convention=CONSTRAINT_NAMES)
    type_annotation_map = {
        datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB,
        list[Any]: JSONB,
        enum.Enum: Enum(
            enum.Enum,
            native_enum=False,
            create_constraint=True,
            values_callable=lambda kind: [member.value for member in kind],
            length=40,
        ),
    }


def new_id() -> uuid.UUID:
    """A new UUIDv7: unique, and sorted by creation time."""
    return uuid_utils.compat.uuid7()


class Database:
    """A pool of connections to one PostgreSQL database."""

    def __init__(self, url: str | URL, *, pool_size: int = 10, application: str = "engage") -> None:
        self.url = make_url(url)
        self.engine: Engine = create_engine(
            self.url,
            pool_size=pool_size,
            max_overflow=pool_size,
            pool_pre_ping=True,
            connect_args={"application_name": application, "options": "-c timezone=UTC"},
        )
        self._application, self._pool_size = application, pool_size
        self._sessions = sessionmaker(self.engine, expire_on_commit=False)
        self._wakeups = Wakeups(self.url)
        self._autocommit_pool: ConnectionPool[psycopg.Connection[Any]] | None = None
        self._pool_lock = threading.Lock()

    @contextmanager
    def begin(self) -> Iterator[Session]:
        """One transaction: committed when the block ends, rolled back if it raises."""
        with self._sessions.begin() as session:
            yield session

    def autocommit(self, work: Callable[["psycopg.Connection[Any]"], bool], *, wakes: str) -> bool:
        """Run `work`, one idempotent statement, on an autocommit connection. Wake the channel
        `wakes` if it returns True.

        For webhooks, where every round trip counts: connections are not tested before use. If one
        is dead because the server restarted, the dead ones are replaced and the work is run once
        more. Raises psycopg's OperationalError, or PoolTimeout if no connection came free in time;
        that wait is not repeated.
        """
        pool = self._open_autocommit_pool()
        try:
            with pool.connection() as connection:
                done = work(connection)
        except PoolTimeout:
            raise
        except psycopg.OperationalError:
            pool.check()
            with pool.connection() as connection:
                done = work(connection)
        if done:
            self._wakeups.wake(wakes)
        return done

    def dispose(self) -> None:
        """Close every connection."""
        self._wakeups.close()
        with self._pool_lock:
            if self._autocommit_pool is not None:
                self._autocommit_pool.close()
                self._autocommit_pool = None
        self.engine.dispose()

    def _open_autocommit_pool(self) -> "ConnectionPool[psycopg.Connection[Any]]":
        with self._pool_lock:
            if self._autocommit_pool is None:
                self._autocommit_pool = ConnectionPool(
                    self.url.set(drivername="postgresql").render_as_string(hide_password=False),
                    kwargs={"autocommit": True, "application_name": self._application},
                    min_size=1,
                    max_size=self._pool_size,
                    timeout=AUTOCOMMIT_TIMEOUT,
                    open=True,
                )
            return self._autocommit_pool


def wake(session: Session, channel: str) -> None:
    """Wake the workers that listen to `channel` when this transaction commits."""
    session.execute(text("SELECT pg_notify(:channel, '')"), {"channel": channel})
