"""The `engage` command.

A wrong setting, a refusal of a use case or a file that cannot be read becomes one plain line on
standard error and exit code 2. What a command needs is imported inside it, so that `engage
understand` starts at once.
"""

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from api.cli.access import key, staff
from api.cli.corrections import corrections
from api.cli.hub import agency, hub
from api.cli.log import log
from api.cli.retention import retention
from engage.core.errors import EngageError, Invalid
from engage.core.settings import Settings, SettingsError

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from engage.access.policy import Actor
    from engage.appointments.imports.file_import import ImportReport
    from engage.core.db import Database

REFUSED = 2


class Refusal(click.ClickException):
    """One plain line on standard error, and exit code 2."""

    exit_code = REFUSED

    def show(self, file: IO[Any] | None = None) -> None:
        click.echo(f"engage: {self.message}", err=True)


class Commands(click.Group):
    """Turns refusals into one plain line."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except SettingsError as error:
            raise Refusal(str(error)) from error
        except Invalid as error:
            raise Refusal(
                " ".join([f"{name}: {words}" for name, words in error.fields.items()])
                or error.detail
            ) from error
        except EngageError as error:
            raise Refusal(error.detail) from error
        except BrokenPipeError:
            raise  # whoever read our output has gone; click ends quietly
        except OSError as error:
            raise Refusal(_plainly(error)) from error
        except Exception as error:
            if _is_lost_database(error):
                raise Refusal("The database does not answer; is DATABASE_URL right?") from error
            raise


def _plainly(error: OSError) -> str:
    return f"{error.filename}: {error.strerror}" if error.filename else str(error)


def _is_lost_database(error: Exception) -> bool:
    """Whether SQLAlchemy could not reach the server. It is asked without importing it: a command
    may not have needed it.
    """
    loaded = sys.modules.get("sqlalchemy.exc")
    return loaded is not None and isinstance(error, loaded.OperationalError)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="engage")
def main() -> None:
    """Text messages for people under Integrated Offender Management.

    Settings come from the environment (docs/deployment.md). Without DATABASE_URL a PostgreSQL
    server of its own is started, or joined, and kept up to date: for development only.
    """


main.add_command(hub)
main.add_command(agency)
main.add_command(staff)
main.add_command(key)
main.add_command(retention)
main.add_command(log)
main.add_command(corrections)


@main.command()
def migrate() -> None:
    """Bring the database to the newest migration. Safe to run twice, or from several machines at
    once.
    """
    from engage.core import embedded
    from engage.core import migrate as migrating

    migrating.migrate(embedded.database_url(Settings.from_environment()))
    click.echo("The database is up to date.")


@main.command()
@click.option("--people-only", is_flag=True, help="No rota, free times, check-ins, news or case.")
def seed(people_only: bool) -> None:
    """Fill an empty database with demonstration people, staff and appointments. Refused in
    production.
    """
    from engage.core.clock import Clock
    from engage.demo.seed import seed as fill

    settings = Settings.from_environment()
    if settings.production:
        raise SettingsError(
            "Demonstration data have no place in production: ENGAGE_ENV is production."
        )
    with open_database() as database, database.begin() as session:
        added = fill(session, now=Clock.from_settings(settings).now(), arranged=not people_only)
    click.echo(
        "Demonstration data added." if added else "There are data already; nothing was added."
    )


@main.command()
@click.option(
    "--people", type=click.IntRange(1, 500), default=500, show_default=True, help="How many."
)
def demo(people: int) -> None:
    """Add a hub of 500 invented people with a year behind them, so that every page shows something.
    Refused in production.
    """
    from engage.core.clock import Clock
    from engage.demo.seed import PASSWORD
    from engage.demo.service import fill

    settings = Settings.from_environment()
    if settings.production:
        raise SettingsError(
            "Demonstration data have no place in production: ENGAGE_ENV is production."
        )
    with open_database() as database, database.begin() as session:
        added = fill(session, now=Clock.from_settings(settings).now(), count=people)
    if added is None:
        click.echo("The demonstration is there already; nothing was added.")
        return
    click.echo(
        f"Added {added.people} people to the hub {added.hub}: {added.rows:,} rows, {added.signals} signals."
    )
    click.echo(
        f"Sign in as ann.bates@wearside.example or coordinator@wearside.example, password {PASSWORD}."
    )


@main.command()
def worker() -> None:
    """Send reminders and texts, understand replies, apply receipts; until SIGTERM. Any number may
    run.
    """
    from engage.core.process_start import without_garbage_collection

    with without_garbage_collection():
        from engage.worker import run as work

    settings = Settings.from_environment()
    configure_logs(settings)
    with open_database("engage-worker") as database:
        work(settings, database)


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    help="Port to listen on.  [default: ENGAGE_SIMULATOR_PORT]",
)
def simulator(host: str, port: int | None) -> None:
    """A stand-in for Twilio, with phones to read and answer on, in a browser. Never for production."""
    from engage.core.clock import Clock
    from engage.core.settings import DEMO_NUMBER
    from messaging.gateways.simulator.server import serve
    from messaging.gateways.simulator.settings import NO_WORDS, NotifyAccount, SimulatorSettings

    settings = Settings.from_environment()
    if settings.production:
        raise SettingsError("The simulator has no place in production: ENGAGE_ENV is production.")
    configure_logs(settings)
    simulated = SimulatorSettings(
        account_sid=settings.twilio.account_sid,
        auth_token=settings.twilio.auth_token,
        inbound_url=f"{settings.public_url}/webhooks/twilio/inbound#rc=3&rp=ct,rt,5xx",
        numbers=settings.twilio.from_numbers or (DEMO_NUMBER,),
        opt_out=NO_WORDS,  # the account as docs/deployment.md asks for it: Engage itself answers STOP and keeps to it
        messaging_service_sid=settings.twilio.messaging_service_sid,
        now=Clock.from_settings(settings).now,
        notify=NotifyAccount(
            **(
                {
                    "api_key": settings.notify.api_key,
                    "template_id": settings.notify.template_id,
                    "token": settings.notify.callback_token,
                }
                if settings.notify
                else {}
            ),
            status_url=f"{settings.public_url}/webhooks/notify/status#rc=3&rp=ct,rt,5xx",
            inbound_url=f"{settings.public_url}/webhooks/notify/inbound#rc=3&rp=ct,rt,5xx",
        ),
    )
    serve(simulated, host, port or settings.simulator_port)


@main.command()
def run() -> None:
    """Everything at once, for trying it out: database, web, worker and simulator, with
    demonstration data.
    """
    from api.cli.run import run as run_all

    sys.exit(run_all())


@main.command()
def understand() -> None:
    """Read `prompt<TAB>text` lines; print `intent<TAB>confidence<TAB>act|human` for each, at once."""
    from engage.understanding.lines import read_lines

    for stream in (sys.stdin, sys.stdout):
        stream.reconfigure(encoding="utf-8", errors="replace", newline="\n")  # type: ignore[union-attr]
    for line in read_lines(sys.stdin):
        sys.stdout.write(line + "\n")
        sys.stdout.flush()


@main.group(name="import")
def import_() -> None:
    """Take in files of case-management systems."""


@import_.command(name="appointments")
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@click.option("--dry-run", is_flag=True, help="Say what would happen; change nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as one JSON object.")
@click.option(
    "--hub", "hub_name", help="The hub to import into; may be left out when there is only one."
)
@click.option("--as", "email", help="Act as this member of staff instead of as the system.")
def import_appointments(
    file: Path, dry_run: bool, as_json: bool, hub_name: str | None, email: str | None
) -> None:
    """Book, move or leave the appointments in FILE (CSV; - for standard input), one transaction per
    row.

    May be stopped and repeated at any point. Rows that are refused are reported and spoil no other
    row. Exit code 0 when the file was read to its end, whatever became of its rows; 2 when it could
    not be read as a file of appointments, or the import was refused.
    """
    from engage.agencies.lookups import find_hub
    from engage.appointments.imports.file_import import import_file
    from engage.core.clock import Clock

    now = Clock.from_settings(Settings.from_environment()).now()
    with open_file(file) as stream, open_database() as database:
        with database.begin() as session:
            hub_id = find_hub(session, hub_name).id
            actor = actor_named(session, email)
        with progress_bar(wanted=not as_json) as progress:
            report = import_file(
                database.begin, actor, hub_id, stream, now=now, progress=progress, dry_run=dry_run
            )
    show_report(report, as_json=as_json, dry_run=dry_run)


@import_.command(name="free-times")
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@click.option("--dry-run", is_flag=True, help="Say what would happen; change nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as one JSON object.")
@click.option(
    "--hub",
    "hub_name",
    help="The hub whose workers they are; may be left out when there is only one.",
)
@click.option("--as", "email", help="Act as this member of staff instead of as the system.")
def import_free_times(
    file: Path, dry_run: bool, as_json: bool, hub_name: str | None, email: str | None
) -> None:
    """Put in the free times of workers in FILE (CSV; - for standard input), one transaction per
    row.

    Columns: worker_email, type, date, start, minutes, place, weeks (1 to 8; empty for one time).
    Rows that are refused are reported and spoil no other row.
    """
    import json

    from engage.agencies.lookups import find_hub
    from engage.appointments.free_times.file_import import import_times
    from engage.core.clock import Clock

    now = Clock.from_settings(Settings.from_environment()).now()
    with open_file(file) as stream, open_database() as database:
        with database.begin() as session:
            hub_id = find_hub(session, hub_name).id
            actor = actor_named(session, email)
        report = import_times(database.begin, actor, hub_id, stream, now=now, dry_run=dry_run)
    found = report.as_json()
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    for row in found["refused"]:
        click.echo(f"line {row['line']}: refused: {row['column']}: {row['reason']}")
    for row in found["warnings"]:
        click.echo(f"line {row['line']}: {row['reason']}")
    click.echo(
        f"{found['rows']} rows: {found['added']} free times added."
        + (" Nothing was changed." if dry_run else "")
    )


def show_report(report: "ImportReport", *, as_json: bool, dry_run: bool) -> None:
    """Print what became of a file, as JSON or in words."""
    import json

    found = report.as_json()
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    for row in found["refused"]:
        click.echo(f"{_where(row)}: refused: {row['column']}: {row['reason']}")
    for row in found["warnings"]:
        click.echo(f"{_where(row)}: {row['reason']}")
    counts = ", ".join(
        f"{len(found[kind])} {kind}" for kind in ("booked", "moved", "unchanged", "refused")
    )
    click.echo(f"{found['rows']} rows: {counts}." + (" Nothing was changed." if dry_run else ""))


def _where(row: Mapping[str, Any]) -> str:
    """Which row: its line, and its reference where it has one, without anything that could steer a
    terminal.
    """
    ref = "".join(character if character.isprintable() else "?" for character in row["ref"] or "")
    return f"line {row['line']} ({ref})" if ref else f"line {row['line']}"


@contextmanager
def open_database(application: str = "engage") -> "Iterator[Database]":
    """The database that the settings name, for the length of a command."""
    from api.database import open_database as open_settings

    database = open_settings(Settings.from_environment(), pool_size=4, application=application)
    try:
        yield database
    finally:
        database.dispose()


@contextmanager
def open_file(path: Path) -> Iterator[IO[bytes]]:
    """The bytes of a file, or of standard input for `-`."""
    if str(path) == "-":
        yield sys.stdin.buffer
        return
    with path.open("rb") as stream:
        yield stream


@contextmanager
def progress_bar(*, wanted: bool) -> Iterator[Callable[[int, int], None] | None]:
    """A callable (rows done, rows in all) that draws a bar on a terminal; None where standard error
    is no terminal.
    """
    if not wanted or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Importing", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def actor_named(session: "Session", email: str | None) -> "Actor":
    """The member of staff with this address, or the system where none is given. Raises NotFound."""
    from engage.access.policy import SYSTEM, staff_actor
    from engage.agencies.service import find_staff
    from engage.core.errors import NotFound

    if email is None:
        return SYSTEM
    found = find_staff(session, email)
    if found is None:
        raise NotFound("There is no active member of staff with this address.")
    return staff_actor(found)


def configure_logs(settings: Settings) -> None:
    """Structured logs on standard error."""
    from engage.core import logs

    logs.configure(development=not settings.production)
