"""Whose turn it is when one number sends very many texts: the others come first, and none of its
texts is lost or put out of order.

It remembers which numbers a reader has lately served, in its own process only; forgetting it
changes the order in which numbers are served and nothing else.
"""

from collections import Counter, deque

REMEMBERED, OFTEN = 20, 3


class Crowd:
    """The numbers that a reader served lately. One for each thread that takes up texts."""

    def __init__(self) -> None:
        self._served: deque[str] = deque(maxlen=REMEMBERED)

    def served(self, number: str) -> None:
        """A text of this number was taken up."""
        self._served.append(number)

    @property
    def pressing(self) -> list[str]:
        """The numbers that had several turns among the last: whoever else waits goes before them."""
        return [number for number, times in Counter(self._served).items() if times >= OFTEN]
