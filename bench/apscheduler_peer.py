"""The second peer: APScheduler with its jobs in an SQLAlchemy store, a job for each text: `python
-m bench.apscheduler_peer COUNT`.
"""

import os
import sys
import threading
from datetime import UTC, datetime

from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_EXECUTED
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.background import BackgroundScheduler

from bench.peer_results import DATABASE, send
from bench.provider import IN_FLIGHT


def main(count: int) -> None:
    """Add all jobs, then run them, and end when all have run."""
    scheduler = BackgroundScheduler(
        jobstores={"default": SQLAlchemyJobStore(url=os.environ[DATABASE])},
        executors={"default": ThreadPoolExecutor(IN_FLIGHT)},
        job_defaults={"misfire_grace_time": None},
        timezone=UTC,
    )
    left, over = count, threading.Event()

    def ran(event: object) -> None:
        nonlocal left
        left -= 1
        if not left:
            over.set()

    scheduler.add_listener(ran, EVENT_JOB_EXECUTED | EVENT_JOB_ERROR)
    scheduler.start(paused=True)
    due = datetime.now(UTC)
    for n in range(count):
        scheduler.add_job(send, "date", run_date=due, args=[n], id=str(n))
    scheduler.resume()
    over.wait()
    scheduler.shutdown()


if __name__ == "__main__":
    main(int(sys.argv[1]))
