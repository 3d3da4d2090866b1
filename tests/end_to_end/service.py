"""The whole service in separate processes: web, worker and simulator on one database, driven
through HTTP and the command line alone.
"""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import requests

from engage.core.clock import Clock
from engage.core.db import Database
from engage.core.migrate import migrate
from engage.core.settings import PROJECT
from engage.demo.seed import PASSWORD, seed
from tests.end_to_end.api_client import SCOPES, Api
from tests.simulator import Phone, SeenText, Simulator

T = TypeVar("T")

PATIENCE = 30.0


def eventually(
    look: Callable[[], T], *, within: float = PATIENCE, what: str = "", every: float = 0.05
) -> T:
    """Call `look` every `every` seconds until it returns something true, and return that. Fails
    with the last value if it does not in time.
    """
    end = time.monotonic() + within
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > end:
            raise AssertionError(
                f"did not happen within {within:.0f} s: {what or look}; last seen: {found!r}"
            )
        time.sleep(every)


def free_port() -> int:
    """A port that is not in use."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class RunningService:
    """The processes of one service: starts and stops them, and moves the clock by restarting them
    at another moment.
    """

    def __init__(self, database_url: str, directory: Path, *, workers: int = 1) -> None:
        self.directory, self.database_url = directory, database_url
        self.now: datetime | None = None
        self.clock = Clock()
        self.web_port, self.simulator_port = free_port(), free_port()
        self.web = f"http://127.0.0.1:{self.web_port}"
        self.simulator = Simulator(f"http://127.0.0.1:{self.simulator_port}")
        self.workers: list[subprocess.Popen[bytes]] = []
        self._worker_count = workers
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._environment = {
            **{
                name: value
                for name, value in os.environ.items()
                if not name.startswith(("ENGAGE_", "TWILIO_"))
            },
            "DATABASE_URL": database_url,
            "ENGAGE_ENV": "test",
            "ENGAGE_PORT": str(self.web_port),
            "ENGAGE_SIMULATOR_PORT": str(self.simulator_port),
            "ENGAGE_PUBLIC_URL": self.web,
            "ENGAGE_SEGMENTS_PER_SECOND": "100",
        }
        self._api: Api | None = None

    def engage(
        self, *arguments: str, given: str | None = None, check: bool = True
    ) -> subprocess.CompletedProcess[str]:
        """Run an `engage` command to its end."""
        done = subprocess.run(
            [sys.executable, "-m", "api", *arguments],
            env=self._environment,
            cwd=PROJECT,
            input=given,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert not check or done.returncode == 0, f"engage {' '.join(arguments)}: {done.stderr}"
        return done

    def start(self, now: datetime) -> None:
        """Migrate, seed people only, and start everything with the clock at `now`."""
        self._set_clock(now)
        self._start("simulator", "-m", "api", "simulator")
        migrate(self.database_url)
        database = Database(self.database_url)
        with database.begin() as session:
            seed(session, now=self.clock.now(), arranged=False)
        database.dispose()
        self._start_service()

    def travel(self, now: datetime) -> None:
        """Stop web and workers and restart them at another moment. Phones and database stay as they
        are.
        """
        self._stop_service()
        self._set_clock(now)
        self.simulator.set_clock(now)
        self._start_service()

    def stop(self) -> None:
        """Stop everything."""
        self._stop_service()
        self._tell_to_stop("simulator")
        self._wait_for_end("simulator")

    def start_worker(self) -> subprocess.Popen[bytes]:
        """Start one more worker."""
        worker = self._start(f"worker-{len(self.workers)}", "-m", "api", "worker")
        self.workers.append(worker)
        return worker

    def phone(self, number: str) -> Phone:
        """A phone of the simulated network, by its number as E.164."""
        return self.simulator.phone(number)

    def ledger(self) -> list[SeenText]:
        """Every text that the simulated network accepted from Engage."""
        return [text for text in self.simulator.ledger() if not text.from_phone]

    @property
    def api(self) -> Api:
        """The JSON API with a key that has every scope, issued on first use."""
        if self._api is None:
            scopes = [part for scope in SCOPES for part in ("--scope", scope)]
            printed = self.engage(
                "key", "issue", "--name", "end to end", "--days", "730", *scopes
            ).stdout
            found = re.search(r"engage_[0-9a-f]+_[\w-]+", printed)
            assert found, printed
            self._api = Api(self.web, found.group())
        return self._api

    def import_file(self, path: Path, *options: str) -> dict[str, Any]:
        """Import a file of appointments by the command line. Returns its JSON report."""
        return dict(
            json.loads(self.engage("import", "appointments", str(path), "--json", *options).stdout)
        )

    def sign_in(self, email: str, password: str = PASSWORD) -> requests.Session:
        """A signed-in browser session of a member of staff."""
        session = requests.Session()
        page = session.get(f"{self.web}/sign-in", timeout=30)
        form = {"csrf_token": csrf_token(page.text), "email": email, "password": password}
        answer = session.post(f"{self.web}/sign-in", data=form, timeout=30)
        assert answer.ok and "/sign-in" not in answer.url, f"{answer.status_code} {answer.url}"
        return session

    def add_person(
        self, crn: str, first_name: str, mobile: str, *, verified: bool = True, **values: Any
    ) -> dict[str, Any]:
        """Add a person to Pat Hale's caseload, by default with a verified number."""
        body = {
            "crn": crn,
            "first_name": first_name,
            "last_name": "Test",
            "legal_status": "statutory",
        }
        body |= {"offender_manager": "p.hale@probation.example", "mobile": mobile, **values}
        added: dict[str, Any] = self.api.post("/people", body, status=201)
        if verified:
            self.api.post(
                f"/people/{added['id']}/contact-points/current/verify",
                {"how": "asked face to face"},
            )
        return added

    def book(self, person: dict[str, Any], starts_at: datetime, **values: Any) -> dict[str, Any]:
        """Book an office appointment of half an hour with Pat at the centre, unless values say
        otherwise.
        """
        body = {
            "person_id": person["id"],
            "starts_at": starts_at.isoformat(),
            "agency": "Probation",
            "type": "office",
        }
        body |= {
            "minutes": 30,
            "worker_name": "Pat",
            "enforceable": True,
            "place_alias": "the centre on Bridge St",
            **values,
        }
        return dict(self.api.post("/appointments", body, status=201))

    def appointment(self, id: str) -> dict[str, Any]:
        """The appointment as it is now."""
        return dict(self.api.get(f"/appointments/{id}"))

    def thread(self, person: dict[str, Any]) -> list[dict[str, Any]]:
        """A person's thread, newest first."""
        return list(self.api.get(f"/people/{person['id']}/messages")["items"])

    def outgoing(self, person: dict[str, Any]) -> list[dict[str, Any]]:
        """The texts to a person, newest first."""
        return [entry for entry in self.thread(person) if entry["direction"] == "out"]

    def incoming(self, person: dict[str, Any]) -> list[dict[str, Any]]:
        """The texts from a person, newest first."""
        return [entry for entry in self.thread(person) if entry["direction"] == "in"]

    def person(self, crn: str) -> dict[str, Any]:
        """A person by CRN, through the JSON API."""
        (found,) = self.api.get("/people", crn=crn)["items"]
        return dict(found)

    def signals(self, person: dict[str, Any], *, state: str = "open") -> list[dict[str, Any]]:
        """A person's signals in a state."""
        return self.api.all("/signals", person_id=person["id"], state=state)

    def signal_kinds(self, person: dict[str, Any]) -> list[str]:
        """The kinds of a person's open signals, sorted."""
        return sorted(signal["kind"] for signal in self.signals(person))

    def submit(
        self, browser: requests.Session, path: str, form: dict[str, Any]
    ) -> requests.Response:
        """Open a page of the staff site, send its form, and follow the redirect."""
        page = browser.get(f"{self.web}{path}", timeout=30)
        assert page.ok, f"{path}: {page.status_code}"
        return self.post(browser, path, form, page.text)

    def post(
        self, browser: requests.Session, path: str, form: dict[str, Any], page: str
    ) -> requests.Response:
        """Send a form with the token of a page opened before."""
        answer = browser.post(
            f"{self.web}{path}", data={"csrf_token": csrf_token(page), **form}, timeout=30
        )
        problems = re.findall(r"error-summary.*?</ul>", answer.text, re.DOTALL)
        assert answer.ok, f"{path}: {answer.status_code} {problems}"
        return answer

    def log(self, name: str) -> str:
        """The output of a process so far."""
        return (self.directory / f"{name}.log").read_text(errors="replace")

    def _set_clock(self, now: datetime) -> None:
        """Processes started from now on have this time, running on."""
        since = Clock().now()
        self.now, self.clock = now, Clock(now, since)
        self._environment |= {"ENGAGE_NOW": now.isoformat(), "ENGAGE_NOW_SINCE": since.isoformat()}

    def _start_service(self) -> None:
        # Connections end with their request, so that stopping does not wait for those that the
        # simulated network keeps.
        options = ["--config", "gunicorn.conf.py", "--workers", "1", "--keep-alive", "0"]
        self._start("web", "-m", "gunicorn", *options, "wsgi:app")
        for _ in range(self._worker_count):
            self.start_worker()
        for address in (f"{self.web}/health/ready", f"{self.simulator.url}/simulator/health"):
            eventually(
                lambda at=address: self._answers(at), what=f"{address}: {self.log('web')[-2000:]}"
            )  # type: ignore[misc]

    def _stop_service(self) -> None:
        names = [name for name in self._processes if name != "simulator"]
        for name in names:
            self._tell_to_stop(name)
        for name in names:
            self._wait_for_end(name)
        self.workers = []

    def _answers(self, address: str) -> bool:
        for name, process in self._processes.items():
            assert process.poll() is None, f"{name} ended: {self.log(name)[-3000:]}"
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False

    def _start(self, name: str, *command: str) -> subprocess.Popen[bytes]:
        with (self.directory / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, *command],
                env=self._environment,
                cwd=PROJECT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self._processes[name] = process
        return process

    def _tell_to_stop(self, name: str) -> None:
        with suppress(ProcessLookupError):
            self._processes[name].send_signal(signal.SIGTERM)

    def _wait_for_end(self, name: str) -> None:
        process = self._processes.pop(name)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            raise AssertionError(
                f"{name} did not stop within 30 s: {self.log(name)[-3000:]}"
            ) from None


def csrf_token(page: str) -> str:
    """The token of the first form on a page."""
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert found, page[:2000]
    return found.group(1)


@contextmanager
def running(
    database_url: str, directory: Path, now: datetime, *, workers: int = 1
) -> Iterator[RunningService]:
    """The whole service for the length of a block."""
    service = RunningService(database_url, directory, workers=workers)
    try:
        service.start(now)
        yield service
    finally:
        service.stop()


def tomorrow(now: datetime, hour: int, minute: int = 0) -> datetime:
    """A moment on the day after `now`."""
    return (now + timedelta(days=1)).replace(hour=hour, minute=minute, second=0, microsecond=0)
