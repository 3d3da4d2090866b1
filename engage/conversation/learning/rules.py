"""How often workers corrected the readings of texts, and when a rise is worth a warning. Pure.

Texts are counted in the month in which they arrived, on the wall clock of the hub, whenever they
were corrected. A proportion has its denominator and Wilson's 95% interval (rule 19).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from dateutil.relativedelta import relativedelta

from engage.core.intervals import Interval, wilson
from engage.understanding.vocabulary import Basis, Intent

MONTHS_BEFORE = 6
"""The months with which the latest full month is compared."""
LEAST_TEXTS, LEAST_TEXTS_BEFORE, LEAST_CORRECTED = 30, 100, 5
"""What a comparison needs: texts in the month, texts in the months before, and corrected texts in
the month [ours].
"""
LEAST_RATIO = 1.5
"""How many times the earlier proportion the new one must be: a hub with many texts would otherwise
be warned of changes too small to matter [ours].
"""
ALL = "all"
"""The key of a comparison of all texts."""
HEALTH = "health"
"""The meaning of every text about health, for readers without health access."""
_HEALTH_MEANINGS = frozenset(intent.value for intent in Intent if intent.meaning.health)


@dataclass(frozen=True)
class TextCount:
    """A number of texts of one month that were read alike.

    `month` is its first day. `meaning` is what Engage read and `basis` what that rests on. `acted`:
    Engage acted on it; otherwise it left the texts to a worker. `given` is the meaning that a
    worker gave the texts last, None if nobody did, and `agrees` says whether Engage had read the
    same.
    """

    month: date
    meaning: str
    basis: str
    acted: bool
    given: str | None
    agrees: bool
    texts: int

    @property
    def is_corrected(self) -> bool:
        """Whether Engage acted on a meaning that was wrong according to a worker."""
        return self.acted and self.given is not None and not self.agrees


@dataclass(frozen=True)
class Tally:
    """Texts that Engage acted on and how many of them were corrected; texts that it left to a
    worker, how many of them were then given a meaning, and how many of those the meaning that
    Engage had guessed.
    """

    acted: int = 0
    corrected: int = 0
    left: int = 0
    given: int = 0
    guessed: int = 0

    @property
    def rate(self) -> float | None:
        """The proportion corrected, from 0 to 1. None if Engage acted on no text."""
        return self.corrected / self.acted if self.acted else None

    @property
    def interval(self) -> Interval | None:
        """The interval of the proportion. None if Engage acted on no text."""
        return wilson(self.corrected, self.acted) if self.acted else None


@dataclass(frozen=True)
class GivenMeaning:
    """A meaning that workers gave: in place of one that Engage had acted on (`instead`), and to
    texts that it had left to them (`given`), of which it had guessed the same for `guessed`.
    """

    meaning: str
    instead: int
    given: int
    guessed: int


@dataclass(frozen=True)
class MonthLine:
    """The texts of one month that were read with one meaning on one basis."""

    month: date
    meaning: str
    basis: str
    texts: Tally


@dataclass(frozen=True)
class Rise:
    """A rise of the proportion corrected: of all texts, of those read by rules or by the
    classifier, or of those with one meaning (`about`).
    """

    about: str
    recent: Tally
    before: Tally


def first_of_month(day: date) -> date:
    """The first day of the month of `day`."""
    return day.replace(day=1)


def months_until(month: date, many: int) -> tuple[date, ...]:
    """The first days of `many` months in order, the last of them `month`."""
    return tuple(month - relativedelta(months=back) for back in range(many - 1, -1, -1))


def last_full_month(today: date) -> date:
    """The first day of the month before the one that it is."""
    return first_of_month(today) - relativedelta(months=1)


def tally(counts: Iterable[TextCount]) -> Tally:
    """The sums of some counts."""
    acted = corrected = left = given = guessed = 0
    for one in counts:
        if one.acted:
            acted += one.texts
            corrected += one.texts if one.is_corrected else 0
        else:
            left += one.texts
            given += one.texts if one.given is not None else 0
            guessed += one.texts if one.agrees else 0
    return Tally(acted, corrected, left, given, guessed)


def by_meaning(counts: Iterable[TextCount]) -> Mapping[str, Tally]:
    """The sums by the meaning that Engage read, for meanings that it acted on, most texts first."""
    groups: dict[str, list[TextCount]] = {}
    for one in counts:
        groups.setdefault(one.meaning, []).append(one)
    sums = {meaning: tally(group) for meaning, group in groups.items()}
    found = {meaning: one for meaning, one in sums.items() if one.acted}
    return dict(sorted(found.items(), key=lambda line: (-line[1].acted, line[0])))


def by_basis(counts: Iterable[TextCount]) -> Mapping[Basis, Tally]:
    """The sums of what rules read and of what the classifier read."""
    counts = list(counts)
    return {basis: tally(one for one in counts if one.basis == basis) for basis in Basis}


def by_month(counts: Iterable[TextCount], months: Iterable[date]) -> Mapping[date, Tally]:
    """The sums of each of some months, those without texts among them."""
    counts = list(counts)
    return {month: tally(one for one in counts if one.month == month) for month in months}


def month_lines(counts: Iterable[TextCount]) -> tuple[MonthLine, ...]:
    """The sums by month, meaning and basis, in the order of these, for a file or another system."""
    groups: dict[tuple[date, str, str], list[TextCount]] = {}
    for one in counts:
        groups.setdefault((one.month, one.meaning, one.basis), []).append(one)
    return tuple(MonthLine(*key, tally(groups[key])) for key in sorted(groups))


def meanings_given(counts: Iterable[TextCount]) -> tuple[GivenMeaning, ...]:
    """The meanings that workers gave to texts, most texts first."""
    found: dict[str, GivenMeaning] = {}
    for one in counts:
        if one.given is None or (one.acted and not one.is_corrected):
            continue
        so_far = found.get(one.given, GivenMeaning(one.given, 0, 0, 0))
        found[one.given] = GivenMeaning(
            one.given,
            so_far.instead + (one.texts if one.acted else 0),
            so_far.given + (0 if one.acted else one.texts),
            so_far.guessed + (one.texts if one.agrees else 0),
        )
    return tuple(sorted(found.values(), key=lambda one: (-one.instead - one.given, one.meaning)))


def without_health(counts: Iterable[TextCount]) -> tuple[TextCount, ...]:
    """The counts for readers without health access: every meaning about health is the same one."""
    return tuple(
        replace(
            one,
            meaning=_health_or(one.meaning),
            given=None if one.given is None else _health_or(one.given),
        )
        for one in counts
    )


def _health_or(meaning: str) -> str:
    return HEALTH if meaning in _HEALTH_MEANINGS else meaning


def is_comparable(recent: Tally, before: Tally) -> bool:
    """Whether there are enough texts to compare a month with the months before it."""
    return recent.acted >= LEAST_TEXTS and before.acted >= LEAST_TEXTS_BEFORE


def has_risen(recent: Tally, before: Tally) -> bool:
    """Whether clearly more was corrected than before: there are enough texts, at least five were
    corrected, the proportion is at least half as high again, and its whole interval lies above that
    of the months before.
    """
    if not is_comparable(recent, before) or recent.corrected < LEAST_CORRECTED:
        return False
    now, then = recent.corrected / recent.acted, before.corrected / before.acted
    low = wilson(recent.corrected, recent.acted).low
    return now >= LEAST_RATIO * then and low > wilson(before.corrected, before.acted).high


def rises(counts: Iterable[TextCount], month: date) -> tuple[Rise, ...]:
    """The rises from the six months before `month` to `month`: of all texts first, then of those of
    rules and of the classifier, then of each meaning.
    """
    recent, before = (_compared(some) for some in _recent_and_before(counts, month))
    return tuple(
        Rise(about, sums, before[about])
        for about, sums in recent.items()
        if about in before and has_risen(sums, before[about])
    )


def recent_and_before(counts: Iterable[TextCount], month: date) -> tuple[Tally, Tally]:
    """The sums of `month` and of the six months before it."""
    recent, before = _recent_and_before(counts, month)
    return tally(recent), tally(before)


def _recent_and_before(
    counts: Iterable[TextCount], month: date
) -> tuple[list[TextCount], list[TextCount]]:
    earlier = months_until(month, MONTHS_BEFORE + 1)[:-1]
    counts = list(counts)
    return (
        [one for one in counts if one.month == month],
        [one for one in counts if one.month in earlier],
    )


def _compared(counts: list[TextCount]) -> dict[str, Tally]:
    bases = {basis.value: sums for basis, sums in by_basis(counts).items()}
    return {ALL: tally(counts), **bases, **by_meaning(counts)}
