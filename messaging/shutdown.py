"""How a program learns that it must stop: SIGTERM or SIGINT, noticed within a tenth of a second
whichever thread receives the signal.

The handler only sets a flag. An event set by a handler can wait for ever for the lock that the
interrupted thread holds, and a main thread asleep on a lock is not woken by a signal that another
thread received. So the flag is polled every tenth of a second.
"""

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

_LOOK_EVERY_SECONDS = 0.1


@contextmanager
def stop_signals() -> Iterator[Callable[[], None]]:
    """Catch SIGTERM and SIGINT inside the block; gives a function that waits for the first of them.
    Main thread only (ValueError elsewhere).
    """
    asked = False

    def ask(signum: int, frame: FrameType | None) -> None:
        nonlocal asked
        asked = True

    def wait() -> None:
        while not asked:
            time.sleep(_LOOK_EVERY_SECONDS)

    before = {number: signal.signal(number, ask) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield wait
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
