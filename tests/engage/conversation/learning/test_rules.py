"""How often workers corrected texts, and when a rise is a warning: tables, properties, and how
often the warning is wrong.
"""

from collections.abc import Sequence
from datetime import date
from math import exp, lgamma, log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engage.conversation.learning import rules
from engage.conversation.learning.rules import Tally, TextCount
from engage.understanding.vocabulary import Basis, Intent

FEBRUARY = date(2027, 2, 1)
MEANINGS = ("confirm", "decline", "lapse", "progress_health")


def count(
    texts: int,
    meaning: str = "confirm",
    given: str | None = None,
    *,
    month: date = FEBRUARY,
    basis: str = "rule",
    acted: bool = True,
) -> TextCount:
    """Some texts that were read alike."""
    return TextCount(month, meaning, basis, acted, given, given == meaning, texts)


COUNTS = st.lists(
    st.builds(
        count,
        st.integers(0, 400),
        st.sampled_from(MEANINGS),
        st.none() | st.sampled_from(MEANINGS),
        month=st.sampled_from(rules.months_until(FEBRUARY, 8)),
        basis=st.sampled_from([basis.value for basis in Basis]),
        acted=st.booleans(),
    ),
    max_size=20,
)


@pytest.mark.parametrize(
    ("counts", "sums"),
    [
        ([], Tally()),
        ([count(5)], Tally(acted=5)),
        ([count(5), count(2, given="decline")], Tally(acted=7, corrected=2)),
        ([count(3, given="confirm")], Tally(acted=3)),
        ([count(4, acted=False)], Tally(left=4)),
        ([count(4, given="decline", acted=False)], Tally(left=4, given=4)),
        ([count(4, given="confirm", acted=False)], Tally(left=4, given=4, guessed=4)),
    ],
)
def test_what_counts_as_corrected(counts: list[TextCount], sums: Tally) -> None:
    """A worker who corrects a text back to what Engage read has not corrected it. A text that was
    left to a worker cannot be corrected, only given a meaning.
    """
    assert rules.tally(counts) == sums


def test_a_proportion_has_an_interval_or_is_none() -> None:
    """Rule 19: without texts there is neither."""
    assert (Tally().rate, Tally().interval) == (None, None)
    found = Tally(acted=148, corrected=15)
    assert found.rate == 15 / 148 and found.interval is not None
    assert (round(found.interval.low, 4), round(found.interval.high, 4)) == (0.0624, 0.1605)


def test_meanings_given_by_workers() -> None:
    """In place of what Engage acted on, and to texts that it left to them."""
    found = rules.meanings_given(
        [
            count(100),
            count(3, given="decline"),
            count(2, given="confirm"),
            count(4, "other", "decline", acted=False),
            count(1, "decline", "decline", acted=False),
            count(2, "other", "crisis", acted=False),
        ]
    )
    assert [(one.meaning, one.instead, one.given, one.guessed) for one in found] == [
        ("decline", 3, 5, 1),
        ("crisis", 0, 2, 0),
    ]


@pytest.mark.parametrize(
    ("today", "month"),
    [
        (date(2027, 3, 1), date(2027, 2, 1)),
        (date(2027, 3, 31), date(2027, 2, 1)),
        (date(2027, 1, 1), date(2026, 12, 1)),
    ],
)
def test_the_last_full_month(today: date, month: date) -> None:
    """On the first day of a month the month before is over."""
    assert rules.last_full_month(today) == month


def test_months_follow_one_another_across_a_year() -> None:
    """The last one comes last."""
    found = rules.months_until(FEBRUARY, 4)
    assert found == (date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1), FEBRUARY)


@pytest.mark.parametrize(
    ("recent", "before", "has_risen"),
    [
        # Corrected and acted on, in the month and in the six months before.
        ((12, 60), (6, 300), True),
        ((5, 30), (2, 100), True),
        ((20, 200), (36, 1200), True),
        # Half as many again, of many texts, and a little less than that.
        ((450, 10_000), (1800, 60_000), True),
        ((449, 10_000), (1800, 60_000), False),
        # Not clearly more.
        ((6, 60), (18, 300), False),
        ((3, 100), (18, 600), False),
        ((0, 60), (18, 300), False),
        # Too few texts, or too few of them corrected.
        ((12, 29), (6, 300), False),
        ((12, 60), (1, 99), False),
        ((4, 30), (0, 1000), False),
        # Fewer than before.
        ((5, 300), (60, 300), False),
    ],
)
def test_when_a_rise_is_a_warning(
    recent: tuple[int, int], before: tuple[int, int], has_risen: bool
) -> None:
    """The whole interval lies above that of the months before, and there are enough texts."""
    now, then = (Tally(acted=acted, corrected=corrected) for corrected, acted in (recent, before))
    assert rules.has_risen(now, then) is has_risen


def chances(of: int, share: float) -> list[float]:
    """The chance of each number out of `of` that has a property of this share."""
    ways = [lgamma(of + 1) - lgamma(many + 1) - lgamma(of - many + 1) for many in range(of + 1)]
    return [
        exp(way + many * log(share) + (of - many) * log(1 - share)) for many, way in enumerate(ways)
    ]


