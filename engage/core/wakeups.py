"""Wakes workers by NOTIFY from outside the transaction that made the work, many wake-ups in one.

A NOTIFY inside a transaction makes the commits of all transactions that notify wait for one
another, the disk included. A webhook that stores a hundred texts a second therefore commits first
and rings here. A wake-up that is lost with the process costs a worker's ordinary interval.
"""

import threading

import psycopg
import structlog
from psycopg import Connection
from sqlalchemy.engine import URL

log = structlog.get_logger(__name__)

APART = 0.02
"""Seconds between two wake-ups of one process."""


class Wakeups:
    """Rings channels from a thread of its own, which begins with the first ring."""

    def __init__(self, url: URL) -> None:
        self._address = url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._wanted: set[str] = set()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._closed = False

    def ring(self, channel: str) -> None:
        """Wake whoever listens to `channel`, within moments. Returns at once."""
        with self._changed:
            self._wanted.add(channel)
            if self._thread is None and not self._closed:
                self._thread = threading.Thread(target=self._run, name="bell", daemon=True)
                self._thread.start()
            self._changed.notify()

    def close(self) -> None:
        """Ring what is still to be rung, and end."""
        with self._changed:
            self._closed = True
            thread, self._thread = self._thread, None
            self._changed.notify()
        if thread is not None:
            thread.join()

    def _run(self) -> None:
        connection: Connection | None = None
        pause = threading.Event()
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._wanted or self._closed)
                channels, self._wanted = self._wanted, set()
                closed = self._closed
            try:
                if channels:
                    connection = connection or self._connect()
                    for channel in sorted(channels):
                        connection.execute("SELECT pg_notify(%s, '')", (channel,))
            except psycopg.OperationalError:
                log.warning("bell.lost")
                connection = None
            if closed:
                break
            pause.wait(APART)
        if connection is not None:
            connection.close()

    def _connect(self) -> Connection:
        # Nothing of a wake-up has to outlive a crash, so no commit of it waits for the disk.
        options = "-c synchronous_commit=off"
        return psycopg.connect(
            self._address, autocommit=True, application_name="engage-bell", options=options
        )
