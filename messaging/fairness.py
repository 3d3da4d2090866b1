"""Fairness when one number sends very many texts: other numbers are served first, and no text is
lost or served out of order.

Each reader remembers, in its own process only, which numbers it has served recently. Forgetting
them changes the order in which numbers are served and nothing else.
"""

from collections import Counter, deque

REMEMBERED = 20
OFTEN = 3


class RecentNumbers:
    """The numbers that a reader served recently. One object for each thread that reads texts."""

    def __init__(self) -> None:
        self._served: deque[str] = deque(maxlen=REMEMBERED)

    def add(self, number: str) -> None:
        """A text from this number was served."""
        self._served.append(number)

    @property
    def frequent(self) -> list[str]:
        """Numbers that were served several times recently. All others are served before them."""
        return [number for number, times in Counter(self._served).items() if times >= OFTEN]
