"""`engage run`: everything at once on one machine, to see it work and to work on it. Never for
production.

It brings up the database, puts demonstration people in when it is empty, starts the pretend phone
network, the web service and the worker as processes of their own, waits until they answer, and says
where to look. Whatever ends by itself ends the run, with its name.
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

from api.cli.supervisor import (
    GLANCE,
    ChildEnded,
    Program,
    Supervisor,
)
from engage.core import embedded, migrate
from engage.core.clock import Clock
from engage.core.db import Database
from engage.core.settings import PROJECT, Settings, SettingsError
from engage.demo import seed

READY_WITHIN = 60.0
EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 — to recognise it, not to listen on it


def run(settings: Settings | None = None) -> int:
    """Run until Ctrl-C or SIGTERM; the exit code, 1 when a part ended by itself. Raises
    SettingsError for what it cannot start with.
    """
    settings = settings or Settings.from_environment()
    if settings.production:
        raise SettingsError(
            "ENGAGE_ENV is production: start web and worker by themselves, as docs/deployment.md says."
        )
    _refuse_taken(settings.host, settings.port, "ENGAGE_PORT")
    if settings.simulated:
        _refuse_taken("127.0.0.1", settings.simulator_port, "ENGAGE_SIMULATOR_PORT")
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
                supervisor.watch()
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
    """What the parts are told. A moved clock is handed on with the real moment at which it stood
    so, so that all of them tell the same time.
    """
    environment = {**os.environ, "DATABASE_URL": url}
    if settings.now is not None:
        environment["ENGAGE_NOW"] = clock.now().isoformat()
        environment["ENGAGE_NOW_SINCE"] = Clock().now().isoformat()
    return environment


def _programs(settings: Settings) -> Iterator[Program]:
    """In the order of starting; they are stopped in the opposite one, so that the worker's last
    texts still find the network.
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


def _refuse_taken(host: str, port: int, variable: str) -> None:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as problem:
            raise SettingsError(
                f"Port {port} on {host} cannot be used ({problem.strerror}): is Engage running already? Else choose another"
                f" with {variable}."
            ) from problem


def _wait_until_ready(settings: Settings, supervisor: Supervisor) -> bool:
    """True once every address answers; False when somebody asked us to stop first. Raises
    ChildEnded, SettingsError.
    """
    end = time.monotonic() + READY_WITHIN
    waiting = [f"{_web(settings)}/health/ready"]
    if settings.simulated:
        waiting.append(_phones(settings))
    while waiting and not supervisor.stop_asked:
        supervisor.look()
        waiting = [address for address in waiting if not _answers(address)]
        if waiting and time.monotonic() > end:
            raise SettingsError(
                f"{waiting[0]} did not answer within a minute; see {settings.data_directory / 'log'}."
            )
        time.sleep(GLANCE)
    return not supervisor.stop_asked


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5) as response:  # noqa: S310 — an address that we put together
            return bool(response.status == 200)
    except (urllib.error.URLError, TimeoutError, ConnectionError):
        return False


def _web(settings: Settings) -> str:
    host = "127.0.0.1" if settings.host in EVERYWHERE else settings.host
    return f"http://{host}:{settings.port}"


def _phones(settings: Settings) -> str:
    return f"http://127.0.0.1:{settings.simulator_port}"


def _welcome(settings: Settings, first_time: bool) -> str:
    roles = "\n".join(
        f"    {email:<28}{role.value.replace('_', ' ')}"
        for email, _name, _agency, role in seed.STAFF
    )
    network = f"\n  Phones          {_phones(settings)}/" if settings.simulated else ""
    return f"""
Engage is running.

  Staff pages     {_web(settings)}/{network}
  API documents   {_web(settings)}/v1/docs

  Sign in to the staff pages as one of these, password {seed.PASSWORD}
{roles}
{_story(first_time) if settings.simulated else ""}
  Logs are in {settings.data_directory / "log"}. Ctrl-C stops everything; the data stay for the next time.
"""


def _story(first_time: bool) -> str:
    reminder = (
        "Open Phones: texts are arriving. Pick Bethany's phone, 07700 900205, and read it."
        if first_time
        else "Sign in and book somebody in for tomorrow. Open Phones (they start empty each time) and read the text."
    )
    return f"""
  To see it work:
  1. {reminder}
  2. Answer in your own words, for example "sorry cant make it".
  3. Sign in as {seed.STAFF[0][0]}: Today shows what came in, why it matters and what to do.
"""
