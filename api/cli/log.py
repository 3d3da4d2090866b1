"""`engage log`: verify that the log of events has not been changed."""

import click

from api.cli.environment import in_transaction

BATCH = 500


@click.group()
def log() -> None:
    """The log of events: verify its chains."""


@log.command()
@click.option("--crn", help="Verify this person only, such as X123456.")
@click.pass_context
def verify(ctx: click.Context, crn: str | None) -> None:
    """Verify the chain over each person's events.

    Shows where a chain is broken. The links printed in evidence packs must be in the chains too,
    which reveals a chain that was cut off at its end. Exit code 1 if any chain is broken.
    """
    from engage.documents.evidence_pack import service

    checked, broken, after = 0, 0, None
    while True:
        with in_transaction() as (session, _now):
            people = service.sealed_people(session, crn=crn, after=after, limit=BATCH)
            for person_id, reference in people:
                found = service.verify(session, person_id)
                checked += 1
                if found is not None:
                    broken += 1
                    click.echo(f"{reference}: broken at place {found.place}. {found.why}")
        if len(people) < BATCH:
            break
        after = people[-1][0]
    click.echo(f"Checked {checked} chain{'' if checked == 1 else 's'}; {broken or 'none'} broken.")
    if broken:
        ctx.exit(1)
