"""`engage run`, `engage simulator`, `engage seed` and `engage demo`: for trying Engage out.

All of them refuse to run in production.
"""

import sys

import click

from api.cli.environment import configure_logs, open_database, settings_outside_production


@click.command()
def run() -> None:
    """Run everything on this machine, to try it out.

    Starts the database, the web service, a worker and the simulated phone network, and adds
    demonstration data to an empty database. Refused in production.
    """
    from api.cli.run import run as run_everything

    sys.exit(run_everything())


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    help="Port to listen on.  [default: ENGAGE_SIMULATOR_PORT]",
)
def simulator(host: str, port: int | None) -> None:
    """Run a simulated phone network, with phones in the browser.

    It stands in for the text providers. Refused in production.
    """
    from engage.core.clock import Clock
    from messaging.gateways.simulator.accounts import simulated_accounts
    from messaging.gateways.simulator.server import serve

    settings = settings_outside_production("The simulator")
    configure_logs(settings)
    simulated = simulated_accounts(
        settings.providers, settings.public_url, now=Clock.from_settings(settings).now
    )
    serve(simulated, host, port or settings.simulator_port)


@click.command()
@click.option(
    "--people-only",
    is_flag=True,
    help="Leave out the rota, free times, check-ins, self-reports and the full case.",
)
def seed(people_only: bool) -> None:
    """Add a small demonstration hub to an empty database.

    It has invented people, staff and appointments. Refused in production.
    """
    from engage.core.clock import Clock
    from engage.demo.seed import seed as add_hub

    settings = settings_outside_production("Demonstration data")
    with open_database() as database, database.begin() as session:
        added = add_hub(session, now=Clock.from_settings(settings).now(), arranged=not people_only)
    click.echo(
        "Demonstration data added."
        if added
        else "The database already has data. Nothing was added."
    )


@click.command()
@click.option(
    "--people",
    type=click.IntRange(1, 500),
    default=500,
    show_default=True,
    help="Number of people.",
)
def demo(people: int) -> None:
    """Add a hub of 500 invented people with a year of history.

    Every page has something to show. Takes up to a minute. Refused in production.
    """
    from engage.core.clock import Clock
    from engage.demo.seed import PASSWORD
    from engage.demo.service import fill

    settings = settings_outside_production("Demonstration data")
    with open_database() as database, database.begin() as session:
        added = fill(session, now=Clock.from_settings(settings).now(), count=people)
    if added is None:
        click.echo("The demonstration hub already exists. Nothing was added.")
        return
    click.echo(
        f"Added {added.people} people to the hub {added.hub}:"
        f" {added.rows:,} rows, {added.signals} signals."
    )
    click.echo(
        "Sign in as ann.bates@wearside.example or coordinator@wearside.example,"
        f" password {PASSWORD}."
    )
