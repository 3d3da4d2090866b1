"""The cohort page and its file: charts, each with a table, for staff who may read cases."""

import csv
import io
from collections.abc import Callable
from datetime import timedelta

import pytest

from engage.agencies.model import Staff
from engage.appointments.model import OutcomeCode
from engage.core.db import Database
from tests import builders
from tests.api.pages.conftest import House
from tests.api.pages.visitor import Visitor
from tests.engage.cohort.nightly.nights import action
from tests.engage.queries.cohort.test_statistics import came, member

SitDown = Callable[[Staff], Visitor]


@pytest.fixture
def cohort(committed: Database, house: House) -> None:
    """Two people on it with two officers; one attended, the other did not."""
    with committed.begin() as session:
        one, two = member(session, house.pat), member(session, house.other)
        came(session, one, 3, OutcomeCode.ATTENDED_COMPLIED)
        came(session, two, 4, OutcomeCode.UNACCEPTABLE_ABSENCE)
        action(session, one, builders.NOW.date() - timedelta(days=1))


@pytest.mark.usefixtures("cohort")
def test_every_chart_has_its_table(house: House, sit_down: SitDown) -> None:
    """A chart and its table have the same words and numbers.

    Each rate has a denominator and an interval. Breach is separate from reoffending.
    """
    page = sit_down(house.coordinator).open("/cohort")
    assert page.status == 200
    assert (
        page.html.count("<svg class=") == page.html.count('class="govuk-table engage-stack') == 19
    )
    for words in (
        "2 people are on the cohort",
        "Came Count: 1 of 2 Per cent: 50 (9 to 91)",
        "Probation Count: 1 of 1 Per cent: 100 (21 to 100)",
        "Not reviewed yet Count: 2 of 2",
        "Reoffending",
        "Nothing to count",
    ):
        assert words in page.words
    assert "style=" not in page.html


@pytest.mark.usefixtures("cohort")
def test_an_officer_sees_their_own_caseload_for_a_chosen_period(
    house: House, sit_down: SitDown
) -> None:
    """They are offered no other hub."""
    visitor = sit_down(house.pat)
    page = visitor.open("/cohort?days=365&hub=")
    assert (
        "1 person is on the cohort" in page.words and "20 March 2026 to 20 March 2027" in page.words
    )
    assert 'id="hub"' not in page.html


@pytest.mark.parametrize(
    "query",
    ["days=30", "days=x", "hub=nonsense", f"hub={'0' * 8}-{'-'.join(['0' * 4] * 3)}-{'0' * 12}"],
)
def test_an_invalid_period_or_hub_is_not_found(house: House, sit_down: SitDown, query: str) -> None:
    """These are only ever forged addresses."""
    assert sit_down(house.coordinator).open(f"/cohort?{query}").status == 404


@pytest.mark.usefixtures("cohort")
def test_the_file_has_the_same_numbers(house: House, sit_down: SitDown) -> None:
    """One row for each line; a rate has its interval where the table has one."""
    answer = sit_down(house.coordinator).client.get("/cohort.csv?days=28")
    assert answer.headers["Content-Disposition"].endswith('"cohort-2027-02-20-to-2027-03-20.csv"')
    rows = list(csv.reader(io.StringIO(answer.get_data(as_text=True).lstrip("\ufeff"))))
    assert rows[0] == ["Table", "Line", "Count", "Of", "Percent", "Lowest", "Highest"]
    assert ["Attendance", "Came", "1", "2", "50.0", "9.5", "90.5"] in rows
    assert ["Hub", "Tyneside", "2", "2"] in rows
    assert ["First contact after release", "Not yet", "0", "0"] in rows


def test_an_agency_named_like_a_formula_is_harmless_in_the_file(
    committed: Database, house: House, sit_down: SitDown
) -> None:
    """A spreadsheet must not run it."""
    with committed.begin() as session:
        came(
            session,
            member(session, house.pat),
            1,
            OutcomeCode.ATTENDED_COMPLIED,
            agency_name="=1+1",
        )
    assert "'=1+1" in sit_down(house.pat).client.get("/cohort.csv").get_data(as_text=True)


def test_staff_who_may_read_no_case_are_refused(house: House, sit_down: SitDown) -> None:
    """Their menu does not show the page."""
    for one in (house.partner, house.administrator):
        visitor = sit_down(one)
        assert visitor.open("/cohort").status == 403 and visitor.open("/cohort.csv").status == 403
        assert 'href="/cohort"' not in visitor.open("/today").html
    assert 'href="/cohort"' in sit_down(house.auditor).open("/today").html
