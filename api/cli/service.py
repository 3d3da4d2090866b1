"""`engage migrate`, `engage worker` and `engage understand`."""

import sys

import click

from api.cli.environment import configure_logs, open_database
from engage.core.settings import Settings


@click.command()
def migrate() -> None:
    """Migrate the database to the newest version.

    Safe to repeat, and to run on several machines at once.
    """
    from engage.core import embedded
    from engage.core import migrate as migrations

    migrations.migrate(embedded.database_url(Settings.from_environment()))
    click.echo("The database is up to date.")


@click.command()
def worker() -> None:
    """Run a worker, which sends texts and reads replies.

    It also applies receipts and runs the nightly tasks. Stop it with SIGTERM. You can run several
    workers.
    """
    from engage.core.process_start import without_garbage_collection

    with without_garbage_collection():
        from engage.worker import run as run_worker

    settings = Settings.from_environment()
    configure_logs(settings)
    with open_database("engage-worker") as database:
        run_worker(settings, database)


@click.command()
def understand() -> None:
    """Interpret replies from standard input.

    Reads lines of `prompt<TAB>text` and prints for each line at once, separated by tabs: intent,
    confidence, act or human, who is speaking, and the most urgent kind of danger (`-` if none).
    Nothing is stored or sent.
    """
    from engage.understanding.lines import read_lines

    for stream in (sys.stdin, sys.stdout):
        stream.reconfigure(encoding="utf-8", errors="replace", newline="\n")  # type: ignore[union-attr]
    for line in read_lines(sys.stdin):
        sys.stdout.write(line + "\n")
        sys.stdout.flush()
