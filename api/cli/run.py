"""`engage run`: everything on one machine, to try Engage and to develop it. Never for production.

It starts the database, adds demonstration data if it is empty, starts the simulated phone network,
the web service and a worker as processes, waits until they answer, and shows their addresses. If
one of them ends, the run ends and names it.
"""

import os
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

import click

from api.cli.supervisor import POLL_INTERVAL, ChildEnded, Program, Supervisor
from engage.core import embedded, migrate
from engage.core.clock import Clock
from engage.core.db import Database
from engage.core.settings import PROJECT, Settings, SettingsError
from engage.demo import seed
from engage.demo.seed_data import STAFF

START_TIMEOUT = 60.0  # seconds
ALL_ADDRESSES = ("0.0.0.0", "::")  # noqa: S104 — compared with, not listened on


def run(settings: Settings | None = None) -> int:
    """Run until Ctrl-C or SIGTERM. Returns the exit code, 1 if a program ended unexpectedly.

    Raises SettingsError if the settings do not allow a start.
    """
    settings = settings or Settings.from_environment()
    if settings.production:
        raise SettingsError(
            "`engage run` is not allowed in production. Start the web service and the workers as"
            " docs/deployment.md describes."
        )
    _check_port(settings.host, settings.port, "ENGAGE_PORT")
    if settings.simulated:
        _check_port("127.0.0.1", settings.simulator_port, "ENGAGE_SIMULATOR_PORT")
    clock = Clock.from_settings(settings)
    with (
        _database(settings) as url,
        Supervisor(_environment(url, clock, settings), PROJECT) as supervisor,
    ):
        try:
            first_time = _prepare(url, clock)
            for program in _programs(settings):
                supervisor.start(program)
            if _wait_until_ready(settings, supervisor):
                click.echo(_welcome(settings, first_time))
                supervisor.wait()
        except ChildEnded as end:
            click.echo(str(end), err=True)
            return 1
        click.echo("\nStopping.")
    return 0


@contextmanager
def _database(settings: Settings) -> Iterator[str]:
    if settings.database_url is not None:
        yield settings.database_url
        return
    click.echo(f"Starting PostgreSQL (data in {settings.data_directory / 'postgres'}).")
    with embedded.embedded_database(settings.data_directory / "postgres") as url:
        yield url


def _prepare(url: str, clock: Clock) -> bool:
    migrate.migrate(url)
    database = Database(url)
    try:
        with database.begin() as session:
            return seed.seed(session, now=clock.now())
    finally:
        database.dispose()


def _environment(url: str, clock: Clock, settings: Settings) -> dict[str, str]:
    """The environment of the programs. A moved clock is passed on with the real moment at which it
    was read, so that all programs show the same time.
    """
    environment = {**os.environ, "DATABASE_URL": url}
    if settings.now is not None:
        environment["ENGAGE_NOW"] = clock.now().isoformat()
        environment["ENGAGE_NOW_SINCE"] = Clock().now().isoformat()
    return environment


def _programs(settings: Settings) -> Iterator[Program]:
    """The programs in the order of their start. They stop in reverse order, so that the worker can
    still send its last texts.
    """
    logs = settings.data_directory / "log"
    engage = [sys.executable, "-m", "api"]
    if settings.simulated:
        yield Program("simulator", [*engage, "simulator"], logs / "simulator.log")
    web = [
        sys.executable,
        "-m",
        "gunicorn",
        "--config",
        "gunicorn.conf.py",
        "--workers",
        "1",
        "wsgi:app",
    ]
    yield Program("web service", web, logs / "web.log")
    yield Program("worker", [*engage, "worker"], logs / "worker.log")


def _check_port(host: str, port: int, variable: str) -> None:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as problem:
            raise SettingsError(
                f"Port {port} on {host} cannot be used ({problem.strerror}). Stop the other program"
                f" that uses it, perhaps Engage itself, or choose another port with {variable}."
            ) from problem


def _wait_until_ready(settings: Settings, supervisor: Supervisor) -> bool:
    """True when every address answers; False after a stop signal. Raises ChildEnded or
    SettingsError.
    """
    deadline = time.monotonic() + START_TIMEOUT
    waiting = [f"{_web(settings)}/health/ready"]
    if settings.simulated:
        waiting.append(_phones(settings))
    while waiting and not supervisor.stop_requested:
        supervisor.check()
        waiting = [address for address in waiting if not _answers(address)]
        if waiting and time.monotonic() > deadline:
            raise SettingsError(
                f"{waiting[0]} did not answer within a minute."
                f" See the logs in {settings.data_directory / 'log'}."
            )
        time.sleep(POLL_INTERVAL)
    return not supervisor.stop_requested


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5) as response:  # noqa: S310 — our own address
            return bool(response.status == 200)
    except (urllib.error.URLError, TimeoutError, ConnectionError):
        return False


def _web(settings: Settings) -> str:
    host = "127.0.0.1" if settings.host in ALL_ADDRESSES else settings.host
    return f"http://{host}:{settings.port}"


def _phones(settings: Settings) -> str:
    return f"http://127.0.0.1:{settings.simulator_port}"


def _welcome(settings: Settings, first_time: bool) -> str:
    roles = "\n".join(
        f"    {email:<28}{role.value.replace('_', ' ')}" for email, _name, _agency, role in STAFF
    )
    network = f"\n  Phones          {_phones(settings)}/" if settings.simulated else ""
    return f"""
Engage is running.

  Staff pages     {_web(settings)}/{network}
  API documents   {_web(settings)}/v1/docs

  Sign in to the staff pages with password {seed.PASSWORD} as one of:
{roles}
{_first_steps(first_time) if settings.simulated else ""}
  Logs are in {settings.data_directory / "log"}.
  Ctrl-C stops everything. The data stay for next time.
"""


def _first_steps(first_time: bool) -> str:
    first_step = (
        "Open Phones: texts are arriving. Choose Bethany's phone, 07700 900205, and read its text."
        if first_time
        else "Sign in and book an appointment for tomorrow. Open Phones (empty after each start)\n"
        "     and read the text."
    )
    return f"""
  To see it work:
  1. {first_step}
  2. Reply in your own words, for example "sorry cant make it".
  3. Sign in as {STAFF[0][0]}: Today shows the reply, why it matters and what to do.
"""
