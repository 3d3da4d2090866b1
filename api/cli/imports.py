"""`engage import`: files of appointments and of workers' free times (docs/import.md)."""

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, TypeVar

import click

from api.cli.environment import open_database
from engage.core.settings import Settings

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from engage.access.policy import Actor

Command = TypeVar("Command", bound=Callable[..., None])


@click.group(name="import")
def import_files() -> None:
    """Import files from case-management systems."""


def import_options(command: Command) -> Command:
    """Add the argument and options that both imports take."""
    for option in reversed(
        [
            click.argument("file", type=click.Path(path_type=Path, allow_dash=True)),
            click.option("--dry-run", is_flag=True, help="Show what would happen. Change nothing."),
            click.option("--json", "as_json", is_flag=True, help="Print the report as JSON."),
            click.option(
                "--hub",
                "hub_name",
                help="The hub to import into. Optional if there is only one.",
            ),
            click.option(
                "--as",
                "email",
                help="Act as the member of staff with this email address, not as the system.",
            ),
        ]
    ):
        command = option(command)
    return command


@import_files.command(name="appointments")
@import_options
def import_appointments(
    file: Path, dry_run: bool, as_json: bool, hub_name: str | None, email: str | None
) -> None:
    """Import appointments from FILE (CSV; - for standard input).

    New appointments are booked, changed ones are moved. Each row is one transaction, so you can
    stop an import and repeat it. A refused row is reported and does not affect the others.

    Exit code 0 if the whole file was read, even if rows were refused. Exit code 2 if the file could
    not be read or the import was refused.
    """
    from engage.agencies.lookups import find_hub
    from engage.appointments.imports.file_import import import_file

    now = _now()
    with open_file(file) as stream, open_database() as database:
        with database.begin() as session:
            hub_id = find_hub(session, hub_name).id
            actor = find_actor(session, email)
        with progress_bar(wanted=not as_json) as progress:
            report = import_file(
                database.begin, actor, hub_id, stream, now=now, progress=progress, dry_run=dry_run
            )
    found = report.as_json()
    counts = ", ".join(
        f"{len(found[kind])} {kind}" for kind in ("booked", "moved", "unchanged", "refused")
    )
    show_report(found, f"{found['rows']} rows: {counts}.", as_json=as_json, dry_run=dry_run)


@import_files.command(name="free-times")
@import_options
def import_free_times(
    file: Path, dry_run: bool, as_json: bool, hub_name: str | None, email: str | None
) -> None:
    """Import workers' free times from FILE (CSV; - for standard input).

    Columns: worker_email, type, date, start, minutes, place, weeks (1 to 8; empty for one time).
    Each row is one transaction. A refused row is reported and does not affect the others.
    """
    from engage.agencies.lookups import find_hub
    from engage.appointments.free_times.file_import import import_times

    now = _now()
    with open_file(file) as stream, open_database() as database:
        with database.begin() as session:
            hub_id = find_hub(session, hub_name).id
            actor = find_actor(session, email)
        report = import_times(database.begin, actor, hub_id, stream, now=now, dry_run=dry_run)
    found = report.as_json()
    summary = f"{found['rows']} rows: {found['added']} free times added."
    show_report(found, summary, as_json=as_json, dry_run=dry_run)


def show_report(found: Mapping[str, Any], summary: str, *, as_json: bool, dry_run: bool) -> None:
    """Print the report of an import, as JSON or as lines with a summary."""
    import json

    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    for row in found["refused"]:
        click.echo(f"{_row_name(row)}: refused: {row['column']}: {row['reason']}")
    for row in found["warnings"]:
        click.echo(f"{_row_name(row)}: {row['reason']}")
    click.echo(summary + (" Nothing was changed." if dry_run else ""))


def _row_name(row: Mapping[str, Any]) -> str:
    """The line of a row and its reference if it has one, without terminal control characters."""
    ref = "".join(
        character if character.isprintable() else "?" for character in row.get("ref") or ""
    )
    return f"line {row['line']} ({ref})" if ref else f"line {row['line']}"


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
    """A function (rows done, rows in total) that draws a bar on a terminal; None if standard error
    is not a terminal.
    """
    if not wanted or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Importing", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def find_actor(session: "Session", email: str | None) -> "Actor":
    """The member of staff with this email address, or the system for None. Raises NotFound."""
    from engage.access.policy import SYSTEM, staff_actor
    from engage.agencies.service import find_staff
    from engage.core.errors import NotFound

    if email is None:
        return SYSTEM
    found = find_staff(session, email)
    if found is None:
        raise NotFound("There is no active member of staff with this address.")
    return staff_actor(found)


def _now() -> datetime:
    from engage.core.clock import Clock

    return Clock.from_settings(Settings.from_environment()).now()