def chance_of_a_warning(month: int, share: float, before: int, share_before: float) -> float:
    """How likely these numbers of texts bring a warning, computed exactly."""
    now, then = chances(month, share), chances(before, share_before)
    total, least = 0.0, 0
    for many, chance in enumerate(then):
        if chance < 1e-12:
            continue
        while least <= month and not rules.has_risen(
            Tally(acted=month, corrected=least), Tally(acted=before, corrected=many)
        ):
            least += 1
        total += chance * sum(now[least:])
    return total


@pytest.mark.parametrize("share", [0.01, 0.03, 0.1])
@pytest.mark.parametrize("month", [30, 60, 120])
def test_it_seldom_warns_if_nothing_has_changed(month: int, share: float) -> None:
    """With months alike, fewer than 7 in 1,000 comparisons warn without a cause."""
    assert chance_of_a_warning(month, share, 6 * month, share) < 0.007


@pytest.mark.parametrize(
    ("month", "share", "least"), [(100, 0.09, 0.5), (100, 0.15, 0.95), (200, 0.09, 0.8)]
)
def test_it_finds_a_real_rise(month: int, share: float, least: float) -> None:
    """What docs/understanding.md says of a rise from 3 in 100."""
    assert chance_of_a_warning(month, share, 6 * month, 0.03) > least


SUMS = st.integers(0, 800).flatmap(
    lambda acted: st.builds(Tally, acted=st.just(acted), corrected=st.integers(0, acted))
)


@given(SUMS, SUMS)
def test_a_warning_needs_a_higher_proportion_and_enough_texts(recent: Tally, before: Tally) -> None:
    """Whatever the numbers."""
    if rules.has_risen(recent, before):
        assert recent.rate is not None and before.rate is not None
        assert recent.rate > before.rate
        assert recent.acted >= 30 and before.acted >= 100 and recent.corrected >= 5


@given(SUMS, SUMS, st.integers(0, 800), st.integers(0, 800))
def test_more_corrections_never_end_a_warning(
    recent: Tally, before: Tally, more: int, fewer: int
) -> None:
    """Nor do fewer corrections before the month."""
    if rules.has_risen(recent, before):
        worse = Tally(recent.acted, min(recent.corrected + more, recent.acted))
        better = Tally(before.acted, max(before.corrected - fewer, 0))
        assert rules.has_risen(worse, better)


def total(tallies: Sequence[Tally]) -> Tally:
    """The sum of some sums."""
    columns = zip(
        *((one.acted, one.corrected, one.left, one.given, one.guessed) for one in tallies),
        strict=True,
    )
    return Tally(*(sum(column) for column in columns))


@given(COUNTS)
def test_parts_add_up_to_the_whole(counts: list[TextCount]) -> None:
    """By basis, by month, by month and meaning; a corrected text is one that was acted on."""
    whole = rules.tally(counts)
    assert total(list(rules.by_basis(counts).values())) == whole
    months = rules.months_until(FEBRUARY, 8)
    assert total(list(rules.by_month(counts, months).values())) == whole
    assert total([Tally(), *(line.texts for line in rules.month_lines(counts))]) == whole
    by_meaning = total([Tally(), *rules.by_meaning(counts).values()])
    assert (by_meaning.acted, by_meaning.corrected) == (whole.acted, whole.corrected)
    assert sum(one.instead for one in rules.meanings_given(counts)) == whole.corrected
    assert sum(one.given for one in rules.meanings_given(counts)) == whole.given
    assert whole.corrected <= whole.acted and whole.guessed <= whole.given <= whole.left


@given(COUNTS)
def test_without_health_access_the_totals_are_the_same(counts: list[TextCount]) -> None:
    """No meaning about health is named, and no text is lost."""
    shown = rules.without_health(counts)
    assert rules.tally(shown) == rules.tally(counts)
    hidden = {intent.value for intent in Intent if intent.meaning.health}
    assert not hidden & {one.meaning for one in shown}
    assert not hidden & {one.given for one in shown}


def test_rises_compare_all_texts_each_basis_and_each_meaning() -> None:
    """A rise of one meaning shows even if all texts together do not rise."""
    before = date(2026, 11, 1)
    counts = [
        count(900, month=before),
        count(20, given="decline", month=before),
        count(290, "decline", month=before, basis="model"),
        count(5, "decline", "confirm", month=before, basis="model"),
        count(300),
        count(6, given="decline"),
        count(30, "decline", basis="model"),
        count(6, "decline", "confirm", basis="model"),
        # Neither the present month nor one more than six months ago is compared.
        count(500, given="other", month=date(2027, 3, 1)),
        count(500, given="other", month=date(2026, 7, 1)),
    ]
    found = rules.rises(counts, FEBRUARY)
    assert [one.about for one in found] == ["model", "decline"]
    assert (found[1].recent.corrected, found[1].recent.acted) == (6, 36)
    assert (found[1].before.corrected, found[1].before.acted) == (5, 295)
    assert rules.is_comparable(*rules.recent_and_before(counts, FEBRUARY))
    assert rules.rises(counts, date(2026, 9, 1)) == ()
