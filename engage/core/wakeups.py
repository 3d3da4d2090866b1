"""Wake workers by NOTIFY outside the transaction that made the work, several wake-ups at a time.

A NOTIFY inside a transaction makes every transaction that notifies commit in turn, each waiting for
the disk. A webhook that stores a hundred texts a second therefore commits first and notifies here.
If a process dies with a wake-up unsent, workers find the work at their next interval.
"""

import threading

import psycopg
import structlog
from psycopg import Connection
from sqlalchemy.engine import URL

log = structlog.get_logger(__name__)

INTERVAL = 0.02
"""Seconds between two wake-ups of one process."""


class Wakeups:
    """Notifies channels from its own thread, which starts with the first wake-up."""

    def __init__(self, url: URL) -> None:
        self._address = url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._pending: set[str] = set()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._closed = False

    def wake(self, channel: str) -> None:
        """Wake the workers that listen to `channel`. Returns at once."""
        with self._changed:
            self._pending.add(channel)
            if self._thread is None and not self._closed:
                self._thread = threading.Thread(target=self._run, name="wakeups", daemon=True)
                self._thread.start()
            self._changed.notify()

    def close(self) -> None:
        """Send the pending wake-ups and stop the thread."""
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
                self._changed.wait_for(lambda: self._pending or self._closed)
                channels, self._pending = self._pending, set()
                closed = self._closed
            try:
                if channels:
                    connection = connection or self._connect()
                    for channel in sorted(channels):
                        connection.execute("SELECT pg_notify(%s, '')", (channel,))
            except psycopg.OperationalError:
                log.warning("wakeups.connection_lost")
                connection = None
            if closed:
                break
            pause.wait(INTERVAL)
        if connection is not None:
            connection.close()

    def _connect(self) -> Connection:
        # A wake-up need not survive a crash, so its commit does not wait for the disk.
        options = "-c synchronous_commit=off"
        return psycopg.connect(
            self._address, autocommit=True, application_name="engage-wakeups", options=options
        )
