"""Rule 15 of RULES.md: when a check-in is due, until when it is open, and what an answer says. No
database, no clock, no settings.

Days are counted on the calendar and hours on the wall clock of the hub's zone, so ten o'clock on
Tuesday stays ten o'clock on Tuesday when the clocks change. A day on which offices are closed is a
day like any other: a text needs no office.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from engage.core.local_time import hour_of_day, local_day
from engage.people.rules import Reason

EVERY = (1, 2, 4, 8)
"""The numbers of weeks from one check-in to the next [practice]."""
USEFUL = timedelta(hours=24)
"""A check-in that could not go within a day of its hour does not go: the next one will [ours]."""
HELP_OPEN = timedelta(hours=24)
"""How long a yes or a no is to the offer of a call [ours]."""
LEAST_LEFT = timedelta(hours=1)
"""With less time than this to answer no nudge goes [ours]."""
MEANS = {1: "good", 2: "OK", 3: "not great", 4: "need help"}
LOW = 3
"""From this answer on somebody is told the same day."""

TOO_LATE = Reason("too_late", "It could not be sent within a day of its hour")
SWITCHED_OFF = Reason("switched_off", "Check-ins were switched off")
NOT_REACHED = Reason("not_reached", "The first text did not reach the phone")
NO_HOUR_LEFT = Reason("quiet_hours", "No hour for texts was left before it closed")
WROTE_TO_WORKER = Reason("wrote_to_worker", "They wrote to a worker")
"""While a worker had the conversation: what they wrote was for the worker to read, and may have
been the answer.
"""


@dataclass(frozen=True)
class Schedule:
    """Every so many weeks, on this weekday (0 is Monday), at this local hour."""

    every_weeks: int
    weekday: int
    hour: int


def first_day(schedule: Schedule, now: datetime, zone: ZoneInfo) -> date:
    """The first day on which the schedule falls due after `now`."""
    today = local_day(now, zone)
    day = today + timedelta(days=(schedule.weekday - today.weekday()) % 7)
    return day if hour_of_day(day, schedule.hour, zone) > now else day + timedelta(days=7)


def falls_due(
    schedule: Schedule, planned: date, now: datetime, zone: ZoneInfo
) -> tuple[date, date]:
    """The day whose check-in is due at `now`, and the next one. Of several that were missed
    meanwhile only the last is due.

    `planned` is the day that was next so far, and has come.
    """
    step = timedelta(weeks=schedule.every_weeks)
    due = planned
    while hour_of_day(due + step, schedule.hour, zone) <= now:
        due += step
    return due, due + step


def same_day(now: datetime, zone: ZoneInfo, day_ends: int) -> datetime:
    """By when to ring on the day of a hard answer: when the working day ends, later on within the
    hour, and never past midnight.
    """
    today = local_day(now, zone)
    ends, midnight = hour_of_day(today, day_ends, zone), hour_of_day(today, 24, zone)
    return min(max(ends, now + timedelta(hours=1)), midnight)


_UNITS = (
    r"(?:am|pm|a\.m|p\.m|mins?|minutes?|hours?|hrs?|h|days?|weeks?|wks?|months?|years?|yrs?|st|nd|rd|th|o'?clock"
    r"|munud|awr|diwrnod|dydd|wythnos|mis|blwyddyn|x)\b"
)
_FOR_A_WORD = (
    r"(?:1 ?(?:secs?|second|of|by|too many)|2 ?(?:be|b|much|bad|late|many|long|hard|busy|soon|moro\w*|morrow|nite|night|day)"
    r"|4 ?(?:get|gotten|eva|ever|real|u|you))\b"
)
"""Numbers that stand for words: too bad, to be honest, forget it, one of those days."""
_LEADING = re.compile(
    rf"[\s\"'(]*(?!{_FOR_A_WORD})([1-4])(?!\d)(?![:/.,-]\d)(?!\s?{_UNITS})[\s)\].,:;!\"'–—-]*",
    re.IGNORECASE,
)


def leading_number(body: str) -> int | None:
    """The number from 1 to 4 that a text begins with, where it is no time, date, length of time or
    count of anything.
    """
    found = _LEADING.match(body)
    return int(found[1]) if found else None


def for_a_word(body: str) -> bool:
    """Whether a text begins with a number that stands for a word: `2 much`, `1 sec`."""
    return re.match(rf"\W*{_FOR_A_WORD}", body, re.IGNORECASE) is not None


def extra_words(body: str) -> str:
    """What was said beside the number: `not sleeping` of `3 not sleeping`; all of it where there is
    no number.
    """
    found = _LEADING.match(body)
    return (body[found.end() :] if found else body).strip()


_ROUND = r"(?:sorry|soz|sori|oops|no|na|actually|i|meant|mean|put|should|be|have|been|its|it's|it|is|a|number|rhif|o'n i'n golygu)"
_POLITE = r"(?:please|pls|plz|thanks|ta|diolch|x+)"
_MEANT = re.compile(rf"(?:{_ROUND} )+([1-4])(?: not [1-4])?(?: {_POLITE})*")


def meant_number(body: str) -> int | None:
    """The number of a text that does nothing but put an answer right: 4 of `sorry i meant 4 not 2`.
    None of any other text.
    """
    plain = "".join(
        c if c.isalnum() or c in "' " else " " for c in body.replace("’", "'").casefold()
    )
    found = _MEANT.fullmatch(" ".join(plain.split()))
    return int(found[1]) if found else None
