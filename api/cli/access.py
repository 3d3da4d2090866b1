"""`engage staff …` and `engage key …`: staff accounts and API keys.

A password must never be taken from the command line, where other users of the machine could read
it. The secret of a key is shown once.
"""

import sys
from datetime import timedelta
from typing import TYPE_CHECKING

import click

from api.cli.environment import in_transaction

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from engage.agencies.model import Role, Staff


@click.group()
def staff() -> None:
    """Members of staff: add, set a password, list."""


@staff.command(name="add")
@click.argument("email")
@click.option("--name", required=True, help="Full name, as colleagues know it.")
@click.option("--hub", "hub_name", help="The hub. Optional if there is only one.")
@click.option(
    "--agency",
    "agency_name",
    default="Probation",
    show_default=True,
    help="Their agency in the hub's area.",
)
@click.option(
    "--role",
    "roles",
    multiple=True,
    required=True,
    help="offender_manager, support_worker, coordinator, supervisor, administrator or auditor. "
    "May be repeated.",
)
@click.option("--mobile", help="The mobile for notices that an item needs them.")
def add_staff(
    email: str,
    name: str,
    hub_name: str | None,
    agency_name: str,
    roles: tuple[str, ...],
    mobile: str | None,
) -> None:
    """Add a member of staff with the address EMAIL. Then set a password with `engage staff
    set-password`.
    """
    from engage.agencies import service, staff_notices
    from engage.agencies.lookups import find_agency, find_hub

    with in_transaction() as (session, now):
        hub = find_hub(session, hub_name)
        added = service.add_staff(
            session,
            email=email,
            name=name,
            agency=find_agency(session, hub, agency_name),
            hub=hub,
            roles=[_role(role) for role in roles],
            actor="system",
            now=now,
        )
        staff_notices.set_mobile(session, added, mobile, wants=True, actor="system", now=now)
    click.echo(f"Added {email}.")


@staff.command(name="set-password")
@click.argument("email")
@click.option(
    "--password-stdin", is_flag=True, help="Read the password from standard input, for scripts."
)
def set_password(email: str, password_stdin: bool) -> None:
    """Set a new password for EMAIL and end all their sessions."""
    from engage.agencies import service

    password = (
        sys.stdin.readline().rstrip("\n")
        if password_stdin
        else click.prompt("Password", hide_input=True, confirmation_prompt=True)
    )
    with in_transaction() as (session, now):
        service.set_password(session, _member(session, email), password, actor="system", now=now)
    click.echo("The password is set.")


@staff.command(name="set-mobile")
@click.argument("email")
@click.argument("number", required=False)
@click.option("--no-notices", is_flag=True, help="Keep the number but send no notices to it.")
def set_mobile(email: str, number: str | None, no_notices: bool) -> None:
    """Send notices for EMAIL to NUMBER, or none without NUMBER."""
    from engage.agencies import staff_notices

    with in_transaction() as (session, now):
        staff_notices.set_mobile(
            session, _member(session, email), number, wants=not no_notices, actor="system", now=now
        )
    click.echo("The mobile is recorded." if number else "The mobile is removed.")


@staff.command(name="list")
def list_staff() -> None:
    """List active members of staff with their roles."""
    from sqlalchemy import select

    from engage.agencies.model import Staff

    with in_transaction() as (session, _now):
        for member in session.scalars(select(Staff).where(Staff.active).order_by(Staff.email)):
            roles = ", ".join(
                sorted(f"{one.role.value} in {one.hub.name}" for one in member.memberships)
            )
            click.echo(f"{member.email}\t{member.name}\t{member.agency.name}\t{roles}")


@click.group()
def key() -> None:
    """API keys of other systems: issue, revoke, list."""


@key.command(name="issue")
@click.option(
    "--hub",
    "hub_name",
    help="The hub whose people the key may see. Optional if there is only one.",
)
@click.option("--name", required=True, help="What the key is for, such as the system's name.")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    required=True,
    help="What it may do, such as people:read. May be repeated.",
)
@click.option(
    "--days",
    type=click.IntRange(1, 730),
    default=365,
    show_default=True,
    help="Days until it expires.",
)
def issue_key(hub_name: str | None, name: str, scopes: tuple[str, ...], days: int) -> None:
    """Issue a key and print it. It is shown once: only a hash is stored."""
    from engage.access.policy import SCOPES
    from engage.agencies import service
    from engage.agencies.lookups import find_hub

    with in_transaction() as (session, now):
        _key, secret = service.issue_key(
            session,
            hub_id=find_hub(session, hub_name).id,
            name=name,
            scopes=scopes,
            allowed_scopes=SCOPES,
            expires_at=now + timedelta(days=days),
            actor="system",
            now=now,
        )
    click.echo(secret)


@key.command(name="revoke")
@click.argument("prefix")
def revoke_key(prefix: str) -> None:
    """Revoke the key with PREFIX (see `engage key list`) at once."""
    from engage.agencies import service

    with in_transaction() as (session, now):
        service.revoke_key(session, prefix, actor="system", now=now)
    click.echo("The key is revoked.")


@key.command(name="list")
def list_keys() -> None:
    """List every key by prefix, with scopes and state. Never prints a secret."""
    from sqlalchemy import select

    from engage.agencies.model import ApiKey

    with in_transaction() as (session, now):
        for one in session.scalars(select(ApiKey).order_by(ApiKey.created_at)):
            state = "revoked" if one.revoked_at else "expired" if one.expires_at <= now else "live"
            used = one.last_used_at.date().isoformat() if one.last_used_at else "never used"
            columns = (
                one.prefix,
                one.name,
                one.hub.name,
                " ".join(one.scopes),
                f"{state} until {one.expires_at.date()}",
                used,
            )
            click.echo("\t".join(columns))


def _member(session: "Session", email: str) -> "Staff":
    from engage.agencies.service import find_staff
    from engage.core.errors import NotFound

    found = find_staff(session, email)
    if found is None:
        raise NotFound("There is no active member of staff with this address.")
    return found


def _role(name: str) -> "Role":
    from engage.agencies.model import Role
    from engage.core.errors import Invalid

    try:
        return Role(name)
    except ValueError:
        raise Invalid(
            fields={"role": f"Choose from {', '.join(role.value for role in Role)}."}
        ) from None
