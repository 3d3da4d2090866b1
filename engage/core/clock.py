"""The only place that reads the real time.

Whoever starts a piece of work (a request, a tick, a command) asks the clock once and hands `now`
down. `ENGAGE_NOW` starts the clock of a process at another moment; it then runs on at the ordinary
pace. `ENGAGE_NOW_SINCE` says at which real moment that one was, so that programs that are started
one after the other tell the same time.
"""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engage.core.settings import Settings


class Clock:
    """Tells the time, aware and in UTC, shifted when it was started at another moment: now, or at a
    real moment `since`.
    """

    def __init__(self, start_at: datetime | None = None, since: datetime | None = None) -> None:
        real = since or datetime.now(UTC)
        self._shift = (start_at - real) if start_at is not None else real - real

    def now(self) -> datetime:
        """The present moment, UTC."""
        return datetime.now(UTC) + self._shift

    @classmethod
    def from_settings(cls, settings: "Settings") -> "Clock":
        """A clock that starts where `ENGAGE_NOW` says, else at the real time."""
        return cls(settings.now, settings.now_since)
