"""Two workers on one database compared with one, with a provider that takes 100 ms."""

import subprocess
import sys
import time

from bench.figures import Figure, at_least
from bench.ground import address, fresh
from bench.provider import IN_FLIGHT, environment, provider, queue
from engage.core.db import Database
from engage.core.settings import PROJECT

LATENCY = 0.1
TEXTS = 1500
ROUNDS = 3


def measure(server_url: str) -> list[Figure]:
    """The median of three rounds, each with one worker and then two."""
    ratios = []
    with fresh(server_url, demonstration=False) as database, provider(LATENCY) as where:
        for number in range(ROUNDS):
            one = _rate(database, where, 1, f"one {number}")
            two = _rate(database, where, 2, f"two {number}")
            ratios.append((two / one, two, one))
    ratio, two, one = sorted(ratios)[ROUNDS // 2]
    detail = (
        f"{two:,.0f}/s against {one:,.0f}/s; {IN_FLIGHT} in flight each, provider takes"
        f" {LATENCY * 1000:.0f} ms"
    )
    return [at_least("two workers", ratio, 1.6, detail)]


def _rate(database: Database, where: str, workers: int, mark: str) -> float:
    count = TEXTS * workers
    queue(database, count, mark)
    crew = [
        subprocess.Popen(
            [sys.executable, "-m", "bench.sender", address(database), where, f"worker-{number}"],
            cwd=PROJECT,
            env=environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        for number in range(workers)
    ]
    for worker in crew:
        _said(worker)
    start = time.perf_counter()
    for worker in crew:
        _tell(worker)
    sent = sum(int(_said(worker)) for worker in crew)
    seconds = time.perf_counter() - start
    for worker in crew:
        worker.communicate(timeout=30)
    if sent != count:
        raise RuntimeError(f"{sent} of {count} texts were sent")
    return count / seconds


def _said(worker: "subprocess.Popen[str]") -> str:
    line = worker.stdout.readline() if worker.stdout else ""
    if not line:
        raise RuntimeError(f"a worker ended with {worker.wait()}")
    return line


def _tell(worker: "subprocess.Popen[str]") -> None:
    if worker.stdin:
        worker.stdin.write("go\n")
        worker.stdin.flush()
