"""When a worker's ticks run: on APScheduler's interval, and at once when PostgreSQL says that there
is work.

Every tick runs once as soon as the worker starts: there may be much to catch up with, and a worker
that is started anew more often than an interval would never come to that tick. A tick is short and
idempotent. It never runs twice at the same time in one process; a wake-up that comes while it runs
makes it run once more, so that no wake-up is lost. Two workers ticking together do no harm: rows
are claimed. Nothing here knows what a tick does.
"""

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, timedelta

import psycopg
import psycopg.sql
import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy.engine import URL

from engage.core.clock import Clock

log = structlog.get_logger(__name__)

RECONNECT_AFTER = 1.0
_LOOK_UP = 0.25
"""Seconds for which the listener hears nothing else: so long, at most, does a stop wait for it."""


@dataclass
class Tick:
    """One recurring piece of work. `work` does a bounded amount and says whether there may be more
    at once.

    `every` is the interval without a wake-up; `channels` are the NOTIFY channels that wake it;
    `gather` is how many seconds after a wake-up it begins, so that what comes close together is
    done in one go.
    """

    name: str
    work: Callable[[], bool]
    every: timedelta
    channels: tuple[str, ...] = ()
    gather: float = 0.0
    failures: int = 0
    _wanted: threading.Event = field(default_factory=threading.Event)
    _running: threading.Lock = field(default_factory=threading.Lock)

    def run(self, stopping: threading.Event) -> None:
        """Work until there is nothing more to do, unless the worker is stopping. Errors are logged;
        the next tick tries again.
        """
        self._wanted.set()
        while self._wanted.is_set() and self._running.acquire(blocking=False):
            try:
                self._wanted.clear()
                while not stopping.is_set() and self.work():
                    pass
                self.failures = 0
            except Exception as problem:
                self.failures += 1
                log.error(
                    "tick.failed",
                    tick=self.name,
                    problem=type(problem).__name__,
                    failures=self.failures,
                    exc_info=True,
                )
            finally:
                self._running.release()


class WorkerLoop:
    """Runs ticks until it is stopped."""

    def __init__(self, ticks: list[Tick], url: URL) -> None:
        self._ticks = ticks
        self._url = url
        self._stopping = threading.Event()
        self._scheduler = BackgroundScheduler(
            timezone=UTC,
            executors={"default": ThreadPoolExecutor(len(ticks))},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": 60},
        )
        self._wakers = {tick.name: threading.Event() for tick in ticks}
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Begin to tick, and to listen for wake-ups."""
        for tick in self._ticks:
            self._scheduler.add_job(
                tick.run,
                "interval",
                args=[self._stopping],
                seconds=tick.every.total_seconds(),
                id=tick.name,
                next_run_time=Clock().now(),
            )
        self._scheduler.start()
        for tick in self._ticks:
            if tick.channels:
                self._spawn(self._wait_for_wake, tick)
        self._spawn(self._listen)

    def stop(self) -> None:
        """Let running ticks finish, and return when all have."""
        self._stopping.set()
        for waker in self._wakers.values():
            waker.set()
        self._scheduler.shutdown(wait=True)
        for thread in self._threads:
            thread.join()

    @property
    def heartbeat(self) -> Mapping[str, int]:
        """How often in a row each tick has failed; all zero in good health."""
        return {tick.name: tick.failures for tick in self._ticks}

    def _spawn(self, target: Callable[..., None], *args: object) -> None:
        thread = threading.Thread(target=target, args=args, daemon=True)
        thread.start()
        self._threads.append(thread)

    def _wait_for_wake(self, tick: Tick) -> None:
        waker = self._wakers[tick.name]
        while not self._stopping.is_set():
            waker.wait()
            if tick.gather:
                self._stopping.wait(tick.gather)
            waker.clear()
            if not self._stopping.is_set():
                tick.run(self._stopping)

    def _listen(self) -> None:
        """Turn notifications into wake-ups. A lost connection is made again; the intervals carry on
        meanwhile.
        """
        channels = sorted({channel for tick in self._ticks for channel in tick.channels})
        address = self._url.set(drivername="postgresql").render_as_string(hide_password=False)
        while not self._stopping.is_set():
            try:
                with psycopg.connect(
                    address, autocommit=True, application_name="engage-listen"
                ) as connection:
                    for channel in channels:
                        connection.execute(
                            psycopg.sql.SQL("LISTEN {}").format(psycopg.sql.Identifier(channel))
                        )
                    self._wake(channels)
                    while not self._stopping.is_set():
                        self._wake(
                            {
                                notice.channel
                                for notice in connection.notifies(timeout=_LOOK_UP, stop_after=1)
                            }
                        )
            except psycopg.OperationalError:
                log.warning("listen.lost")
                self._stopping.wait(RECONNECT_AFTER)

    def _wake(self, channels: Iterable[str]) -> None:
        heard = set(channels)
        for tick in self._ticks:
            if heard.intersection(tick.channels):
                self._wakers[tick.name].set()
