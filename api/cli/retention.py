"""`engage retention`: what is due to be erased, and erasing it. It says what it will do before it
does it.
"""

import click

from engage.core.settings import Settings


@click.command()
@click.option("--dry-run", is_flag=True, help="Say what is due to be erased; change nothing.")
def retention(dry_run: bool) -> None:
    """Erase what was kept for its time: words of texts after twelve months, people and the access
    log after six years, or what the hub chose.

    What is due is listed first. People who are held for a case are left out. A worker does the same
    every night.
    """
    from api.database import open_database
    from engage.core.clock import Clock
    from engage.records import erasure
    from engage.records import retention as rule

    settings = Settings.from_environment()
    now = Clock.from_settings(settings).now()
    database = open_database(settings, pool_size=1)
    try:
        with database.begin() as session:
            shares = rule.due(session, now=now)
            leaving = erasure.due(session, now=now)
        for share in shares:
            click.echo(
                f"{share.hub}: {share.many} {share.what} from before {share.before.date()}, the oldest of {share.oldest.date()}"
            )
        for one in leaving:
            click.echo(
                f"{one.hub}: {one.many} people who left before {one.before}, the first of them on {one.oldest}"
            )
        if dry_run or not (shares or leaving):
            click.echo(
                "Nothing was changed." if shares or leaving else "Nothing is due to be erased."
            )
            return
        erased = 0
        while done := erasure.forget(database.begin, now=now):
            erased += done
        while done := rule.erase(database.begin, now=now):
            erased += done
    finally:
        database.dispose()
    click.echo(f"Erased {erased}.")
