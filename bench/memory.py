"""The memory of one worker with 1,000,000 reminders waiting."""

import os
import subprocess
import sys
import time

import psutil
from sqlalchemy import text

from bench import crowd
from bench.figures import Figure, at_most
from bench.ground import NOW, address, fresh
from engage.core.settings import PROJECT

REMINDERS = 1_000_000
LIMIT_MB = 150
WATCH_SECONDS = 20
WAITING = """
    INSERT INTO reminder (id, appointment_id, kind, revision, attempt, due_at, expires_at, state,
        reasons)
    SELECT gen_random_uuid(), appointment.id, 'one_day', 1, 100 + n, :now + interval '5 days',
        :now + interval '6 days', 'planned', '[]'
    FROM appointment JOIN person ON person.id = person_id, generate_series(1, :each) n
        WHERE crn LIKE 'C%'
"""


def measure(server_url: str) -> list[Figure]:
    """The peak memory of a worker process over 20 seconds, compared with the limit of 150 MB."""
    with fresh(server_url) as database:
        crowd.fill(database, 1_000)
        with database.begin() as session:
            appointments = session.execute(
                text(
                    "SELECT count(*) FROM appointment JOIN person ON person.id = person_id WHERE"
                    " crn LIKE 'C%'"
                )
            )
            each = REMINDERS // appointments.scalar_one() + 1
            session.execute(text(WAITING), {"now": NOW, "each": each})
            waiting = session.execute(
                text("SELECT count(*) FROM reminder WHERE state = 'planned'")
            ).scalar_one()
        most = _watch(address(database))
    megabytes = most / 1e6
    return [
        at_most(
            "worker memory",
            megabytes / LIMIT_MB,
            1.0,
            f"{megabytes:.0f} MB of {LIMIT_MB} with {waiting:,} reminders waiting",
        )
    ]


def _watch(database_url: str) -> int:
    environment = {
        **os.environ,
        "DATABASE_URL": database_url,
        "ENGAGE_NOW": NOW.isoformat(),
        "ENGAGE_ENV": "test",
    }
    worker = subprocess.Popen(
        [sys.executable, "-m", "api", "worker"],
        cwd=PROJECT,
        env=environment,
        stderr=subprocess.DEVNULL,
    )
    try:
        process, most = psutil.Process(worker.pid), 0
        for _ in range(WATCH_SECONDS * 4):
            if worker.poll() is not None:
                raise RuntimeError(f"the worker ended with {worker.returncode}")
            most = max(most, process.memory_info().rss)
            time.sleep(0.25)
        return most
    finally:
        worker.terminate()
        worker.wait(30)
