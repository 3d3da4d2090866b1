"""When a drug rehabilitation requirement asks for a test, a court review and its report (rule 13)
[law]. No database, no clock.

A test result raises at most a signal for staff: nothing here has a consequence for the person.
"""

import calendar
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from engage.core.working_days import is_working_day
from engage.progress.drug_tests.kinds import DrugTestResult

LONGEST_CLOSURE = 60
NOT_GIVEN = frozenset({DrugTestResult.MISSED, DrugTestResult.REFUSED})
"""Results of a test that was required and not given."""


def days_of_tests(
    starts_on: date, every_days: int, *, after: date, until: date, closed: Collection[date] = ()
) -> Iterator[date]:
    """The test days after one day and up to another: every so many days from the start, moved to
    the hub's next working day.
    """
    gone = max(0, (after - starts_on).days // every_days - LONGEST_CLOSURE)
    day = starts_on + timedelta(days=every_days * gone)
    last = None
    while (day := day + timedelta(days=every_days)) <= until:
        moved = _working_day_from(day, closed)
        if after < moved <= until and moved != last:
            yield moved
            last = moved


def earliest_review(before: date | None, starts_on: date) -> date:
    """The first day on which the court may review again: a month after the last review, or after
    the start of the requirement.
    """
    return a_month_after(before or starts_on)


def next_review(
    before: date | None, starts_on: date, every_days: int, closed: Collection[date] = ()
) -> date:
    """The day of the next review by the interval named in the order, never less than a month after
    the last review.
    """
    by_order = (before or starts_on) + timedelta(days=every_days)
    return _working_day_from(max(by_order, earliest_review(before, starts_on)), closed)


def report_due(review_on: date, report_days: int) -> date:
    """The day by which the report for a review is due."""
    return review_on - timedelta(days=report_days)


def a_month_after(day: date) -> date:
    """The same day of the next month, or its last day if there is no such day: 31 January is
    followed by 28 or 29 February.
    """
    year, month = (day.year + 1, 1) if day.month == 12 else (day.year, day.month + 1)
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


@dataclass(frozen=True)
class TestTally:
    """The results of the tests of a period: how many were required, and how many of each result. A
    void test gives no result.
    """

    asked: int
    negative: int
    positive: int
    missed: int
    refused: int
    void: int


def tally(results: Iterable[DrugTestResult]) -> TestTally:
    """Count the results."""
    counts = Counter(results)
    return TestTally(counts.total(), **{result.value: counts[result] for result in DrugTestResult})


def _working_day_from(day: date, closed: Collection[date]) -> date:
    for ahead in range(LONGEST_CLOSURE):
        if is_working_day(following := day + timedelta(days=ahead), closed):
            return following
    return day
