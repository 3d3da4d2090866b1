"""The circuit breaker of a sender: when it opens, for how long, and what closes it. A table and
pure functions.

After a send without an answer it is not known whether the text was sent. So after several of those
in a row the circuit opens. The sender then tries one text at a time, the most urgent first, with
growing pauses, until one is answered. The other texts stay safely in the queue. This module must
never decide what becomes of a text.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from messaging.gateways.base import Accepted, NotProcessed, Outcome, Refused, Unknown

__all__ = ["OPENS_AFTER", "CircuitState", "SendResult", "pause", "state_after"]

OPENS_AFTER = 5
"""The circuit opens after this many sends in a row without an answer."""

FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(minutes=1)
_HIGHEST_COUNT = 1000


@dataclass(frozen=True, slots=True)
class SendResult:
    """The outcome of one send, None if it was never started. `trial`: this text tested an open
    circuit.
    """

    outcome: Outcome | None
    trial: bool = False


@dataclass(frozen=True, slots=True)
class CircuitState:
    """Sends in a row without an answer; from the fifth on only trials count. `open_for`: how long
    nothing may be sent; None leaves that unchanged.
    """

    unanswered: int
    open_for: timedelta | None = None


def pause(unanswered: int) -> timedelta:
    """How long an open circuit stays open: five seconds, doubled by each trial up to a minute; zero
    while it is closed.
    """
    if unanswered < OPENS_AFTER:
        return timedelta(0)
    return min(FIRST_PAUSE * (1 << min(unanswered - OPENS_AFTER, 10)), LONGEST_PAUSE)


def state_after(unanswered: int, results: Iterable[SendResult]) -> CircuitState:
    """The circuit after these sends, in the order in which they ended."""
    state = CircuitState(unanswered)
    for result in results:
        state = _next(state, result)
    return state


def _next(state: CircuitState, result: SendResult) -> CircuitState:
    """A text that is accepted or refused closes the circuit. One that the provider did not process,
    or never received, proves nothing.
    """
    so_far = state.unanswered
    match result.outcome:
        case Accepted() | Refused():
            return CircuitState(0, timedelta(0))
        case Unknown() if so_far < OPENS_AFTER or result.trial:
            count = min(so_far + 1, _HIGHEST_COUNT)
            return CircuitState(count, pause(count) if count >= OPENS_AFTER else state.open_for)
        case NotProcessed() if so_far >= OPENS_AFTER and result.trial:
            return CircuitState(so_far, pause(so_far))
        case None if so_far >= OPENS_AFTER and result.trial:
            return CircuitState(so_far, timedelta(0))
    return state
