"""The page of a hub's help lines: managers read it, the hub's administrator changes it."""

from collections.abc import Callable

import pytest

from engage.agencies import help_lines
from engage.agencies.help_line_kinds import HelpLine
from engage.agencies.model import Staff
from engage.core.db import Database
from tests.api.pages.conftest import House
from tests.api.pages.visitor import Visitor

SitDown = Callable[[Staff], Visitor]
DAY = {"checked_on_day": "1", "checked_on_month": "3", "checked_on_year": "2027"}


def test_a_hub_starts_with_none(house: House, sit_down: SitDown) -> None:
    """Every line is listed, without a number."""
    page = sit_down(house.administrator).open(f"/hubs/{house.hub.id}/help-lines")
    for line in HelpLine:
        assert f"{line.label} Number: None Checked on: Not recorded" in page.words
    settings = sit_down(house.coordinator).open(f"/hubs/{house.hub.id}")
    assert "Help lines" in settings.words


def test_an_administrator_records_checks_and_removes(
    committed: Database, house: House, sit_down: SitDown
) -> None:
    """Until it is checked the page says that no text names it."""
    alex = sit_down(house.administrator)
    form = alex.open(f"/hubs/{house.hub.id}/help-lines").form(field="number")
    page = alex.send(form, line="housing", number="01632 960123")
    assert "Number: 01632960123 Checked on: Not checked: no text names it" in page.words
    page = alex.send(form, line="housing", number="01632 960123", **DAY)
    assert "Number: 01632960123 Checked on: 1 March 2027" in page.words
    with committed.begin() as session:
        number = help_lines.checked_number(session, house.hub.id, HelpLine.HOUSING)
    assert number == "01632960123"
    page = alex.send(page.form(action="/remove"))
    assert "01632960123" not in page.words and "The number is removed." in page.words


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"number": ""}, "Enter the number"),
        ({"number": "ring us"}, "Enter a phone number of at most 12 digits"),
        ({"number": "01632960123", **DAY, "checked_on_year": "2028"}, "must be today or earlier"),
        ({"number": "01632960123", **DAY, "checked_on_day": "41"}, "There is a problem"),
        ({"number": "01632960123", "line": "nothing"}, "There is a problem"),
    ],
)
def test_a_refusal_stands_beside_the_field(
    house: House, sit_down: SitDown, given: dict[str, str], words: str
) -> None:
    """Nothing is recorded."""
    alex = sit_down(house.administrator)
    form = alex.open(f"/hubs/{house.hub.id}/help-lines").form(field="number")
    page = alex.send(form, **{"line": "housing", **given})
    assert page.status == 422 and words in page.words and "Checked on: Not recorded" in page.words


def test_who_reads_and_who_changes(house: House, sit_down: SitDown) -> None:
    """A coordinator reads. An offender manager and an auditor do not."""
    address = f"/hubs/{house.hub.id}/help-lines"
    for who, status in (
        (house.coordinator, 200),
        (house.administrator, 200),
        (house.pat, 403),
        (house.auditor, 403),
    ):
        assert sit_down(who).open(address).status == status
    chidi = sit_down(house.coordinator)
    assert "Record a number" not in chidi.open(address).words
    given = {"csrf_token": chidi.token(), "line": "housing", "number": "01632960123"}
    assert chidi.post(address, given).status == 403
    assert chidi.post(f"{address}/housing/remove", given).status == 403
