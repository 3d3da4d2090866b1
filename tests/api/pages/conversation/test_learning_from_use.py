"""The page "Learning from use", its file, and the notice on Today, for each role."""

import csv
import io
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from structlog.testing import capture_logs

from engage.agencies.model import Role, Staff
from engage.agencies.service import set_password
from engage.conversation.learning import rises
from engage.core.db import Database
from engage.people.model import Person
from tests import builders
from tests.api.pages.conftest import House
from tests.api.pages.visitor import PASSWORD, Visitor
from tests.engage.conversation.learning.read_texts import read, rise

SitDown = Callable[[Staff], Visitor]


@pytest.fixture
def katrina(committed: Database, house: House) -> Person:
    """One person of Pat's."""
    with committed.begin() as session:
        return builders.person(session, house.pat)


def address(house: House, query: str = "") -> str:
    """The page of the house's hub."""
    return f"/hubs/{house.hub.id}/learning-from-use{query}"


def test_a_hub_without_texts(house: House, sit_down: SitDown) -> None:
    """The page says so and still explains what is counted. Today says nothing."""
    chidi = sit_down(house.coordinator)
    page = chidi.open(address(house))
    assert page.status == 200 and "Engage read no texts." in page.words
    assert "There are not enough texts yet to compare February 2027" in page.words
    assert "Nobody checks every text" in page.words and "Download" in page.words
    assert "Corrected, by what Engage read" not in page.words
    assert "Learning from use" not in chidi.open("/today").words


def test_a_hub_without_corrections(
    committed: Database, house: House, katrina: Person, sit_down: SitDown, now: datetime
) -> None:
    """The proportion is 0% and has an interval."""
    with committed.begin() as session:
        read(session, katrina, now - timedelta(days=30), many=40)
        read(session, katrina, now - timedelta(days=30), "other", acted=False)
    words = sit_down(house.coordinator).open(address(house)).words
    assert "Engage acted on 40 texts. Workers corrected 0 of them: 0.0% (0.0% to 8.8%)." in words
    assert "It left 1 text to a worker. None of them was given a meaning." in words
    assert "Workers gave no text another meaning." in words


def test_the_figures_of_a_month(
    committed: Database, house: House, katrina: Person, sit_down: SitDown, now: datetime
) -> None:
    """Sentences and tables say the same: by meaning, by what workers gave, and by month."""
    with committed.begin() as session:
        rise(session, katrina, now)
        read(session, katrina, now - timedelta(days=30), "other", "call_me", acted=False)
        read(session, katrina, now, "thanks", "crisis", basis="model")
    chidi = sit_down(house.coordinator)
    page = chidi.open(address(house))
    for words in (
        "Engage acted on 60 texts. Workers corrected 12 of them: 20.0% (11.8% to 31.8%).",
        "Read by rules: 12 of 60: 20.0% (11.8% to 31.8%). Read by the classifier: No texts.",
        "It left 1 text to a worker. Workers then gave 1 of them a meaning.",
        "will come Acted on: 60 Corrected: 12 Per cent (95% interval): 20.0% (11.8% to 31.8%)",
        "cannot come In place of what Engage acted on: 12 To texts left to a worker: 0",
        "asks for a call In place of what Engage acted on: 0 To texts left to a worker: 1"
        " Engage had guessed the same: 0 of 1",
        "March 2027 so far Acted on: 1 Corrected: 1",
        "March 2026 Acted on: 0 Corrected: 0 Per cent (95% interval): No texts",
    ):
        assert words in page.words, words
    assert page.html.count("<caption") == page.html.count("<table") == 3
    assert page.html.count('scope="col"') == 16 and "style=" not in page.html
    form = page.form(field="month")
    assert form.fields["month"] == "2027-02"
    now_page = chidi.open(address(house, "?month=2027-03"))
    assert "Engage acted on 1 text." in now_page.words
    assert "may be in danger In place of what Engage acted on: 1" in now_page.words


