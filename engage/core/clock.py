"""The only module that reads the real time.

A request, a tick or a command asks the clock once and passes `now` down. `ENGAGE_NOW` starts the
clock of a process at another time; from there it runs normally. `ENGAGE_NOW_SINCE` gives the real
time that corresponds to `ENGAGE_NOW`, so that processes started one after another agree.
"""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engage.core.settings import Settings


class Clock:
    """A clock in UTC. With `start_at` it shows that time at the real time `since`, or now if there
    is no `since`.
    """

    def __init__(self, start_at: datetime | None = None, since: datetime | None = None) -> None:
        real = since or datetime.now(UTC)
        self._shift = (start_at - real) if start_at is not None else real - real

    def now(self) -> datetime:
        """The current time, aware, in UTC."""
        return datetime.now(UTC) + self._shift

    @classmethod
    def from_settings(cls, settings: "Settings") -> "Clock":
        """A clock that starts at `ENGAGE_NOW`, or at the real time if that is not set."""
        return cls(settings.now, settings.now_since)
