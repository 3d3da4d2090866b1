"""Run a worker's ticks: at their interval by APScheduler, and when PostgreSQL notifies of work.

Every tick runs once when the worker starts: there may be much to catch up on, and a worker that is
restarted more often than an interval would never run that tick. A tick is short and idempotent. It
never runs twice at the same time in one process. A wake-up during a run makes it run once more, so
that no wake-up is lost. Several workers may run the same tick, because rows are claimed. This
module does not know what a tick does.
"""

import threading
from collections.abc import Callable, Iterable
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
_LISTEN_FOR = 0.25
"""Seconds between two checks of the listener whether to stop."""


@dataclass
class Tick:
    """One recurring piece of work. `work` does a limited amount and returns whether there may be
    more to do now.

    `every` is the interval without wake-ups. `channels` are the NOTIFY channels that wake the tick.
    `gather` is the seconds to wait after a wake-up, so that wake-ups close together cause one run.
    """

    name: str
    work: Callable[[], bool]
    every: timedelta
    channels: tuple[str, ...] = ()
    gather: float = 0.0
    failures: int = 0
    _requested: threading.Event = field(default_factory=threading.Event)
    _running: threading.Lock = field(default_factory=threading.Lock)

    def run(self, stopping: threading.Event) -> None:
        """Work until there is nothing more to do or the worker is stopping. An error is logged and
        the next run tries again.
        """
        self._requested.set()
        while self._requested.is_set() and self._running.acquire(blocking=False):
            try:
                self._requested.clear()
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
        """Start the ticks and listen for wake-ups."""
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
        """Stop, and return when all running ticks have finished."""
        self._stopping.set()
        for waker in self._wakers.values():
            waker.set()
        self._scheduler.shutdown(wait=True)
        for thread in self._threads:
            thread.join()

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
        """Turn notifications into wake-ups. A lost connection is opened again; ticks keep to their
        intervals meanwhile.
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
                                for notice in connection.notifies(timeout=_LISTEN_FOR, stop_after=1)
                            }
                        )
            except psycopg.OperationalError:
                log.warning("wakeups.listener_lost")
                self._stopping.wait(RECONNECT_AFTER)

    def _wake(self, channels: Iterable[str]) -> None:
        notified = set(channels)
        for tick in self._ticks:
            if notified.intersection(tick.channels):
                self._wakers[tick.name].set()
