"""`engage hub`, `engage agency` and `engage staff` set up a new service."""

from collections.abc import Callable

import pytest
from click.testing import CliRunner, Result

from api.cli.main import main
from engage.agencies.hub_settings import SETTINGS
from engage.core.db import Database


@pytest.fixture
def engage(committed: Database) -> Callable[..., Result]:
    """Run `engage` against the test's own database."""
    url = committed.url.render_as_string(hide_password=False)

    def run(*arguments: str, typed: str | None = None) -> Result:
        return CliRunner().invoke(main, arguments, env={"DATABASE_URL": url}, input=typed)

    return run


def test_a_service_is_set_up_from_nothing(engage: Callable[..., Result]) -> None:
    """Area, hub, agency and the first administrator, by one command each. The list shows the
    settings.
    """
    added = engage("hub", "add", "Tyneside", "--area", "Northumbria", "--phone", "0191 498 0100")
    assert added.exit_code == 0
    assert engage("agency", "add", "Probation", "--kind", "probation").exit_code == 0
    added = engage(
        "staff", "add", "pat@probation.example", "--name", "Pat Hale", "--role", "administrator"
    )
    assert added.exit_code == 0, added.output
    assert engage("hub", "set", "safe_days", "60").exit_code == 0
    assert engage("hub", "set", "check_imported_numbers", "false").exit_code == 0
    listed = engage("hub", "list").output
    assert "Tyneside\t01914980100\t" in listed
    assert "safe_days=60" in listed and "check_imported_numbers=false" in listed


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("hub", "add", "Tyneside", "--area", "Northumbria", "--phone", "0191"), "already"),
        (("hub", "add", "Wearside", "--area", "Northumbria", "--phone", "ring us"), "phone"),
        (("hub", "add", "Wearside", "--area", "Northumbria", "--phone", "0191498010000"), "phone"),
        (("hub", "add", "Wearside", "--area", " ", "--phone", "0191"), "area"),
        (
            (
                "hub",
                "add",
                "Wearside",
                "--area",
                "X",
                "--phone",
                "0191",
                "--timezone",
                "Europe/Newcastle",
            ),
            "time zone",
        ),
        (("hub", "set", "safe_days", "0"), "must be between 1 and 365"),
        (("hub", "set", "safe_days", "true"), "must be a whole number"),
        (("hub", "set", "colour", "1"), "no such setting"),
        (("agency", "add", "Probation", "--kind", "bakery"), "Choose from"),
    ],
)
def test_a_wrong_value_is_refused_with_a_reason(
    engage: Callable[..., Result], arguments: tuple[str, ...], said: str
) -> None:
    """Exit code 2 and one line of explanation. Nothing is changed."""
    assert (
        engage("hub", "add", "Tyneside", "--area", "Northumbria", "--phone", "0191").exit_code == 0
    )
    before = engage("hub", "list").output
    refused = engage(*arguments)
    assert refused.exit_code == 2 and said in refused.output
    assert engage("hub", "list").output == before


def test_the_help_describes_every_setting(engage: Callable[..., Result]) -> None:
    """Label, bounds, default and rule come from the table of settings."""
    shown = " ".join(engage("hub", "set", "--help").output.split())
    for name, row in SETTINGS.items():
        assert f"{name} {row.described}" in shown
    assert "evidence_days Days to explain an absence: 1 to 28; default 7 days (rule 5)" in shown


def test_an_agency_is_added_once(engage: Callable[..., Result]) -> None:
    """The same name again in one area is refused."""
    engage("hub", "add", "Tyneside", "--area", "Northumbria", "--phone", "0191")
    assert engage("agency", "add", "Probation", "--kind", "probation").exit_code == 0
    again = engage("agency", "add", " Probation ", "--kind", "charity")
    assert again.exit_code == 2 and "already" in again.output
