"""What counts as a stable home and stable work, and when tests and reviews are due: rules 9 and 13
as tables.
"""

from datetime import date, timedelta

import pytest

from engage.progress.activities import rules as activities
from engage.progress.activities.kinds import ActivityKind
from engage.progress.drug_tests import rules as testing
from engage.progress.drug_tests.kinds import DrugTestResult
from engage.progress.housing import rules as housing
from engage.progress.housing.kinds import HousingStage
from engage.progress.kinds import ReportFact, ReportState

ON = date(2027, 3, 20)
SURE, WORD, WRONG = ReportState.VERIFIED, ReportState.SELF_REPORTED, ReportState.DISPUTED
STREET, SOFA, FLAT, OWN = (
    HousingStage.STREET,
    HousingStage.SOFA,
    HousingStage.SOCIAL_TENANCY,
    HousingStage.OWN_HOME,
)


@pytest.mark.parametrize(
    ("told", "expected", "why"),
    [
        ([], False, "rule 9: nothing is known"),
        ([(FLAT, 0, SURE)], True, "rule 9: a home that staff made sure of, from its first day"),
        ([(FLAT, 0, WORD)], False, "rule 9: their own word is not counted yet"),
        ([(FLAT, 0, WRONG)], False, "rule 9: what is disputed counts for nothing"),
        ([(SOFA, 30, SURE)], False, "rule 9: a sofa is no home"),
        ([(FLAT, 30, SURE), (OWN, 5, WORD)], True, "rule 9: from home to home, no second proof"),
        ([(FLAT, 30, SURE), (STREET, 5, WORD)], False, "rule 9: a loss that they tell of counts"),
        ([(FLAT, 30, SURE), (STREET, 5, WRONG)], True, "rule 9: a loss that is disputed does not"),
        (
            [(FLAT, 30, SURE), (STREET, 9, SURE), (FLAT, 5, WORD)],
            False,
            "rule 9: home again, by word only",
        ),
        ([(SOFA, 30, SURE), (FLAT, -1, SURE)], False, "rule 9: from tomorrow is not yet"),
    ],
)
def test_a_stable_home(
    told: list[tuple[HousingStage, int, ReportState]], expected: bool, why: str
) -> None:
    """Rule 9: a verified home, not lost since."""
    dwellings = [
        housing.Dwelling(stage, ON - timedelta(days=days_ago), state)
        for stage, days_ago, state in told
    ]
    assert housing.is_stable(dwellings, ON) is expected, why


def test_the_last_undisputed_dwelling_is_current() -> None:
    """Disputed and later ones are ignored."""
    street = housing.Dwelling(STREET, ON - timedelta(days=9), WORD)
    flat = housing.Dwelling(FLAT, ON - timedelta(days=3), WRONG)
    assert housing.current([street, flat], ON) == street
    assert housing.current([flat], ON) is None


@pytest.mark.parametrize(
    ("kind", "began", "ended", "state", "expected"),
    [
        (ActivityKind.WORK, 0, None, SURE, True),
        (ActivityKind.WORK, 9, 0, SURE, True),
        (ActivityKind.WORK, 9, 1, SURE, False),
        (ActivityKind.WORK, -1, None, SURE, False),
        (ActivityKind.WORK, 9, None, WORD, False),
        (ActivityKind.WORK, 9, None, WRONG, False),
        (ActivityKind.COURSE, 9, None, SURE, False),
    ],
)
def test_stable_work(
    kind: ActivityKind, began: int, ended: int | None, state: ReportState, expected: bool
) -> None:
    """Rule 9: verified work that continues, its last day included."""
    ended_on = None if ended is None else ON - timedelta(days=ended)
    spell = activities.ActivitySpell(kind, ON - timedelta(days=began), ended_on, state)
    assert activities.is_work_stable([spell], ON) is expected


def test_each_fact_starts_or_ends_at_most_one_kind_of_activity() -> None:
    """Facts about a home or being clean do neither."""
    assert not set(activities.STARTED_BY) & set(activities.ENDED_BY)
    about = {ReportFact.GOT_HOME, ReportFact.LOST_HOME, ReportFact.CLEAN}
    assert set(activities.STARTED_BY) | set(activities.ENDED_BY) | about == set(ReportFact)


@pytest.mark.parametrize(
    ("every", "after", "until", "closed", "expected"),
    [
        (7, ON, 21, (), [24, 31]),
        (7, date(2027, 3, 24), 7, (), [31]),
        (7, ON, 7, [date(2027, 3, 24)], [25]),
        (1, ON, 4, (), [22, 23, 24]),
        (14, ON, 7, (), [24]),
        (7, ON, 2, (), []),
    ],
)
def test_days_of_tests(
    every: int, after: date, until: int, closed: list[date], expected: list[int]
) -> None:
    """Rule 13: as often as the order says from its start on a Wednesday, on working days, none
    twice.
    """
    start = date(2027, 3, 10)
    days = testing.days_of_tests(
        start, every, after=after, until=after + timedelta(days=until), closed=closed
    )
    assert [day.day for day in days if day.month == 3] == expected


def test_test_days_are_found_quickly_after_years() -> None:
    """Rule 13: a long order takes no longer than a short one, and keeps its weekday."""
    days = list(testing.days_of_tests(date(2000, 1, 5), 7, after=ON, until=ON + timedelta(days=7)))
    assert days == [date(2027, 3, 24)]


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2027, 1, 31), date(2027, 2, 28)),
        (date(2028, 1, 31), date(2028, 2, 29)),
        (date(2028, 2, 29), date(2028, 3, 29)),
        (date(2027, 12, 15), date(2028, 1, 15)),
    ],
)
def test_a_month_is_a_month_of_the_calendar(day: date, expected: date) -> None:
    """Rule 13: reviews are at least a month apart; 29 February is a day like any other."""
    assert testing.a_month_after(day) == expected


@pytest.mark.parametrize(
    ("before", "every", "expected"),
    [
        (None, 28, date(2027, 4, 12)),
        (None, 60, date(2027, 5, 10)),
        (date(2027, 4, 12), 28, date(2027, 5, 12)),
        (date(2027, 4, 12), 42, date(2027, 5, 24)),
    ],
)
def test_the_next_review(before: date | None, every: int, expected: date) -> None:
    """Rule 13: at the interval named in the order, never under a month, on a working day."""
    assert testing.next_review(before, date(2027, 3, 10), every) == expected
    assert testing.report_due(expected, 7) == expected - timedelta(days=7)


def test_results_are_counted_with_how_many_were_asked_for() -> None:
    """Rule 13: a void test is counted separately and is not a failure."""
    counts = testing.tally(
        [
            DrugTestResult.NEGATIVE,
            DrugTestResult.NEGATIVE,
            DrugTestResult.VOID,
            DrugTestResult.MISSED,
        ]
    )
    assert counts == testing.TestTally(asked=4, negative=2, positive=0, missed=1, refused=0, void=1)
