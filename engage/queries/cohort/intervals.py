"""How sure a rate is: Wilson's 95% interval (RULES.md 19). Pure; a rate of nothing has no interval,
and is no rate.
"""

from dataclasses import dataclass
from math import sqrt

_Z = 1.959963984540054
"""The 97.5th percentile of the normal distribution: 2.5 in 100 lie above it, and as many below its
negative.
"""


@dataclass(frozen=True)
class Interval:
    """Where the true rate lies in 95 of 100 such counts, both from 0 to 1."""

    low: float
    high: float


def wilson(count: int, of: int) -> Interval:
    """The interval of `count` among `of`. Raises ValueError unless 0 <= count <= of and of > 0.

    E. B. Wilson, Probable inference, JASA 22 (1927). It stays inside 0 and 1 and is honest at 0 and
    at all of few.
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
