"""`engage hub …` and `engage agency …`: set up hubs, their settings and agencies."""

import json
from dataclasses import asdict
from datetime import datetime

import click

from api.cli.environment import in_transaction


@click.group()
def hub() -> None:
    """Hubs: add, list, change settings, close."""


@hub.command(name="add")
@click.argument("name")
@click.option("--area", required=True, help="The hub's IOM area. Created if it is new.")
@click.option("--phone", required=True, help="The number that texts ask people to ring.")
@click.option("--timezone", default="Europe/London", show_default=True)
def add_hub(name: str, area: str, phone: str, timezone: str) -> None:
    """Add a hub called NAME."""
    from engage.agencies import setup

    with in_transaction() as (session, now):
        setup.add_hub(
            session, name=name, area=area, phone=phone, timezone=timezone, actor="system", now=now
        )
    click.echo(f"Added the hub {name}.")


@hub.command(name="list")
def list_hubs() -> None:
    """List every hub with its settings."""
    from sqlalchemy import select

    from engage.agencies.hub_settings import hub_rules
    from engage.agencies.model import Hub

    with in_transaction() as (session, _now):
        for found in session.scalars(select(Hub).order_by(Hub.name)):
            chosen = " ".join(
                f"{name}={json.dumps(value)}" for name, value in asdict(hub_rules(found)).items()
            )
            click.echo(f"{found.name}\t{found.phone}\t{chosen}")


class _SettingCommand(click.Command):
    """A command whose help lists every setting. The list is read only when help is asked for."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """One entry for each row: its label, what it may be, its default and its rule."""
        from engage.agencies.hub_settings import SETTINGS

        with formatter.section("Settings"):
            formatter.write_dl([(name, row.described) for name, row in SETTINGS.items()])


@hub.command(name="set", cls=_SettingCommand)
@click.argument("setting")
@click.argument("value")
@click.option("--hub", "hub_name", help="The hub. Optional if there is only one.")
def choose(setting: str, value: str, hub_name: str | None) -> None:
    """Change SETTING to VALUE, from now on. `engage hub list` shows the values in force."""
    from engage.agencies import setup
    from engage.agencies.hub_settings import parse
    from engage.agencies.lookups import find_hub

    with in_transaction() as (session, now):
        setup.set_hub_setting(
            session,
            find_hub(session, hub_name),
            setting,
            parse(setting, value),
            actor="system",
            now=now,
        )
    click.echo(f"{setting} is {value}.")


@hub.command(name="close")
@click.argument("days", nargs=-1, required=True, type=click.DateTime(formats=["%Y-%m-%d"]))
@click.option("--reopen", is_flag=True, help="Remove the days from the list instead.")
@click.option("--hub", "hub_name", help="The hub. Optional if there is only one.")
def close(days: tuple[datetime, ...], reopen: bool, hub_name: str | None) -> None:
    """Add DAYS (2027-12-27 …) to the hub's closed days. Due times in working days skip them."""
    from engage.agencies import setup
    from engage.agencies.lookups import find_hub

    with in_transaction() as (session, now):
        found = find_hub(session, hub_name)
        dates = [day.date() for day in days]
        closed = setup.close_days(session, found, dates, closed=not reopen, actor="system", now=now)
    click.echo(f"Closed: {', '.join(day.isoformat() for day in sorted(closed)) or 'no days'}.")


@hub.command(name="shut")
@click.argument("day", type=click.DateTime(formats=["%Y-%m-%d"]))
@click.option("--hub", "hub_name", help="The hub. Optional if there is only one.")
def shut(day: datetime, hub_name: str | None) -> None:
    """Close the hub for good at the start of DAY: nothing is booked, no person is adopted and
    enrolments end.
    """
    from engage.agencies import setup
    from engage.agencies.lookups import find_hub

    with in_transaction() as (session, now):
        setup.close_hub(session, find_hub(session, hub_name), day.date(), actor="system", now=now)
    click.echo(f"Closes on {day.date().isoformat()}.")


@hub.command(name="history")
@click.option("--hub", "hub_name", help="The hub. Optional if there is only one.")
def show_history(hub_name: str | None) -> None:
    """List the hub's settings over time, latest first, with the actor who changed them."""
    from engage.agencies import setup
    from engage.agencies.lookups import find_hub

    with in_transaction() as (session, _now):
        for spell in setup.history(session, find_hub(session, hub_name)):
            chosen = " ".join(
                f"{name}={json.dumps(value)}" for name, value in sorted(spell.settings.items())
            )
            click.echo(f"{spell.since.isoformat()}\t{spell.changed_by}\t{chosen}")


@click.group()
def agency() -> None:
    """Agencies that take part in an area."""


@agency.command(name="add")
@click.argument("name")
@click.option("--kind", required=True, help="probation, police, council, housing, health, charity…")
@click.option(
    "--hub", "hub_name", help="A hub in the agency's area. Optional if there is only one."
)
def add_agency(name: str, kind: str, hub_name: str | None) -> None:
    """Add an agency called NAME."""
    from engage.agencies import setup
    from engage.agencies.lookups import find_hub
    from engage.agencies.model import AgencyKind
    from engage.core.errors import Invalid

    try:
        known = AgencyKind(kind)
    except ValueError:
        raise Invalid(fields={"kind": f"Choose from {', '.join(AgencyKind)}."}) from None
    with in_transaction() as (session, now):
        setup.add_agency(
            session, find_hub(session, hub_name), name=name, kind=known, actor="system", now=now
        )
    click.echo(f"Added the agency {name}.")
