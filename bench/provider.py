"""The simulated provider in its own process, with a chosen latency, and Twilio's client pointed at
it.
"""

import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from bench.ports import free_port
from engage.core.db import Database
from engage.core.settings import PROJECT
from messaging.gateways.base import OutgoingText
from messaging.gateways.twilio.send import TwilioGateway
from messaging.gateways.twilio.settings import DEMO_ACCOUNT_SID, DEMO_AUTH_TOKEN, DEMO_NUMBER
from messaging.outbox import Lane, Text, enqueue
from messaging.sending.claim import Claimed, Verdict
from messaging.sending.dispatch import Dispatcher

IN_FLIGHT = 16
FAST = 100_000.0
"""Segments per second if pacing is not what is measured."""
_ENQUEUE_BATCH = 500


class RealClock:
    """The computer's own time."""

    def now(self) -> datetime:
        """The present moment."""
        return datetime.now(UTC)


def environment(**given: str) -> dict[str, str]:
    """The environment of a process of ours: the given variables, and none of the developer's own
    settings.
    """
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("ENGAGE_", "TWILIO_"))
    }
    return {**kept, "ENGAGE_ENV": "test", **given}


@contextmanager
def provider(seconds: float) -> Iterator[str]:
    """A provider that takes so many seconds for each text; gives its address."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    process = subprocess.Popen(
        [sys.executable, "-m", "api", "simulator"],
        cwd=PROJECT,
        env=environment(ENGAGE_SIMULATOR_PORT=str(port)),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(address, process)
        control(address, "POST", "/simulator/script", {"latency": seconds})
        yield address
    finally:
        process.terminate()
        process.wait(30)


def control(address: str, method: str, path: str, body: object = None) -> Any:
    """One request to the simulator's control interface."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(
        address + path, data=data, method=method, headers={"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


def _wait_for(address: str, process: "subprocess.Popen[bytes]") -> None:
    for _ in range(300):
        if process.poll() is not None:
            raise RuntimeError(f"the simulator ended with {process.returncode}")
        try:
            control(address, "GET", "/simulator/health")
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the simulator does not answer")


def gateway(address: str) -> TwilioGateway:
    """Engage's own gateway, pointed at the simulator."""
    return TwilioGateway(
        DEMO_ACCOUNT_SID, DEMO_AUTH_TOKEN, from_number=DEMO_NUMBER, api_base_url=address
    )


def dispatcher(database: Database, address: str, worker: str = "bench") -> Dispatcher:
    """A dispatcher without a guard and without pacing."""
    return Dispatcher(
        database.begin,
        gateway(address),
        _nothing_held,
        None,
        RealClock(),
        worker,
        concurrency=IN_FLIGHT,
        segments_per_second=FAST,
    )


def _nothing_held(
    session: Session, texts: Sequence[Claimed], now: datetime
) -> Mapping[UUID, Verdict]:
    return {}


def words(n: int) -> tuple[str, str]:
    """The number and the words of the n-th text."""
    return f"+447700900{n % 900:03d}", f"Reminder {n}: your appointment is tomorrow at 10:00"


def outgoing(count: int) -> list[OutgoingText]:
    """The texts as a plain loop would have them."""
    made = []
    for n in range(count):
        to, body = words(n)
        made.append(OutgoingText(UUID(int=n), to, DEMO_NUMBER, body, validity=36_000))
    return made


def queue(database: Database, count: int, mark: str) -> None:
    """Queue the same texts."""
    now = RealClock().now()
    for first in range(0, count, _ENQUEUE_BATCH):
        with database.begin() as session:
            for n in range(first, min(first + _ENQUEUE_BATCH, count)):
                to, body = words(n)
                enqueue(session, Text(to, body, Lane.REMINDER, f"{mark}:{n}"), now=now)


def accepted(database: Database) -> int:
    """How many texts are recorded as accepted."""
    with database.begin() as session:
        return int(
            session.execute(
                text("SELECT count(*) FROM message WHERE status = 'accepted'")
            ).scalar_one()
        )
