"""The nightly sweep for every signal raised by the passing of time, for 250,000 people with
12,000,000 appointments: duration and memory.

A usual night is measured: the one before was finished. The sweep runs in its own process, whose
memory is watched.
"""

import subprocess
import sys
import threading
import time
from datetime import timedelta

import psutil
from sqlalchemy import text

from bench import night
from bench.figures import Figure, at_most
from bench.ground import NOW, address, fresh
from engage.core.settings import PROJECT

PEOPLE = 250_000
LIMIT_SECONDS, LIMIT_MB = 300.0, 300.0
_PROGRAM = """
import sys
from datetime import datetime
from engage.core.db import Database
from engage.cohort.nightly import service
now = datetime.fromisoformat(sys.argv[2])
done = service.sweep(Database(sys.argv[1]).begin, day=now.date(), now=now)
print(done.people, done.raised, done.resolved, done.finished)
"""


def measure(server_url: str, people: int = PEOPLE) -> list[Figure]:
    """One night after another; the second is measured."""
    with fresh(server_url) as database:
        appointments = night.fill(database, people)
        with database.begin() as session:
            session.execute(
                text("INSERT INTO nightly_sweep VALUES (:day, :at, NULL, 0, 0, 0, :at)"),
                {"day": (NOW - timedelta(days=1)).date(), "at": NOW - timedelta(days=1)},
            )
        seconds, megabytes, told = _sweep(address(database))
        with database.begin() as session:
            statements = session.execute(
                text("SELECT count(*) FROM signal WHERE raised_at = :now"), {"now": NOW}
            )
            raised = statements.scalar_one()
    detail = f"{people:,} people, {appointments:,} appointments, {raised:,} signals raised; {told}"
    return [
        at_most(
            "nightly sweep",
            seconds / LIMIT_SECONDS,
            1.0,
            f"{seconds:.0f} s, limit {LIMIT_SECONDS:.0f} s; {detail}",
        ),
        at_most(
            "memory of the sweep",
            megabytes / LIMIT_MB,
            1.0,
            f"{megabytes:.0f} MB at the most, limit {LIMIT_MB:.0f} MB",
        ),
    ]


def _sweep(url: str) -> tuple[float, float, str]:
    start = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-c", _PROGRAM, url, NOW.isoformat()],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        text=True,
    )
    most = 0
    over = threading.Event()

    def watch() -> None:
        nonlocal most
        watched = psutil.Process(process.pid)
        while not over.wait(0.1):
            try:
                most = max(most, watched.memory_info().rss)
            except psutil.Error:
                return

    watcher = threading.Thread(target=watch)
    watcher.start()
    told, _ = process.communicate()
    over.set()
    watcher.join()
    if process.returncode != 0:
        raise RuntimeError(f"the sweep ended with {process.returncode}")
    people, _, resolved, finished = told.split()[-4:]
    if finished != "True":
        raise RuntimeError("the sweep did not finish")
    return (
        time.perf_counter() - start,
        most / 1e6,
        f"{int(people):,} looked at, {int(resolved):,} resolved",
    )
