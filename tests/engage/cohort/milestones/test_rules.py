"""Rule 16 [ours] as tables: what is reached, and what restarts which count."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from engage.appointments.kinds import OutcomeCode as Code
from engage.cohort.kinds import MilestoneKind as Kind
from engage.cohort.milestones import rules
from engage.cohort.milestones.rules import Course, MilestoneFacts, ReachedStep
from engage.progress.drug_tests.kinds import DrugTestResult as Result
from engage.progress.housing.kinds import HousingStage as Stage
from engage.progress.housing.rules import Dwelling
from engage.progress.kinds import ReportState as State

ADOPTED = date(2027, 1, 1)
TODAY = date(2028, 3, 1)
CAME, ABSENT, SICK = Code.ATTENDED_COMPLIED, Code.UNACCEPTABLE_ABSENCE, Code.ABSENT_MEDICAL
CLEAN, USED, VOID = Result.NEGATIVE, Result.POSITIVE, Result.VOID


def on(day: int) -> date:
    """So many days after adoption."""
    return ADOPTED + timedelta(days=day)


def daily(*codes: Any) -> list[tuple[date, Any]]:
    """One a day from the first day on."""
    return [(on(day), code) for day, code in enumerate(codes)]


def reached(facts: MilestoneFacts, kind: Kind) -> list[tuple[int, date]]:
    """The steps of one kind that are new, with their days."""
    return [(one.step, one.reached_on) for one in rules.newly_reached(facts) if one.kind is kind]


def facts(today: date = TODAY, **given: Any) -> MilestoneFacts:
    """A person adopted on 1 January 2027."""
    return MilestoneFacts(adopted_on=ADOPTED, today=today, **given)


@pytest.mark.parametrize(
    ("today", "given", "steps"),
    [
        (on(27), {}, []),
        (on(28), {}, [28]),
        (on(90), {}, [28, 90]),
        (on(365), {}, [28, 90, 180, 365]),
        (on(90), {"last_offence_on": on(70)}, []),
        (on(98), {"last_offence_on": on(70)}, [28]),
        (on(90), {"last_offence_on": on(-70)}, [28, 90]),
        (on(90), {"released_on": on(60)}, [28]),
        (on(90), {"away": True}, []),
        (date(2028, 2, 29), {"last_offence_on": date(2028, 2, 1)}, [28]),
    ],
)
def test_days_without_an_offence(today: date, given: dict[str, Any], steps: list[int]) -> None:
    """Rule 16: from adoption, the last offence or release, whichever is latest; not while the
    person is away; 29 February is a day.
    """
    assert [step for step, _ in reached(facts(today, **given), Kind.OFFENCE_FREE)] == steps


@pytest.mark.parametrize(
    ("codes", "found"),
    [
        ([CAME] * 4, []),
        ([CAME] * 5, [(5, on(4))]),
        ([CAME] * 20, [(5, on(4)), (10, on(9)), (20, on(19))]),
        ([CAME] * 4 + [SICK] + [CAME], [(5, on(5))]),
        ([CAME] * 4 + [Code.SENT_HOME_SERVICE] + [CAME], [(5, on(5))]),
        ([CAME] * 4 + [ABSENT] + [CAME] * 4, []),
        ([CAME] * 4 + [ABSENT] + [CAME] * 5, [(5, on(9))]),
        ([CAME] * 4 + [Code.ATTENDED_FAILED_TO_COMPLY] + [CAME], []),
        ([CAME] * 5 + [Code.FAILED_TO_ATTEND], []),
        ([], []),
    ],
)
def test_attended_in_a_row(codes: list[Code], found: list[tuple[int, date]]) -> None:
    """Rule 16: 5, 10, 20. An acceptable absence neither counts nor breaks the run; any other
    failure restarts it.
    """
    assert reached(facts(outcomes=daily(*codes)), Kind.ATTENDED) == found


@pytest.mark.parametrize(
    ("results", "steps"),
    [
        ([CLEAN], [1]),
        ([CLEAN] * 3 + [VOID, CLEAN], [1, 4]),
        ([CLEAN] * 8, [1, 4, 8]),
        ([CLEAN] * 4 + [USED], []),
        ([CLEAN] * 4 + [Result.MISSED, CLEAN], [1]),
        ([CLEAN] * 4 + [Result.REFUSED], []),
    ],
)
def test_negative_tests(results: list[Result], steps: list[int]) -> None:
    """Rule 16: 1, 4, 8 in a row. A void sample has no effect; a positive, missed or refused test
    restarts the run.
    """
    assert [step for step, _ in reached(facts(tests=daily(*results)), Kind.NEGATIVE_TESTS)] == steps


def homes(*spells: tuple[Stage, int, State]) -> list[Dwelling]:
    """Where the person lived, since which day."""
    return [Dwelling(stage, on(day), state) for stage, day, state in spells]


SURE, TOLD, DISPUTED = State.VERIFIED, State.SELF_REPORTED, State.DISPUTED


@pytest.mark.parametrize(
    ("spells", "today", "more", "found"),
    [
        ([(Stage.SUPPORTED, 10, SURE)], on(20), {}, [(0, on(10))]),
        ([(Stage.SUPPORTED, 10, SURE)], on(100), {}, [(0, on(10)), (90, on(100))]),
        ([(Stage.SUPPORTED, 10, TOLD)], on(100), {}, []),
        ([(Stage.SUPPORTED, 10, DISPUTED)], on(100), {}, []),
        ([(Stage.HOSTEL, 10, SURE)], on(100), {}, []),
        ([(Stage.SUPPORTED, 10, SURE), (Stage.STREET, 50, TOLD)], on(100), {}, []),
        (
            [(Stage.SUPPORTED, 10, SURE), (Stage.OWN_HOME, 50, TOLD)],
            on(100),
            {},
            [(0, on(10)), (90, on(100))],
        ),
        ([(Stage.OWN_HOME, -300, SURE)], on(90), {}, [(90, on(90))]),
        ([(Stage.OWN_HOME, -300, SURE)], on(90), {"released_on": on(30)}, []),
        ([(Stage.SUPPORTED, 10, SURE)], on(100), {"away": True}, []),
        ([(Stage.SUPPORTED, 110, SURE)], on(100), {}, []),
    ],
)
def test_housed(
    spells: list[tuple[Stage, int, State]],
    today: date,
    more: dict[str, Any],
    found: list[tuple[int, date]],
) -> None:
    """Rule 16: a home that staff have verified, and 90 days in homes. Losing the home restarts the
    count; moving to another does not.
    """
    assert reached(facts(today, homes=homes(*spells), **more), Kind.HOUSED) == found


def test_courses_groups_orders_and_staying_on() -> None:
    """Rule 16: each course and order by itself, the fourth group, and the day the person stayed
    voluntarily.
    """
    one = facts(
        courses=[
            Course(on(5), on(60)),
            Course(on(20), on(70)),
            Course(on(-50)),
            Course(on(-40), on(30)),
        ],
        groups=[on(day) for day in (1, 8, 15, 22, 29)],
        orders=[(on(-200), on(100)), (on(-400), on(-100))],
        voluntary_since=on(101),
    )
    assert reached(one, Kind.COURSE_STARTED) == [(1, on(5)), (1, on(20))]
    assert reached(one, Kind.COURSE_FINISHED) == [(1, on(30)), (1, on(60)), (1, on(70))]
    assert reached(one, Kind.GROUPS) == [(4, on(22))]
    assert reached(one, Kind.ORDER_COMPLETED) == [(1, on(100))]
    assert reached(one, Kind.STAYED_ON) == [(1, on(101))]


LAPSES: dict[str, tuple[dict[str, Any], Kind]] = {
    "arrest": ({"last_offence_on": on(299)}, Kind.OFFENCE_FREE),
    "positive test": ({"tests": daily(*[CLEAN] * 8, USED)}, Kind.NEGATIVE_TESTS),
    "absence": ({"outcomes": daily(*[CAME] * 20, ABSENT)}, Kind.ATTENDED),
    "lost home": (
        {"homes": homes((Stage.SUPPORTED, 10, SURE), (Stage.STREET, 290, TOLD))},
        Kind.HOUSED,
    ),
}


@pytest.mark.parametrize("lapse", LAPSES)
def test_a_lapse_restarts_only_its_own_count(lapse: str) -> None:
    """Rule 16: an arrest, a positive test, an absence and a lost home each restart one count and
    leave the others.
    """
    good: dict[str, Any] = {
        "tests": daily(*[CLEAN] * 8),
        "outcomes": daily(*[CAME] * 20),
        "homes": homes((Stage.SUPPORTED, 10, SURE)),
        "groups": [on(day) for day in range(4)],
    }
    changed, its_own = LAPSES[lapse]
    before = rules.newly_reached(facts(on(300), **good))
    after = rules.newly_reached(facts(on(300), **{**good, **changed}))
    assert [one for one in before if one.kind is not its_own] == [
        one for one in after if one.kind is not its_own
    ]
    assert [one for one in before if one.kind is its_own] != []
    assert [one for one in after if one.kind is its_own] == []


def known(found: Iterable[ReachedStep]) -> tuple[ReachedStep, ...]:
    """What was found before."""
    return tuple(found)


def test_nothing_is_found_twice_in_one_count() -> None:
    """Rule 16, praised once: not the next night, nor after a corrected outcome moves the start of
    the count.
    """
    first = facts(outcomes=daily(ABSENT, *[CAME] * 5))
    found = rules.newly_reached(first)
    assert reached(replace(first, known=known(found)), Kind.ATTENDED) == []
    accepted = facts(outcomes=daily(SICK, *[CAME] * 5), known=known(found))
    assert reached(accepted, Kind.ATTENDED) == []
    earlier = facts(outcomes=[(on(-1), ABSENT), *daily(CAME, *[CAME] * 5)], known=known(found))
    assert reached(earlier, Kind.ATTENDED) == []
    more = facts(outcomes=daily(SICK, *[CAME] * 10), known=known(found))
    assert [step for step, _ in reached(more, Kind.ATTENDED)] == [10]


def test_a_new_count_is_praised_again() -> None:
    """Rule 16: after a lapse the same step of the next count is reached again."""
    found = rules.newly_reached(facts(outcomes=daily(*[CAME] * 5)))
    again = facts(outcomes=daily(*[CAME] * 5, ABSENT, *[CAME] * 5), known=known(found))
    assert reached(again, Kind.ATTENDED) == [(5, on(10))]


@pytest.mark.parametrize(("days", "still"), [(0, True), (14, True), (15, False)])
def test_late_milestones_are_not_praised(days: int, still: bool) -> None:
    """Rule 16: within 14 days."""
    one = ReachedStep(Kind.HOUSED, 0, on(0), on(0))
    assert rules.praise_in_time(one, on(days)) is still


def test_only_days_without_an_offence_are_praised_in_weeks() -> None:
    """Rule 16: the longest of them; praise for anything else names no number."""
    days = [ReachedStep(Kind.OFFENCE_FREE, step, on(0), on(step)) for step in (28, 90)]
    home = ReachedStep(Kind.HOUSED, 90, on(0), on(90))
    assert rules.weeks_to_praise([*days, home]) == 12 and rules.weeks_to_praise([home]) is None


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_has_words_for_staff(kind: Kind) -> None:
    """Nothing is left without a name."""
    assert rules.description(kind, 4)
