"""The database: one engine per process, one transaction per use case.

The edge (a view, a command, a tick) opens `with database.begin() as session:`; use cases take that
session and never commit. Nothing here knows any table but the shared base.
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

BARE_TIMEOUT = 5.0
"""Seconds that `at_once` waits for a connection; a webhook that is not answered is posted again."""

NAMES = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """The base of every table of `engage`. Moments are stored with their zone; closed sets as text
    with a check.
    """

    metadata = MetaData(naming_convention=NAMES)
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
    """A fresh UUIDv7: unique, and ordered by the time it was made."""
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
        self._opening = threading.Lock()
        self._bell = Wakeups(self.url)
        self._bare: ConnectionPool[psycopg.Connection[Any]] | None = None
        self._sessions = sessionmaker(self.engine, expire_on_commit=False)

    @contextmanager
    def begin(self) -> Iterator[Session]:
        """One transaction: committed when the block ends, rolled back when it raises."""
        with self._sessions.begin() as session:
            yield session

    def at_once(self, work: Callable[["psycopg.Connection[Any]"], bool], *, wakes: str) -> bool:
        """Do `work`, one statement that may safely be done twice, on a bare connection that commits
        by itself; wake a channel if it says so.

        For webhooks, where every journey to the database counts: the connection is not asked first
        whether it lives. If it does not (the server was restarted), the dead ones are replaced and
        the work is done again. Raises psycopg's OperationalError, PoolTimeout when no connection
        came in time: that wait is not begun anew.
        """
        pool = self._bare_pool()
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
            self._bell.ring(wakes)
        return done

    def dispose(self) -> None:
        """Close every pooled connection."""
        self._bell.close()
        with self._opening:
            if self._bare is not None:
                self._bare.close()
                self._bare = None
        self.engine.dispose()

    def _bare_pool(self) -> "ConnectionPool[psycopg.Connection[Any]]":
        with self._opening:
            if self._bare is None:
                self._bare = ConnectionPool(
                    self.url.set(drivername="postgresql").render_as_string(hide_password=False),
                    kwargs={"autocommit": True, "application_name": self._application},
                    min_size=1,
                    max_size=self._pool_size,
                    timeout=BARE_TIMEOUT,
                    open=True,
                )
            return self._bare


def wake(session: Session, channel: str) -> None:
    """Tell listening workers, when this transaction commits, that there is work on `channel`."""
    session.execute(text("SELECT pg_notify(:channel, '')"), {"channel": channel})
