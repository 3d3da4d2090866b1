"""From a person's reply to our answer, end to end: phone, webhook, worker, provider, at fifty
replies a second.

The simulator's own clock measures both ends: when the phone sent its text, and when the provider
accepted ours. People are real rows with an appointment and a reminder that was sent, so each "yes"
is read, recorded and answered as in service. The senders' rate is set high: fifty answers a second
is more than one number may send.
"""

import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, text

from bench.figures import Figure, at_most
from bench.ground import NOW, address, fresh
from bench.ports import free_port
from bench.provider import control, environment
from engage.access.policy import SYSTEM
from engage.agencies.model import Agency, Hub, Staff
from engage.appointments import booking as appointments
from engage.appointments.kinds import AppointmentType
from engage.core.db import Database
from engage.core.settings import PROJECT
from engage.people import phones
from engage.people import service as people
from engage.people.model import ContactPoint
from messaging.gateways.twilio.settings import DEMO_NUMBER

A_SECOND = 50
PHONES = 900
LIMIT = 1.0
WORKERS = 2
PATIENCE = 180
_DELIVERED = text(
    "SELECT count(*) FROM message JOIN person ON person.id::text = recipient WHERE status ="
    " 'delivered' AND crn LIKE 'Z%'"
)


def measure(server_url: str) -> list[Figure]:
    """The time within which 95 of 100 answers came, in seconds, against one second."""
    with fresh(server_url) as database, ExitStack() as stack:
        numbers = _people(database)
        simulator = stack.enter_context(_service(address(database)))
        _wait_for(
            lambda: _delivered(database) >= PHONES,
            "every phone has a text that names its appointment",
        )
        _wait_for(
            lambda: control(simulator, "POST", "/simulator/idle", {"timeout": 10})["idle"],
            "the network rests",
        )
        posted = _reply(simulator, numbers)
        _wait_for(lambda: _delivered(database) >= 2 * PHONES, "every phone has its answer")
        waits = _waits(simulator, numbers)
    if len(waits) != PHONES:
        raise RuntimeError(f"{PHONES - len(waits)} of {PHONES} replies were not answered")
    p50, p95 = waits[len(waits) // 2], waits[len(waits) * 95 // 100]
    detail = (
        f"p95 {p95 * 1000:.0f} ms, half within {p50 * 1000:.0f} ms, longest {waits[-1] * 1000:.0f}"
        " ms;"
        f" {len(waits)} replies at {posted:.0f} a second, all answered; one web and {WORKERS}"
        " worker processes"
    )
    return [at_most("reply to answer", p95 / LIMIT, 1.0, detail)]


def _people(database: Database) -> list[str]:
    """People with a verified number and an appointment; booking queues a text that names it.
    Returns their numbers, none of them the demonstration's.
    """
    with database.begin() as session:
        taken = {*session.scalars(select(ContactPoint.number)), DEMO_NUMBER}
        free = [number for n in range(1000) if (number := f"+447700900{n:03d}") not in taken][
            :PHONES
        ]
        hub = session.scalars(select(Hub)).first()
        agency = session.scalars(select(Agency).where(Agency.name == "Probation")).one()
        manager = session.scalars(
            select(Staff).where(Staff.email == "p.hale@probation.example")
        ).one()
        if hub is None:
            raise RuntimeError("the demonstration has no hub")
        for n, number in enumerate(free):
            new = people.NewPerson(
                f"Z{n:06d}", f"First{n}", f"Last{n}", hub.id, manager.id, given_number=number
            )
            person = people.create_person(session, SYSTEM, new, now=NOW)
            phones.verify_number(session, SYSTEM, person.id, how="asked face to face", now=NOW)
            wanted = appointments.NewAppointment(
                person_id=person.id,
                agency_id=agency.id,
                type=AppointmentType.OFFICE,
                starts_at=NOW + timedelta(days=2 + n % 5, minutes=30 * (n // 5 % 12)),
                minutes=30,
                worker_name="Pat",
                enforceable=True,
                place_alias="the centre on Bridge St",
            )
            appointments.book(session, SYSTEM, wanted, now=NOW)
    return free


def _delivered(database: Database) -> int:
    with database.begin() as session:
        return int(session.execute(_DELIVERED).scalar_one())


@contextmanager
def _service(database_url: str) -> Iterator[str]:
    """Web, worker and simulator in their own processes; gives the simulator's address."""
    web_port, simulator_port = free_port(), free_port()
    simulator = f"http://127.0.0.1:{simulator_port}"
    given = environment(
        DATABASE_URL=database_url,
        ENGAGE_PORT=str(web_port),
        ENGAGE_SIMULATOR_PORT=str(simulator_port),
        ENGAGE_PUBLIC_URL=f"http://127.0.0.1:{web_port}",
        ENGAGE_SEGMENTS_PER_SECOND="1000",
        ENGAGE_NOW=NOW.isoformat(),
    )
    commands = (
        ["-m", "api", "simulator"],
        ["-m", "gunicorn", "--config", "gunicorn.conf.py", "--workers", "1", "wsgi:app"],
        *[["-m", "api", "worker"]] * WORKERS,
    )
    started: list[subprocess.Popen[bytes]] = []
    try:
        for command in commands:
            started.append(_start(command, given))
            if "simulator" in command:
                _wait_for(
                    lambda: _answers(f"{simulator}/simulator/health"), "the simulator answers"
                )
        _wait_for(
            lambda: _answers(f"http://127.0.0.1:{web_port}/health/live"), "the web service answers"
        )
        yield simulator
        if any(process.poll() is not None for process in started):
            raise RuntimeError("a process of the service ended by itself")
    finally:
        for process in reversed(started):
            process.terminate()
            process.wait(60)


def _start(command: list[str], given: dict[str, str]) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, *command],
        cwd=PROJECT,
        env=given,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=None if os.environ.get("BENCH_LOUD") else subprocess.DEVNULL,
    )


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def _wait_for(look: Any, what: str, within: float = PATIENCE) -> None:
    end = time.monotonic() + within
    while not look():
        if time.monotonic() > end:
            raise RuntimeError(f"not within {within:.0f} s: {what}")
        time.sleep(0.1)


def _reply(simulator: str, numbers: Sequence[str]) -> float:
    """Every phone answers "yes", at an even pace. Returns the actual pace in texts a second."""

    def say(number: str) -> None:
        control(
            simulator, "POST", f"/simulator/phones/{number}/texts", {"body": "yes", "wait": False}
        )

    start = time.monotonic()
    with ThreadPoolExecutor(8) as pool:
        for n, number in enumerate(numbers):
            pause = start + n / A_SECOND - time.monotonic()
            if pause > 0:
                time.sleep(pause)
            pool.submit(say, number)
    return len(numbers) / (time.monotonic() - start)


def _waits(simulator: str, numbers: Sequence[str]) -> list[float]:
    """Seconds from each phone's text to the first of our texts that the provider accepted after it,
    shortest first.
    """
    found = []
    for number in numbers:
        thread = control(simulator, "GET", f"/simulator/phones/{number}")["texts"]
        said = [_moment(one) for one in thread if one["from_phone"]]
        after = [
            _moment(one) for one in thread if not one["from_phone"] and _moment(one) >= said[0]
        ]
        if after:
            found.append((after[0] - said[0]).total_seconds())
    return sorted(found)


def _moment(seen: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(seen["accepted_at"])
