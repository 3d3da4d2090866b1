"""Rules 9 to 12 as tables of cases: status, strand, exit and reviews are suggested with reasons,
never decided.
"""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from engage.cohort import rules
from engage.cohort.kinds import ExitReason, Rag, Strand
from engage.cohort.rules import ExitFacts, StatusFacts, StatusRules

TODAY = date(2027, 3, 20)
KEEPS = StatusFacts(
    on=TODAY,
    window_from=TODAY - timedelta(days=28),
    expected=4,
    attended=4,
    housing_stable=True,
    last_contact=TODAY - timedelta(days=2),
)


@pytest.mark.parametrize(
    ("changes", "rag", "codes"),
    [
        ({}, Rag.GREEN, ["attended", "housed", "no_intelligence"]),
        (
            {"housing_stable": False, "work_stable": True},
            Rag.GREEN,
            ["attended", "in_work", "no_intelligence"],
        ),
        (
            {"housing_stable": None, "tests": 3},
            Rag.GREEN,
            ["attended", "clean", "no_intelligence"],
        ),
        ({"tests": 3, "tests_failed": 1}, Rag.GREEN, ["attended", "housed", "no_intelligence"]),
        ({"housing_stable": False, "work_stable": False}, Rag.AMBER, ["unsettled"]),
        ({"housing_stable": False, "tests": 3, "tests_failed": 1}, Rag.AMBER, ["tests"]),
        ({"attended": 3}, Rag.AMBER, ["missed"]),
        ({"expected": 0, "attended": 0}, Rag.AMBER, ["no_appointments"]),
        (
            {"expected": 0, "attended": 0, "housing_stable": None},
            Rag.AMBER,
            ["no_appointments", "unsettled"],
        ),
        ({"awaited": 1}, Rag.GREEN, ["attended", "housed", "no_intelligence", "awaited"]),
        ({"attended": 3, "awaited": 2}, Rag.AMBER, ["missed", "awaited"]),
        ({"unlawfully_at_large": True, "awaited": 1}, Rag.RED, ["unlawfully_at_large", "awaited"]),
        ({"arrested_on": date(2027, 3, 1)}, Rag.RED, ["arrest"]),
        ({"arrested_on": date(2027, 2, 19)}, Rag.GREEN, ["attended", "housed", "no_intelligence"]),
        ({"intelligence_since": date(2026, 3, 1)}, Rag.RED, ["intelligence"]),
        ({"unlawfully_at_large": True}, Rag.RED, ["unlawfully_at_large"]),
        ({"breach_since": date(2027, 3, 1), "attended": 3}, Rag.RED, ["breach", "missed"]),
        ({"last_contact": date(2027, 3, 6)}, Rag.RED, ["no_contact"]),
        ({"last_contact": date(2027, 3, 7)}, Rag.GREEN, ["attended", "housed", "no_intelligence"]),
        ({"last_contact": None, "counted_from": date(2027, 3, 1)}, Rag.RED, ["no_contact"]),
        (
            {"last_contact": date(2026, 1, 1), "counted_from": date(2027, 3, 10)},
            Rag.GREEN,
            ["attended", "housed", "no_intelligence"],
        ),
        (
            {"last_contact": date(2026, 1, 1), "in_custody": True},
            Rag.GREEN,
            ["attended", "housed", "no_intelligence"],
        ),
    ],
)
def test_rule_9_status(changes: dict[str, object], rag: Rag, codes: list[str]) -> None:
    """Rule 9 [practice], 14 days without contact [ours]; counted from adoption or release, and
    never in custody. Rule 5: a provisional absence (`AFTA`) is shown and not counted.
    """
    verdict = rules.suggest_status(replace(KEEPS, **changes), StatusRules())  # type: ignore[arg-type]
    assert (verdict.rag, [reason.code for reason in verdict.reasons]) == (rag, codes)
    assert bool(verdict.to_green) == (rag is not Rag.GREEN)


@pytest.mark.parametrize(
    ("changes", "rag"),
    [
        ({}, Rag.AMBER),
        ({"tests": 2}, Rag.GREEN),
        ({"tests": 2, "tests_failed": 1}, Rag.AMBER),
        ({"tests": 2, "housing_stable": False}, Rag.AMBER),
    ],
)
def test_rule_9_strict(changes: dict[str, object], rag: Rag) -> None:
    """Rule 9, strict: both tests and housing or work."""
    facts = replace(KEEPS, **changes)  # type: ignore[arg-type]
    assert rules.suggest_status(facts, StatusRules(strict=True)).rag is rag


def test_rule_9_says_what_would_turn_it_green() -> None:
    """Rule 9: everything that is missing, in one list."""
    facts = replace(KEEPS, attended=2, housing_stable=False, arrested_on=date(2027, 3, 3))
    verdict = rules.suggest_status(facts, StatusRules())
    assert [reason.code for reason in verdict.to_green] == ["no_arrest", "attend_all", "either"]
    assert verdict.reasons[0].words == "Arrested on 3 March 2027"


