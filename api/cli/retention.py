"""`engage retention`: list the data that is due to be erased, then erase it."""

import click

from engage.core.settings import Settings


@click.command()
@click.option("--dry-run", is_flag=True, help="List what is due to be erased. Change nothing.")
def retention(dry_run: bool) -> None:
    """Erase data whose retention period has ended.

    Words of texts are erased after twelve months, people and the access log after six years, unless
    the hub chose other periods. People on legal hold are left out. Lists what is due before it
    erases. A worker does the same every night.
    """
    from api.database import open_database
    from engage.core.clock import Clock
    from engage.records import erasure
    from engage.records import retention as records_retention

    settings = Settings.from_environment()
    now = Clock.from_settings(settings).now()
    database = open_database(settings, pool_size=1)
    try:
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
        if dry_run or not (due_records or due_people):
            click.echo(
                "Nothing was changed."
                if due_records or due_people
                else "Nothing is due to be erased."
            )
            return
        erased = 0
        while done := erasure.forget(database.begin, now=now):
            erased += done
        while done := records_retention.erase(database.begin, now=now):
            erased += done
    finally:
        database.dispose()
    click.echo(f"Erased {erased}.")
