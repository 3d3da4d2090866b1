"""Rates are shown with Wilson's 95% interval (rule 19)."""

import pytest

from engage.core.intervals import wilson


@pytest.mark.parametrize(
    ("count", "of", "low", "high"),
    [
        (0, 10, 0.0, 0.2775),
        (10, 10, 0.7225, 1.0),
        (5, 10, 0.2366, 0.7634),
        (1, 1, 0.2065, 1.0),
        (15, 148, 0.0624, 0.1605),
        (81, 263, 0.2553, 0.3662),
        (500, 1000, 0.4691, 0.5309),
    ],
)
def test_the_interval_is_wilsons(count: int, of: int, low: float, high: float) -> None:
    """Rule 19, against published values (Newcombe, Statistics in Medicine 17, 1998, method 3, for
    15/148, 81/263).
    """
    found = wilson(count, of)
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


@pytest.mark.parametrize(("count", "of"), [(0, 0), (2, 1), (-1, 3)])
def test_a_rate_of_nothing_is_refused(count: int, of: int) -> None:
    """Rule 19: no denominator, no rate."""
    with pytest.raises(ValueError, match="denominator"):
        wilson(count, of)
