"""When ticks run: on the interval, at once on a notification, never twice at the same time, and
cleanly stopped.
"""

import threading
from datetime import timedelta

from sqlalchemy import text

from engage.core.db import Database, wake
from engage.core.worker_loop import Tick, WorkerLoop

LONG = timedelta(hours=1)


def test_every_tick_runs_as_soon_as_the_worker_starts(committed: Database) -> None:
    """Whatever waited while no worker ran is caught up with at once, however rare the tick."""
    ran = threading.Event()

    def work() -> bool:
        ran.set()
        return False

    clockwork = WorkerLoop([Tick("sweeps", work, LONG)], committed.url)
    clockwork.start()
    try:
        assert ran.wait(10)
    finally:
        clockwork.stop()


def _quiet(runs: threading.Semaphore, seconds: float = 1) -> None:
    """It has looked when it started and when it began to listen, and now waits to be woken."""
    assert runs.acquire(timeout=10)
    while runs.acquire(timeout=seconds):
        pass


def test_a_notification_wakes_the_tick_long_before_its_interval(committed: Database) -> None:
    """A reply is worked on at once, not at the next interval."""
    runs = threading.Semaphore(0)

    def work() -> bool:
        runs.release()
        return False

    clockwork = WorkerLoop([Tick("inbox", work, LONG, ("test_inbox",))], committed.url)
    clockwork.start()
    try:
        _quiet(runs)
        with committed.begin() as session:
            wake(session, "test_inbox")
        assert runs.acquire(timeout=10)
    finally:
        clockwork.stop()


def test_listening_goes_on_after_the_connection_is_cut(committed: Database) -> None:
    """A restarted database costs one wake-up at the most, and what came meanwhile is looked for."""
    runs = threading.Semaphore(0)

    def work() -> bool:
        runs.release()
        return False

    clockwork = WorkerLoop([Tick("inbox", work, LONG, ("test_inbox",))], committed.url)
    clockwork.start()
    try:
        _quiet(runs)
        with committed.begin() as session:
            session.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'engage-listen'"
                )
            )
        assert runs.acquire(timeout=10), "it listens again, and looks"
    finally:
        clockwork.stop()


def test_a_wake_up_during_a_run_makes_it_run_again_and_never_beside_itself() -> None:
    """No wake-up is lost, and one process never works the same queue twice at once."""
    inside, most, total = 0, 0, 0
    guard, started, release = threading.Lock(), threading.Event(), threading.Event()

    def work() -> bool:
        nonlocal inside, most, total
        with guard:
            inside, total = inside + 1, total + 1
            most = max(most, inside)
        started.set()
        release.wait(10)
        with guard:
            inside -= 1
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
    """A database that is away for a moment ends no worker."""
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


def test_stop_waits_for_the_work_in_hand(committed: Database) -> None:
    """A worker that is told to stop finishes what it holds."""
    started, release, done = threading.Event(), threading.Event(), threading.Event()

    def work() -> bool:
        started.set()
        release.wait(10)
        done.set()
        return False

    clockwork = WorkerLoop([Tick("outbox", work, LONG, ("test_outbox",))], committed.url)
    clockwork.start()
    assert started.wait(10)
    stopper = threading.Thread(target=clockwork.stop)
    stopper.start()
    release.set()
    stopper.join(10)
    assert done.is_set() and not stopper.is_alive()


def test_wake_ups_that_come_close_together_are_gathered(committed: Database) -> None:
    """Twenty notifications while a tick gathers make it run once, after the last of them."""
    runs = threading.Semaphore(0)

    def work() -> bool:
        runs.release()
        return False

    clockwork = WorkerLoop(
        [Tick("receipts", work, LONG, ("test_receipts",), gather=1.0)], committed.url
    )
    clockwork.start()
    try:
        _quiet(runs, seconds=2.5)
        for _ in range(20):
            with committed.begin() as session:
                wake(session, "test_receipts")
        assert runs.acquire(timeout=10)
        assert not runs.acquire(timeout=0.3)
    finally:
        clockwork.stop()
