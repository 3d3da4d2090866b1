"""Rule 16 [ours]: what a person has reached, from facts alone. No database, no clock.

Each count is independent: an arrest restarts the days without an offence and nothing else, a missed
test the run of tests, an absence the run of appointments, the loss of a home the days housed. A
milestone is never taken back, and never counted twice in one count.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TypeVar

from engage.appointments.attendance_streak import NEUTRAL
from engage.appointments.kinds import OutcomeCode
from engage.cohort.kinds import MilestoneKind
from engage.progress.drug_tests.kinds import DrugTestResult
from engage.progress.housing.rules import HOMES, Dwelling
from engage.progress.kinds import ReportState

OFFENCE_FREE = (28, 90, 180, 365)
ATTENDED = (5, 10, 20)
NEGATIVE_TESTS = (1, 4, 8)
HOUSED = (0, 90)
GROUPS = (4,)
ONCE = 1
"""The step of a milestone that is not a count: a course, an order, staying on."""

PRAISE_WITHIN = timedelta(days=14)
"""A milestone found later than this is recorded but not praised: late praise would puzzle people.
"""

HEALTH_KINDS = frozenset({MilestoneKind.NEGATIVE_TESTS})
"""Kinds about health: shown only to users with health access, and never named elsewhere."""

_EACH_COUNTS = frozenset(
    {MilestoneKind.COURSE_STARTED, MilestoneKind.COURSE_FINISHED, MilestoneKind.ORDER_COMPLETED}
)
"""Kinds of which every one counts, whatever was reached in between."""

Result = TypeVar("Result")


@dataclass(frozen=True)
class Course:
    """A course that staff have verified. `finished_on` is None while it continues, or if it was not
    finished.
    """

    started_on: date
    finished_on: date | None = None


@dataclass(frozen=True)
class ReachedStep:
    """Something reached: its kind and step, when its count started, and the day it was reached."""

    kind: MilestoneKind
    step: int
    counted_from: date
    reached_on: date


@dataclass(frozen=True)
class MilestoneFacts:
    """What is known of one person since adoption. Lists are in order of time.

    `away` is True in custody, on warrant or unlawfully at large: days do not count then, and start
    again on release. `groups` are the days of groups attended, `orders` the first and last days of
    completed orders, `known` what was found before.
    """

    adopted_on: date
    today: date
    away: bool = False
    released_on: date | None = None
    last_offence_on: date | None = None
    outcomes: Sequence[tuple[date, OutcomeCode]] = ()
    tests: Sequence[tuple[date, DrugTestResult]] = ()
    homes: Sequence[Dwelling] = ()
    courses: Sequence[Course] = ()
    groups: Sequence[date] = ()
    orders: Sequence[tuple[date, date]] = ()
    voluntary_since: date | None = None
    known: Collection[ReachedStep] = field(default=())


def newly_reached(facts: MilestoneFacts) -> list[ReachedStep]:
    """Everything reached up to today that was not found before, in the order in which it was
    reached.
    """
    found = [
        *_offence_free(facts),
        *_attended(facts),
        *_negative_tests(facts),
        *_housed(facts),
        *_courses(facts),
        *_groups(facts),
        *_orders(facts),
        *_stayed_on(facts),
    ]
    fresh = [
        one for one in found if one.reached_on <= facts.today and not _is_known(one, facts.known)
    ]
    return sorted(fresh, key=lambda one: (one.reached_on, one.kind, one.step))


def description(kind: MilestoneKind, step: int) -> str:
    """What was reached, in words for staff. Never for a text."""
    match kind:
        case MilestoneKind.OFFENCE_FREE:
            return f"{step} days without an offence"
        case MilestoneKind.ATTENDED:
            return f"{step} appointments attended in a row"
        case MilestoneKind.NEGATIVE_TESTS:
            return "A negative test" if step == 1 else f"{step} negative tests in a row"
        case MilestoneKind.HOUSED:
            return f"{step} days housed" if step else "Housed"
        case MilestoneKind.COURSE_STARTED:
            return "A course started"
        case MilestoneKind.COURSE_FINISHED:
            return "A course finished"
        case MilestoneKind.GROUPS:
            return f"{step} groups attended"
        case MilestoneKind.ORDER_COMPLETED:
            return "An order completed"
        case MilestoneKind.STAYED_ON:
            return "Stayed on voluntarily"


def praise_in_time(one: ReachedStep, today: date) -> bool:
    """Whether praise would still be in time."""
    return today - one.reached_on <= PRAISE_WITHIN


def weeks_to_praise(reached: Sequence[ReachedStep]) -> int | None:
    """The number of weeks to name in the praise: the longest time without an offence. None for
    other milestones.
    """
    days = [one.step for one in reached if one.kind is MilestoneKind.OFFENCE_FREE]
    return max(days) // 7 if days else None


def _is_known(one: ReachedStep, known: Collection[ReachedStep]) -> bool:
    """Whether it was found before: the same one or, if it is a count, the same step of the same
    count, even if the count then seemed to start on another day.
    """
    for before in known:
        if (before.kind, before.step) != (one.kind, one.step):
            continue
        same_count = one.kind not in _EACH_COUNTS and before.reached_on >= one.counted_from
        if same_count or before.counted_from == one.counted_from:
            return True
    return False


def _offence_free(facts: MilestoneFacts) -> Iterator[ReachedStep]:
    since = max(filter(None, (facts.adopted_on, facts.released_on, facts.last_offence_on)))
    yield from _days(facts, MilestoneKind.OFFENCE_FREE, OFFENCE_FREE, since)


def _days(
    facts: MilestoneFacts, kind: MilestoneKind, steps: Sequence[int], since: date
) -> Iterator[ReachedStep]:
    """Steps counted in days. None while the person is away."""
    if facts.away:
        return
    for step in steps:
        yield ReachedStep(kind, step, since, since + timedelta(days=step))


def _attended(facts: MilestoneFacts) -> Iterator[ReachedStep]:
    """An accepted absence, or one caused by the service, neither counts nor breaks the run."""
    counting = [(day, code) for day, code in facts.outcomes if code not in NEUTRAL]
    since, days = _run(facts, counting, lambda code: code is OutcomeCode.ATTENDED_COMPLIED)
    yield from _steps(MilestoneKind.ATTENDED, ATTENDED, since, days)


def _negative_tests(facts: MilestoneFacts) -> Iterator[ReachedStep]:
    """A void sample neither counts nor breaks the run."""
    counting = [(day, result) for day, result in facts.tests if result is not DrugTestResult.VOID]
    since, days = _run(facts, counting, lambda result: result is DrugTestResult.NEGATIVE)
    yield from _steps(MilestoneKind.NEGATIVE_TESTS, NEGATIVE_TESTS, since, days)


def _run(
    facts: MilestoneFacts, counting: Sequence[tuple[date, Result]], good: Callable[[Result], bool]
) -> tuple[date, list[date]]:
    """When the current run may start (the day after the last that broke it), and the days that
    count since.
    """
    since, days = facts.adopted_on, list[date]()
    for day, what in counting:
        if good(what):
            days.append(day)
        else:
            since, days = max(facts.adopted_on, day + timedelta(days=1)), []
    return since, days


def _steps(
    kind: MilestoneKind, steps: Sequence[int], since: date, days: Sequence[date]
) -> Iterator[ReachedStep]:
    for step in steps:
        if len(days) >= step:
            yield ReachedStep(kind, step, since, days[step - 1])


def _housed(facts: MilestoneFacts) -> Iterator[ReachedStep]:
    """A home that staff have verified.

    A person housed before adoption has not reached that here, but the days count.
    """
    since = _home_since(facts)
    if since is None:
        return
    if since >= facts.adopted_on:
        yield from _days(facts, MilestoneKind.HOUSED, HOUSED[:1], since)
    counted = max(filter(None, (since, facts.adopted_on, facts.released_on)))
    yield from _days(facts, MilestoneKind.HOUSED, HOUSED[1:], counted)


def _home_since(facts: MilestoneFacts) -> date | None:
    """Since when the person has lived in homes without a break, the first of them verified. None if
    they do not now.
    """
    since = None
    for one in facts.homes:
        if one.since > facts.today or one.state is ReportState.DISPUTED:
            continue
        if one.stage not in HOMES:
            since = None
        elif since is None and one.state is ReportState.VERIFIED:
            since = one.since
    return since


def _courses(facts: MilestoneFacts) -> Iterator[ReachedStep]:
    for course in facts.courses:
        if course.started_on >= facts.adopted_on:
            yield ReachedStep(
                MilestoneKind.COURSE_STARTED, ONCE, course.started_on, course.started_on
            )
        if course.finished_on is not None and course.finished_on >= facts.adopted_on:
            yield ReachedStep(
                MilestoneKind.COURSE_FINISHED, ONCE, course.started_on, course.finished_on
            )


def _groups(facts: MilestoneFacts) -> Iterator[ReachedStep]:
    yield from _steps(MilestoneKind.GROUPS, GROUPS, facts.adopted_on, facts.groups)


def _orders(facts: MilestoneFacts) -> Iterator[ReachedStep]:
    for started, ended in facts.orders:
        if ended >= facts.adopted_on:
            yield ReachedStep(MilestoneKind.ORDER_COMPLETED, ONCE, started, ended)


def _stayed_on(facts: MilestoneFacts) -> Iterator[ReachedStep]:
    if facts.voluntary_since is not None:
        since = facts.voluntary_since
        yield ReachedStep(MilestoneKind.STAYED_ON, ONCE, since, since)
