"""The legal rules as tables: when an order is in force, who is statutory, what counts of a
requirement.
"""

from datetime import date, timedelta

import pytest

from engage.legal import rules
from engage.legal.kinds import OrderEnding, RequirementKind
from engage.legal.rules import CreditFacts, OrderFacts

FIRST, LAST = date(2027, 1, 4), date(2028, 1, 3)
RUNNING = OrderFacts(FIRST, LAST)
A_DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("order", "on", "expected"),
    [
        (RUNNING, FIRST, True),
        (RUNNING, LAST, True),
        (RUNNING, FIRST - A_DAY, False),
        (RUNNING, LAST + A_DAY, False),
        (OrderFacts(FIRST, LAST, date(2027, 6, 1), OrderEnding.REVOKED), date(2027, 6, 1), True),
        (OrderFacts(FIRST, LAST, date(2027, 6, 1), OrderEnding.REVOKED), date(2027, 6, 2), False),
        (OrderFacts(date(2028, 2, 29), date(2028, 2, 29)), date(2028, 2, 29), True),
    ],
)
def test_first_and_last_day_count(order: OrderFacts, on: date, expected: bool) -> None:
    """Rules 6 and 7: an appointment on the last day is under the order; one the day after is not.
    29 February is a normal day.
    """
    assert rules.in_force(order, on) is expected


@pytest.mark.parametrize(
    ("orders", "expected"),
    [
        ([], None),
        ([RUNNING], True),
        ([OrderFacts(date(2027, 7, 1), LAST)], None),
        ([OrderFacts(FIRST, date(2027, 5, 1))], False),
        ([OrderFacts(FIRST, LAST, date(2027, 6, 1), OrderEnding.COMPLETED)], False),
        ([OrderFacts(FIRST, LAST, date(2027, 6, 1), OrderEnding.COMPLETED), RUNNING], True),
        ([OrderFacts(FIRST, LAST, date(2027, 6, 1), OrderEnding.RECALLED)], True),
        ([OrderFacts(FIRST, date(2027, 6, 1), date(2027, 5, 1), OrderEnding.RECALLED)], True),
        ([OrderFacts(FIRST, date(2027, 5, 31), date(2027, 5, 1), OrderEnding.RECALLED)], False),
        (
            [
                OrderFacts(FIRST, LAST, date(2027, 3, 1), OrderEnding.RECALLED),
                OrderFacts(date(2027, 4, 1), LAST, date(2027, 5, 1), OrderEnding.COMPLETED),
            ],
            False,
        ),
    ],
)
def test_who_is_statutory(orders: list[OrderFacts], expected: bool | None) -> None:
    """Rule 2: nothing recorded is not "voluntary"; a recalled person stays under sentence to its
    last day.
    """
    assert rules.statutory(orders, date(2027, 6, 1)) is expected


@pytest.mark.parametrize(
    ("kind", "asked", "days", "expected"),
    [
        (RequirementKind.RAR, 20, [], (0, 0, 0)),
        (RequirementKind.RAR, 20, [(1, 1, True), (2, 1, True)], (2, 0, 0)),
        (RequirementKind.RAR, 20, [(1, 1, True), (2, 1, False)], (1, 0, 1)),
        (RequirementKind.RAR, 20, [(1, 1, True), (1, 1, True)], (1, 0, 0)),
        (RequirementKind.RAR, 2, [(day, 1, True) for day in range(1, 6)], (2, 3, 0)),
        (RequirementKind.UNPAID_WORK, 2400, [(1, 420, True), (2, 390, False)], (810, 0, 0)),
        (RequirementKind.UNPAID_WORK, 600, [(1, 420, True), (2, 420, True)], (600, 240, 0)),
    ],
)
def test_what_counts_of_a_requirement(
    kind: RequirementKind,
    asked: int,
    days: list[tuple[int, int, bool]],
    expected: tuple[int, int, int],
) -> None:
    """Rule 14: planned activity only, one a day, and never more than the court set."""
    found = rules.progress(
        kind,
        asked,
        [CreditFacts(date(2027, 2, day), amount, planned) for day, amount, planned in days],
    )
    assert (found.done, found.beyond, found.not_counted) == expected
    assert found.left == asked - found.done and found.complete is (found.done == asked)


@pytest.mark.parametrize(
    ("done", "expected"),
    [
        ([], OrderEnding.EXPIRED),
        ([(20, 20)], OrderEnding.COMPLETED),
        ([(19, 20)], OrderEnding.EXPIRED),
        ([(20, 20), (0, 600)], OrderEnding.EXPIRED),
    ],
)
def test_how_an_order_ends_by_itself(done: list[tuple[int, int]], expected: OrderEnding) -> None:
    """Completed only if an amount was asked for and all of it was done."""
    assert rules.ending_at_expiry([rules.Progress(one, of, 0, 0) for one, of in done]) is expected


@pytest.mark.parametrize(
    ("kind", "numbers", "wrong"),
    [
        (RequirementKind.RAR, {"amount": 1}, set()),
        (RequirementKind.RAR, {"amount": 365}, set()),
        (RequirementKind.RAR, {}, {"amount"}),
        (RequirementKind.RAR, {"amount": 0}, {"amount"}),
        (RequirementKind.RAR, {"amount": 366}, {"amount"}),
        (RequirementKind.RAR, {"amount": 5, "tests_every_days": 7}, {"tests_every_days"}),
        (RequirementKind.UNPAID_WORK, {"amount": 18000}, set()),
        (RequirementKind.UNPAID_WORK, {"amount": 18001}, {"amount"}),
        (RequirementKind.UNPAID_WORK, {}, {"amount"}),
        (RequirementKind.DRR, {"tests_every_days": 7}, set()),
        (RequirementKind.DRR, {"tests_every_days": 7, "reviews_every_days": 28}, set()),
        (
            RequirementKind.DRR,
            {"tests_every_days": 7, "reviews_every_days": 27},
            {"reviews_every_days"},
        ),
        (RequirementKind.DRR, {"tests_every_days": 91}, {"tests_every_days"}),
        (RequirementKind.DRR, {"amount": 3}, {"amount", "tests_every_days"}),
        (RequirementKind.CURFEW, {}, set()),
        (RequirementKind.CURFEW, {"amount": 3}, {"amount"}),
        (RequirementKind.OTHER, {}, {"note"}),
        (RequirementKind.OTHER, {"note": "Not to enter the Arndale Centre"}, set()),
    ],
)
def test_each_kind_has_its_own_numbers(
    kind: RequirementKind, numbers: dict[str, int | str], wrong: set[str]
) -> None:
    """Rules 13 and 14: court reviews at least a month apart, RAR days up to the court's maximum, at
    most 300 hours of unpaid work.
    """
    given = {
        "amount": None,
        "tests_every_days": None,
        "reviews_every_days": None,
        "note": "",
        **numbers,
    }
    assert set(rules.requirement_problems(kind, **given)) == wrong  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("release_on", "expected"),
    [(date(2027, 4, 3), date(2027, 3, 20)), (date(2028, 3, 14), date(2028, 2, 29))],
)
def test_the_release_plan_is_due_before_the_day(release_on: date, expected: date) -> None:
    """14 days before release, across 29 February as well."""
    assert rules.plan_due(release_on, 14) == expected