@pytest.mark.parametrize(
    ("intelligence", "health", "codes"),
    [
        (True, True, ["intelligence", "tests"]),
        (False, True, ["withheld", "tests"]),
        (True, False, ["intelligence", "withheld"]),
        (False, False, ["withheld"]),
    ],
)
def test_reasons_are_withheld_by_role(intelligence: bool, health: bool, codes: list[str]) -> None:
    """Intelligence is for the police and the offender manager, tests for users with health access:
    others learn that a reason is withheld.
    """
    given = (
        rules.StatusReason("intelligence", "Current intelligence"),
        rules.StatusReason("tests", "1 of 2 positive"),
    )
    assert [
        one.code for one in rules.visible_reasons(given, intelligence=intelligence, health=health)
    ] == codes


@pytest.mark.parametrize(
    ("changes", "strand", "codes"),
    [
        ({}, Strand.REHABILITATE_AND_RESETTLE, ["engaging"]),
        ({"arrested_on": date(2027, 3, 1)}, Strand.CATCH_AND_CONTROL, ["arrest"]),
        ({"intelligence_since": date(2027, 3, 1)}, Strand.CATCH_AND_CONTROL, ["intelligence"]),
        ({"failed_to_comply": 1}, Strand.CATCH_AND_CONTROL, ["non_compliance"]),
        ({"tests": 1, "tests_failed": 1}, Strand.CATCH_AND_CONTROL, ["tests"]),
        ({"last_contact": date(2026, 1, 1)}, Strand.REHABILITATE_AND_RESETTLE, ["engaging"]),
        (
            {"arrested_on": date(2027, 3, 1), "in_custody": True},
            Strand.REHABILITATE_AND_RESETTLE,
            ["custody"],
        ),
    ],
)
def test_rule_11_strand(changes: dict[str, object], strand: Strand, codes: list[str]) -> None:
    """Rule 11 [practice]: in custody the prison leads until release; silence alone changes no
    strand.
    """
    verdict = rules.suggest_strand(replace(KEEPS, **changes))  # type: ignore[arg-type]
    assert (verdict.strand, [reason.code for reason in verdict.reasons]) == (strand, codes)
    assert verdict.prison_leads == ("custody" in codes)


@pytest.mark.parametrize(
    ("facts", "because", "missing"),
    [
        (ExitFacts(TODAY), None, ["green", "exit_plan"]),
        (ExitFacts(TODAY, green_since=date(2026, 12, 20)), None, ["exit_plan"]),
        (
            ExitFacts(TODAY, green_since=date(2026, 12, 20), exit_plan_done=True),
            ExitReason.GREEN,
            [],
        ),
        (ExitFacts(TODAY, green_since=date(2026, 12, 21), exit_plan_done=True), None, ["green"]),
        (ExitFacts(TODAY, sentence_days=1825), ExitReason.LONG_CUSTODY, []),
        (ExitFacts(TODAY, sentence_days=1824, exit_plan_done=True), None, ["green"]),
    ],
)
def test_rule_10_exit(facts: ExitFacts, because: ExitReason | None, missing: list[str]) -> None:
    """Rule 10 [practice]: three months green without a break and the exit plan, or five years of
    custody.
    """
    verdict = rules.exit_verdict(facts, green_months=3, long_custody_years=5)
    assert (verdict.because, [reason.code for reason in verdict.missing]) == (because, missing)


@pytest.mark.parametrize(
    ("reviews", "since"),
    [
        ([], None),
        ([(1, Rag.GREEN)], 1),
        ([(1, Rag.RED), (5, Rag.GREEN), (9, Rag.GREEN)], 5),
        ([(1, Rag.GREEN), (5, Rag.AMBER), (9, Rag.GREEN)], 9),
        ([(1, Rag.GREEN), (5, Rag.AMBER)], None),
    ],
)
def test_rule_10_a_break_restarts_the_green(
    reviews: list[tuple[int, Rag]], since: int | None
) -> None:
    """Rule 10: without a break."""
    held = [(date(2027, 1, day), rag) for day, rag in reviews]
    assert rules.green_since(held) == (date(2027, 1, since) if since else None)


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2028, 2, 29), -12, date(2027, 2, 28)),
        (date(2027, 2, 28), 12, date(2028, 2, 28)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2027, 11, 30), 3, date(2028, 2, 29)),
        (date(2027, 1, 31), -1, date(2026, 12, 31)),
        (date(2027, 12, 31), 12, date(2028, 12, 31)),
    ],
)
def test_rule_10_months_end_where_the_month_ends(day: date, months: int, then: date) -> None:
    """Rule 10: months on the calendar, with 29 February."""
    assert rules.add_months(day, months) == then


@pytest.mark.parametrize(("rag", "days"), [(Rag.RED, 7), (Rag.AMBER, 14), (Rag.GREEN, 28)])
def test_rule_12_reviews(rag: Rag, days: int) -> None:
    """Rule 12 [ours]: red 7, amber 14, green 28 days; at once on an urgent signal."""
    due = rules.review_due(rag, TODAY, StatusRules())
    assert due == TODAY + timedelta(days=days)
    assert rules.due_on(due, None) == due and rules.due_on(due, TODAY) == TODAY
