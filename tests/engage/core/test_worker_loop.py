"""When ticks run: at their interval, at once on a notification, never twice at the same time, and
stopped cleanly.
"""

import threading
from datetime import timedelta

from sqlalchemy import text

from engage.core.db import Database, wake
from engage.core.worker_loop import Tick, WorkerLoop

LONG = timedelta(hours=1)


def test_every_tick_runs_as_soon_as_the_worker_starts(committed: Database) -> None:
    """Work that waited while no worker ran is done at once, even by a tick with a long interval."""
    ran = threading.Event()

    def work() -> bool:
        ran.set()
        return False

    loop = WorkerLoop([Tick("sweeps", work, LONG)], committed.url)
    loop.start()
    try:
        assert ran.wait(10)
    finally:
        loop.stop()


def _wait_until_idle(runs: threading.Semaphore, seconds: float = 1) -> None:
    """Wait until the first runs, at the start and on listening, are over."""
    assert runs.acquire(timeout=10)
    while runs.acquire(timeout=seconds):
        pass


def test_a_notification_wakes_the_tick_before_its_interval(committed: Database) -> None:
    """A reply is handled at once, not at the next interval."""
    runs = threading.Semaphore(0)

    def work() -> bool:
        runs.release()
        return False

    loop = WorkerLoop([Tick("inbox", work, LONG, ("test_inbox",))], committed.url)
    loop.start()
    try:
        _wait_until_idle(runs)
        with committed.begin() as session:
            wake(session, "test_inbox")
        assert runs.acquire(timeout=10)
    finally:
        loop.stop()


def test_listening_continues_after_the_connection_is_lost(committed: Database) -> None:
    """After a restart of the database the tick runs once, for work that came meanwhile."""
    runs = threading.Semaphore(0)

    def work() -> bool:
        runs.release()
        return False

    loop = WorkerLoop([Tick("inbox", work, LONG, ("test_inbox",))], committed.url)
    loop.start()
    try:
        _wait_until_idle(runs)
        with committed.begin() as session:
            session.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE application_name = 'engage-listen'"
                )
            )
        assert runs.acquire(timeout=10), "it listens again and runs"
    finally:
        loop.stop()


def test_a_wake_up_during_a_run_makes_it_run_again_afterwards() -> None:
    """No wake-up is lost, and one process never runs the same tick twice at once."""
    running, most, total = 0, 0, 0
    lock, started, release = threading.Lock(), threading.Event(), threading.Event()

    def work() -> bool:
        nonlocal running, most, total
        with lock:
            running, total = running + 1, total + 1
            most = max(most, running)
        started.set()
        release.wait(10)
        with lock:
            running -= 1
        return False

    tick, stopping = Tick("outbox", work, LONG), threading.Event()
    first = threading.Thread(target=tick.run, args=(stopping,))
    first.start()
    assert started.wait(10)
    others = [threading.Thread(target=tick.run, args=(stopping,)) for _ in range(8)]
    for other in others:
        other.start()
    for other in others:
        other.join(10)
    release.set()
    first.join(10)
    assert (most, total) == (1, 2)


def test_a_failing_tick_is_counted_and_tried_again() -> None:
    """A short outage of the database does not end a worker."""
    answers = iter([RuntimeError("away"), RuntimeError("away"), False])

    def work() -> bool:
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    tick, stopping = Tick("outbox", work, LONG), threading.Event()
    tick.run(stopping)
    tick.run(stopping)
    assert tick.failures == 2
    tick.run(stopping)
    assert tick.failures == 0


def test_stop_waits_for_running_work(committed: Database) -> None:
    """A worker that is told to stop finishes what it is doing."""
    started, release, done = threading.Event(), threading.Event(), threading.Event()

    def work() -> bool:
        started.set()
        release.wait(10)
        done.set()
        return False

    loop = WorkerLoop([Tick("outbox", work, LONG, ("test_outbox",))], committed.url)
    loop.start()
    assert started.wait(10)
    stopper = threading.Thread(target=loop.stop)
    stopper.start()
    release.set()
    stopper.join(10)
    assert done.is_set() and not stopper.is_alive()


def test_wake_ups_close_together_cause_one_run(committed: Database) -> None:
    """Twenty notifications within `gather` seconds make the tick run once, after the last."""
    runs = threading.Semaphore(0)

    def work() -> bool:
        runs.release()
        return False

    loop = WorkerLoop([Tick("receipts", work, LONG, ("test_receipts",), gather=1.0)], committed.url)
    loop.start()
    try:
        _wait_until_idle(runs, seconds=2.5)
        for _ in range(20):
            with committed.begin() as session:
                wake(session, "test_receipts")
        assert runs.acquire(timeout=10)
        assert not runs.acquire(timeout=0.3)
    finally:
        loop.stop()
