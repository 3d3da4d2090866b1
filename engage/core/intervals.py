"""Wilson's 95% confidence interval of a rate (rule 19). Pure. A rate with no denominator has no
interval.
"""

from dataclasses import dataclass
from math import sqrt

_Z = 1.959963984540054
"""The 97.5th percentile of the normal distribution: 2.5% lie above it, and 2.5% below
its negative.
"""


@dataclass(frozen=True)
class Interval:
    """The 95% interval of the true rate, both ends from 0 to 1."""

    low: float
    high: float


def wilson(count: int, of: int) -> Interval:
    """The interval of `count` out of `of`. Raises ValueError unless 0 <= count <= of and of > 0.

    E. B. Wilson, Probable inference, JASA 22 (1927). It stays between 0 and 1, and is sound at 0,
    at 1 and for small counts.
    """
    if of <= 0 or not 0 <= count <= of:
        raise ValueError("a rate needs a count from 0 to its denominator, which is not 0")
    rate, square = count / of, _Z * _Z
    middle = (rate + square / (2 * of)) / (1 + square / of)
    spread = _Z / (1 + square / of) * sqrt(rate * (1 - rate) / of + square / (4 * of * of))
    return Interval(
        0.0 if count == 0 else max(0.0, middle - spread),
        1.0 if count == of else min(1.0, middle + spread),
    )
