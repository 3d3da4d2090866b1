"""`engage retention`: list the data that is due to be erased, then erase it."""

import click

from api.cli.environment import open_database
from engage.core.settings import Settings


@click.command()
@click.option("--dry-run", is_flag=True, help="List what is due to be erased. Change nothing.")
def retention(dry_run: bool) -> None:
    """Erase data whose retention period has ended.

    Words of texts are erased after twelve months, people and the access log after six years, unless
    the hub chose other periods. People on legal hold are left out. Lists what is due before it
    erases. A worker does the same every night.
    """
    from engage.core.clock import Clock
    from engage.records import erasure
    from engage.records import retention as records_retention

    now = Clock.from_settings(Settings.from_environment()).now()
    with open_database(pool_size=1) as database:
        with database.begin() as session:
            due_records = records_retention.due(session, now=now)
            due_people = erasure.due(session, now=now)
        for records in due_records:
            click.echo(
                f"{records.hub}: {records.many} {records.what} from before"
                f" {records.before.date()}, the oldest from {records.oldest.date()}"
            )
        for people in due_people:
            click.echo(
                f"{people.hub}: {people.many} people who left before {people.before},"
                f" the earliest on {people.oldest}"
            )
        if not (due_records or due_people):
            click.echo("Nothing is due to be erased.")
            return
        if dry_run:
            click.echo("Nothing was changed.")
            return
        erased = 0
        while done := erasure.forget(database.begin, now=now):
            erased += done
        while done := records_retention.erase(database.begin, now=now):
            erased += done
    click.echo(f"Erased {erased}.")
