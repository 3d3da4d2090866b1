"""`engage log`: whether the log of events is as it was written."""

import click

from api.cli.access import in_transaction

AT_ONCE = 500


@click.group()
def log() -> None:
    """The log of events and the chain over it."""


@log.command()
@click.option("--crn", help="Only this person, such as X123456.")
@click.pass_context
def verify(ctx: click.Context, crn: str | None) -> None:
    """Work out anew the chain over each person's events, and say where it breaks. Exit code 1 where
    one does.

    The links that stand on evidence packs are looked for in the chains too, so that an end which
    was cut off shows.
    """
    from engage.documents.evidence_pack import service

    checked, broken, after = 0, 0, None
    while True:
        with in_transaction() as (session, _now):
            people = service.sealed_people(session, crn=crn, after=after, limit=AT_ONCE)
            for person_id, reference in people:
                found = service.verify(session, person_id)
                checked += 1
                if found is not None:
                    broken += 1
                    click.echo(f"{reference}: broken at place {found.place}. {found.why}")
        if len(people) < AT_ONCE:
            break
        after = people[-1][0]
    click.echo(f"Checked {checked} chain{'' if checked == 1 else 's'}; {broken or 'none'} broken.")
    if broken:
        ctx.exit(1)
