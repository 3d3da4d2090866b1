"""The hub settings page: managers read it, the hub's administrator changes it, history is shown."""

from collections.abc import Callable

import pytest

from engage.agencies.hub_settings import SETTINGS, hub_rules
from engage.agencies.model import Hub, Staff
from engage.core.db import Database
from tests import builders
from tests.api.conftest import StoppedClock
from tests.api.pages.conftest import House
from tests.api.pages.visitor import Visitor

SILENT_DAYS = "Days without contact that raise a signal"
SitDown = Callable[[Staff], Visitor]


def test_the_page_lists_every_setting(house: House, sit_down: SitDown) -> None:
    """Each setting has a line with its label, its value and its bounds."""
    words = sit_down(house.administrator).open(f"/hubs/{house.hub.id}").words
    for row in SETTINGS.values():
        line = f"{row.label} Value: {row.in_words(row.default)} Allowed: {row.allowed}"
        assert line in words


def test_an_administrator_changes_a_setting_and_readers_see_the_history(
    committed: Database, house: House, sit_down: SitDown
) -> None:
    """The history shows who changed what and when."""
    alex = sit_down(house.administrator)
    form = alex.open("/hubs").form(field="setting")
    page = alex.send(form, setting="silent_days", value="21")
    assert (
        "Days without contact that raise a signal Value: 21 days usually 14 days Allowed: 3 to 90"
        in page.words
    )
    changed = (
        "20 March 2027, 9am, Alex Reid: "
        "Days without contact that raise a signal: 14 days to 21 days"
    )
    assert changed in page.words
    assert changed in sit_down(house.coordinator).open(f"/hubs/{house.hub.id}").words
    alex.send(form, setting="green_strict", value="Yes")
    with committed.begin() as session:
        rules = hub_rules(session.get_one(Hub, house.hub.id))
    assert rules.silent_days == 21 and rules.green_strict


@pytest.mark.parametrize(
    ("setting", "value", "words"),
    [
        ("silent_days", "", "Enter the new value"),
        ("silent_days", "many", f"{SILENT_DAYS} must be a whole number"),
        ("silent_days", "-1", f"{SILENT_DAYS} must be a whole number"),
        ("silent_days", "91", f"{SILENT_DAYS} must be between 3 and 90"),
        ("green_strict", "perhaps", "must be yes or no"),
        ("provider", "pigeon", f"Text provider must be {SETTINGS['provider'].allowed}"),
        ("text_until_hour", "9", "The first hour must be before the last."),
        ("nothing", "1", "There is a problem"),
    ],
)
def test_a_refusal_stands_beside_the_field(
    house: House, sit_down: SitDown, setting: str, value: str, words: str
) -> None:
    """Nothing is changed."""
    alex = sit_down(house.administrator)
    page = alex.send(alex.open("/hubs").form(field="setting"), setting=setting, value=value)
    assert page.status == 422 and words in page.words and "No changes yet." in page.words


def test_a_hub_is_closed_by_name_and_the_closure_cancelled(
    house: House, sit_down: SitDown, clock: StoppedClock
) -> None:
    """Typing the name guards against mistakes. The closure can be cancelled until its day."""
    alex = sit_down(house.administrator)
    form = alex.open("/hubs").form(field="name")
    day = {"closes_on_day": "1", "closes_on_month": "4", "closes_on_year": "2027"}
    assert "not the name of the hub" in alex.send(form, name="Gwent", **day).words
    assert (
        "today or a later day"
        in alex.send(form, name="Tyneside", **{**day, "closes_on_year": "2026"}).words
    )
    page = alex.send(form, name="Tyneside", **day)
    assert "This hub closes at the start of 1 April 2027" in page.words
    page = alex.send(page.form(action="/keep-open"))
    assert (
        "The hub stays open." in page.words and "This hub closes at the start of" not in page.words
    )


def test_who_reads_and_who_changes(committed: Database, house: House, sit_down: SitDown) -> None:
    """A coordinator reads.

    An offender manager, an auditor and another hub's administrator may not.
    """
    with committed.begin() as session:
        elsewhere = builders.hub(session, "Gwent")
    mine, theirs = f"/hubs/{house.hub.id}", f"/hubs/{elsewhere.id}"
    for who, status in (
        (house.coordinator, 200),
        (house.administrator, 200),
        (house.pat, 403),
        (house.auditor, 403),
    ):
        assert sit_down(who).open(mine).status == status
    chidi, alex = sit_down(house.coordinator), sit_down(house.administrator)
    assert "Change a setting" not in chidi.open(mine).words
    given = {"csrf_token": chidi.token(), "setting": "silent_days", "value": "21"}
    assert chidi.post(mine, given).status == 403
    given["csrf_token"] = alex.token()
    assert alex.open(theirs).status == alex.post(theirs, given).status == 404
