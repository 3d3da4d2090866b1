"""When a provider answers nobody: when a sender holds still, for how long, and what ends it. A
table and pure functions.

Each send that nobody answers is a text of which nobody knows whether it went, so a sender that
hears nothing several times in a row holds still, and then tries one text at a time, the most urgent
first, with growing pauses, until one is answered. The texts that wait stay in the queue, where
nothing can happen to them. This module must never decide what becomes of a text.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from messaging.gateways.base import Accepted, NotProcessed, Outcome, Refused, Unknown

__all__ = ["ENOUGH", "Heard", "Stand", "after", "pause"]

ENOUGH = 5
"""Sends in a row that nobody answered, after which a sender holds still."""

FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(minutes=1)
_MOST = 1000


@dataclass(frozen=True, slots=True)
class Heard:
    """What came of one send, None if it was never begun; `trial` says that this text tried the way
    for all the others.
    """

    outcome: Outcome | None
    trial: bool = False


@dataclass(frozen=True, slots=True)
class Stand:
    """Sends in a row that nobody answered; from the fifth on only trials count. `hold`: nothing
    goes for so long; None leaves it as it is.
    """

    unanswered: int
    hold: timedelta | None = None


def pause(unanswered: int) -> timedelta:
    """How long a sender holds still: not at all, then five seconds, doubled by each trial up to a
    minute.
    """
    if unanswered < ENOUGH:
        return timedelta(0)
    return min(FIRST_PAUSE * (1 << min(unanswered - ENOUGH, 10)), LONGEST_PAUSE)


def after(unanswered: int, heard: Iterable[Heard]) -> Stand:
    """How a sender stands after these sends, in the order in which they ended."""
    stand = Stand(unanswered)
    for one in heard:
        stand = _next(stand, one)
    return stand


def _next(stand: Stand, heard: Heard) -> Stand:
    """A text accepted or refused frees the sender; one that the provider did not process, or never
    heard of, proves nothing.
    """
    so_far = stand.unanswered
    match heard.outcome:
        case Accepted() | Refused():
            return Stand(0, timedelta(0))
        case Unknown() if so_far < ENOUGH or heard.trial:
            more = min(so_far + 1, _MOST)
            return Stand(more, pause(more) if more >= ENOUGH else stand.hold)
        case NotProcessed() if so_far >= ENOUGH and heard.trial:
            return Stand(so_far, pause(so_far))
        case None if so_far >= ENOUGH and heard.trial:
            return Stand(so_far, timedelta(0))
    return stand