def test_a_rise_is_shown_without_looking_for_it(
    committed: Database, house: House, katrina: Person, sit_down: SitDown, now: datetime
) -> None:
    """A warning on the page, and one line on Today for the staff who run the hub, and for nobody
    else.
    """
    with committed.begin() as session:
        rise(session, katrina, now)
        rises.record_new(session, now=now)
    line = "In February 2027 workers corrected more texts in Tyneside than in the six months before"
    for who in (house.coordinator, house.administrator):
        visitor = sit_down(who)
        page = visitor.open("/today")
        assert line in page.words and f'href="{address(house)}"' in page.html
        words = visitor.open(address(house)).words
        assert (
            "Workers corrected more texts in February 2027 than from August 2026 to January 2027."
            in words
        )
        assert (
            "All texts: 20.0% (12 of 60, interval 11.8% to 31.8%), before 2.0%"
            " (6 of 300, interval 0.9% to 4.3%)." in words
        )
        assert "Texts read as “will come”: 20.0% (12 of 60" in words
    for who in (house.pat, house.auditor, house.partner):
        assert line not in sit_down(who).open("/today").words


def test_who_opens_the_page_and_the_file(
    committed: Database, house: House, sit_down: SitDown, now: datetime
) -> None:
    """Staff who run the hub. Others are refused, and staff of another hub find nothing; the log
    shows it.
    """
    with committed.begin() as session:
        other = builders.hub(session, "Teesside")
        supervisor = builders.staff(session, house.hub, Role.SUPERVISOR, name="Sal Reed")
        stranger = builders.staff(session, other, Role.COORDINATOR, name="Bo Hind")
        for one in (supervisor, stranger):
            set_password(session, one, PASSWORD, actor="system", now=now)
    file = address(house).replace("-use", "-use.csv")
    for who, status in (
        (house.coordinator, 200),
        (house.administrator, 200),
        (supervisor, 200),
        (house.pat, 403),
        (house.auditor, 403),
        (house.partner, 403),
        (stranger, 404),
    ):
        visitor = sit_down(who)
        for where in (address(house), file):
            with capture_logs() as logs:
                assert visitor.open(where).status == status, (who.name, where)
            assert [one["status"] for one in logs if one["event"] == "request.finished"] == [status]


@pytest.mark.parametrize("month", ["2026-02", "2027-04", "2027-13", "x", "2027-02-01", "0001-01"])
def test_other_months_are_not_found(house: House, sit_down: SitDown, month: str) -> None:
    """These are only ever forged addresses."""
    assert sit_down(house.coordinator).open(address(house, f"?month={month}")).status == 404


def test_the_file_has_every_month(
    committed: Database, house: House, katrina: Person, sit_down: SitDown, now: datetime
) -> None:
    """One row for each month, meaning and basis."""
    with committed.begin() as session:
        rise(session, katrina, now)
        read(session, katrina, now, "lapse", "other", basis="model", acted=False)
    visitor = sit_down(house.coordinator)
    answer = visitor.client.get(address(house).replace("-use", "-use.csv"))
    assert answer.content_type.startswith("text/csv")
    assert answer.headers["Content-Disposition"].endswith(
        '"learning-from-use-2026-03-to-2027-03.csv"'
    )
    rows = list(csv.DictReader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff"))))
    assert [(row["Month"], row["Read as"], row["Read by"], row["Acted on"]) for row in rows] == [
        ("2026-12", "will come", "Rules", "300"),
        ("2027-02", "will come", "Rules", "60"),
        ("2027-03", "reports a lapse", "Classifier", "0"),
    ]
    assert [rows[1][name] for name in ("Corrected", "Percent", "Lowest", "Highest")] == [
        *("12", "20.0", "11.8", "31.8")
    ]
    assert (rows[2]["Percent"], rows[2]["Left to a worker"]) == ("", "1")
    assert (rows[2]["Then given a meaning"], rows[2]["The meaning Engage had guessed"]) == (
        "1",
        "0",
    )
    alex = sit_down(house.administrator).client.get(address(house).replace("-use", "-use.csv"))
    assert "lapse" not in alex.get_data(as_text=True)
    assert "about health,Classifier,0" in alex.get_data(as_text=True)


def test_the_pages_that_lead_there(house: House, sit_down: SitDown) -> None:
    """The hub's page, and the administrator's list of corrections."""
    assert f'href="{address(house)}"' in sit_down(house.coordinator).open("/hubs").html
    alex = sit_down(house.administrator)
    assert "Learning from use" in alex.open("/corrections").words
