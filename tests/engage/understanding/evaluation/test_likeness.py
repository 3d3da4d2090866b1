"""How alike two texts are, and that the index finds what comparing one by one finds."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engage.understanding.evaluation.likeness import LikenessIndex, Pair, folded, likeness, runs

TEXTS = st.lists(st.text(alphabet="ab c.👍", max_size=12), min_size=1, max_size=12)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("abcd", "abcd", 1),
        ("Cant make it!", "CAN’T,  make it...", 1),
        ("abcd", "abce", 2 / 6),
        ("yes", "no", 0),
        ("stop", "😂 stop", 4 / 6),
        ("", "", 1),
        ("", "yes", 0),
    ],
)
def test_likeness(one: str, other: str, expected: float) -> None:
    """The share of runs of three characters that both have. Case and punctuation do not count."""
    assert likeness(one, other) == pytest.approx(expected)
    assert likeness(other, one) == likeness(one, other)


def test_what_does_not_count() -> None:
    """Case and punctuation, but not in a text that is nothing else."""
    assert folded(" Yes, I'LL  come. ") == "yes ill come"
    assert folded("?!") == "?!"
    assert runs("ab") == {" ab", "ab "}


def test_the_nearest_is_found() -> None:
    """The most alike of the indexed texts, for a text with runs that are in none of them too."""
    index = LikenessIndex(["running late", "cant make it", "who is this"])
    nearest = index.nearest(["cant make it zzz", "running late"])
    assert [pair.second for pair in nearest] == [1, 0]
    assert nearest[0].likeness == pytest.approx(likeness("cant make it zzz", "cant make it"))
    assert nearest[1] == Pair(1, 0, 1.0)


@settings(deadline=None)
@given(indexed=TEXTS, asked=TEXTS)
def test_the_index_agrees_with_comparing_one_by_one(indexed: list[str], asked: list[str]) -> None:
    """The likeness of the nearest, and all that are alike enough."""
    index = LikenessIndex(indexed)
    for text, pair in zip(asked, index.nearest(asked), strict=True):
        assert pair.likeness == pytest.approx(max(likeness(text, one) for one in indexed))
        assert pair.likeness == pytest.approx(likeness(text, indexed[pair.second]))
    for threshold in (0.35, 0.65, 1.0):
        expected = {
            (first, second)
            for second in range(len(indexed))
            for first in range(second)
            if likeness(indexed[first], indexed[second]) >= threshold - 1e-9
        }
        assert {(one.first, one.second) for one in index.pairs(threshold)} == expected
        assert {(one.first, one.second) for one in index.alike(asked, threshold)} == {
            (first, second)
            for first, text in enumerate(asked)
            for second, one in enumerate(indexed)
            if likeness(text, one) >= threshold - 1e-9
        }
