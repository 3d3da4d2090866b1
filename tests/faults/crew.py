"""Workers in processes: started, killed without warning, started again.

They are forked from one process that has imported everything, so that on a small machine a run is
spent on faults and not on imports.
"""

import logging
import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from random import Random

from tests.faults.worker_process import FaultyWorker, Orders

_fork = multiprocessing.get_context("forkserver")
_fork.set_forkserver_preload(["tests.faults.worker_process"])


class Crew:
    """The workers of one run. They write their logs into `directory`."""

    def __init__(self, directory: Path, dice: Random) -> None:
        self._directory = directory
        self._dice = dice
        self._at_work: list[tuple[ForkServerProcess, Orders]] = []
        self._count = 0
        self.killed = 0

    def start(self, orders: Orders) -> None:
        """Start one more worker."""
        self._count += 1
        log = str(self._directory / f"worker-{self._count}.log")
        process = _fork.Process(target=_work, args=(orders, log))
        process.start()
        self._at_work.append((process, orders))

    def kill_one(self) -> None:
        """`kill -9` a random working one, and replace it."""
        process, orders = self._dice.choice(self._at_work)
        assert process.exitcode is None, f"a worker had ended by itself; see {self._directory}"
        process.kill()
        process.join()
        self._at_work.remove((process, orders))
        self.killed += 1
        self.start(orders)

    def end(self) -> None:
        """Stop all workers. AssertionError if one had ended earlier or does not stop cleanly."""
        ended = [process.pid for process, _ in self._at_work if process.exitcode is not None]
        for process, _ in self._at_work:
            process.terminate()
        codes = []
        for process, _ in self._at_work:
            process.join(30)
            codes.append(process.exitcode)
            process.kill()
            process.join()
        self._at_work = []
        assert not ended and not any(codes), (
            f"workers ended badly: {ended} {codes}; see {self._directory}"
        )


def _work(orders: Orders, log: str) -> None:
    """In the worker's process: everything it prints goes to its log."""
    file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(file, sys.stdout.fileno())
    os.dup2(file, sys.stderr.fileno())
    logging.basicConfig(level=logging.WARNING)
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    FaultyWorker(orders).run()
    sys.stdout.flush()
    os._exit(0)


@contextmanager
def crew(directory: Path, dice: Random, orders: Sequence[Orders]) -> Iterator[Crew]:
    """Workers for the block."""
    made = Crew(directory, dice)
    try:
        for one in orders:
            made.start(one)
        yield made
    finally:
        made.end()


def wait_until(look: Callable[[], bool], what: str, *, within: float) -> None:
    """Poll until it is true. AssertionError if it is not true in time."""
    end = time.monotonic() + within
    while not look():
        assert time.monotonic() < end, f"{what}: not within {within:.0f} s"
        time.sleep(0.05)
