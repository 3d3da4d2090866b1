"""Claim, send and settle, compared with a plain loop that posts the same texts with the same client
and stores nothing.
"""

import time
from concurrent.futures import ThreadPoolExecutor

from bench.figures import Figure, at_least
from bench.ground import fresh
from bench.provider import IN_FLIGHT, accepted, dispatcher, gateway, outgoing, provider, queue
from engage.core.db import Database
from messaging.gateways.base import Accepted

ROUNDS = 3
TEXTS = {0.0: 3000, 0.1: 1500}
"""How many texts are sent at each latency of the provider, in seconds."""


def measure(server_url: str) -> list[Figure]:
    """The median of three rounds at each latency, each with the loop and then the dispatcher."""
    figures = []
    for latency, count in TEXTS.items():
        with fresh(server_url, demonstration=False) as database, provider(latency) as address:
            ratios = []
            for number in range(ROUNDS):
                loop = _loop(address, count)
                ours = _dispatch(database, address, count, f"round {number}")
                ratios.append((ours / loop, ours, loop))
        ratio, ours, loop = sorted(ratios)[ROUNDS // 2]
        detail = (
            f"{ours:,.0f}/s against {loop:,.0f}/s of a loop without a database; {IN_FLIGHT} in"
            f" flight, {count:,} texts"
        )
        figures.append(at_least(f"dispatch at {latency * 1000:.0f} ms", ratio, 0.7, detail))
    return figures


def _loop(address: str, count: int) -> float:
    texts, client = outgoing(count), gateway(address)
    with ThreadPoolExecutor(IN_FLIGHT) as pool:
        start = time.perf_counter()
        outcomes = list(pool.map(client.send, texts))
        seconds = time.perf_counter() - start
    if not all(isinstance(outcome, Accepted) for outcome in outcomes):
        raise RuntimeError("the loop lost a text")
    return count / seconds


def _dispatch(database: Database, address: str, count: int, mark: str) -> float:
    queue(database, count, mark)
    before = accepted(database)
    hands = dispatcher(database, address)
    start = time.perf_counter()
    hands.run_once()
    seconds = time.perf_counter() - start
    hands.stop()
    if accepted(database) - before != count:
        raise RuntimeError("the dispatcher left a text behind")
    return count / seconds
