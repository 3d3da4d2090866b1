"""Rule 15: when a check-in is due, how long it is open, and what an answer means. No database, no
clock, no settings.

Days are calendar days and hours are wall clock hours in the hub's zone, so ten o'clock on Tuesday
stays ten o'clock on Tuesday when the clocks change. Closed days are days like any other: a text
needs no office.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from engage.core.local_time import hour_of_day, local_day
from engage.people.rules import Reason

INTERVALS_IN_WEEKS = (1, 2, 4, 8)
"""Weeks from one check-in to the next [practice]."""
LATEST_SENDING = timedelta(hours=24)
"""A check-in that could not be sent within a day of its hour is not sent; the next one will be
[ours].
"""
HELP_OFFER_OPEN = timedelta(hours=24)
"""How long a yes or no counts as the reply to the offer of a call [ours]."""
SHORTEST_TIME_TO_ANSWER = timedelta(hours=1)
"""No nudge is sent with less time than this left to answer [ours]."""
MEANS = {1: "good", 2: "OK", 3: "not great", 4: "need help"}
LOW = 3
"""From this answer on, staff are told the same day."""

TOO_LATE = Reason("too_late", "It could not be sent within a day of its hour")
SWITCHED_OFF = Reason("switched_off", "Check-ins were switched off")
NOT_REACHED = Reason("not_reached", "The first text did not reach the phone")
NO_HOUR_LEFT = Reason("quiet_hours", "No hour for texts was left before it closed")
WROTE_TO_WORKER = Reason("wrote_to_worker", "They wrote to a worker")
"""While a worker had taken over the conversation: what the person wrote was for the worker to read,
and may have been the answer.
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
    """The day whose check-in is due at `now`, and the next day. If several were missed, only the
    last is due.

    `planned` is the day that was planned next and has come.
    """
    step = timedelta(weeks=schedule.every_weeks)
    due = planned
    while hour_of_day(due + step, schedule.hour, zone) <= now:
        due += step
    return due, due + step


def call_deadline(now: datetime, zone: ZoneInfo, day_ends: int) -> datetime:
    """The latest time to ring on the day of a low answer: the end of the working day, or within the
    hour after that, and never past midnight.
    """
    today = local_day(now, zone)
    ends, midnight = hour_of_day(today, day_ends, zone), hour_of_day(today, 24, zone)
    return min(max(ends, now + timedelta(hours=1)), midnight)


_UNITS = (
    r"(?:am|pm|a\.m|p\.m|mins?|minutes?|hours?|hrs?|h|days?|weeks?|wks?|months?|years?|yrs?"
    r"|st|nd|rd|th|o'?clock"
    r"|munud|awr|diwrnod|dydd|wythnos|mis|blwyddyn|x)\b"
)
_FOR_A_WORD = (
    r"(?:1 ?(?:secs?|second|of|by|too many)"
    r"|2 ?(?:be|b|much|bad|late|many|long|hard|busy|soon|moro\w*|morrow|nite|night|day)"
    r"|4 ?(?:get|gotten|eva|ever|real|u|you))\b"
)
"""Numbers that stand for words: too bad, to be honest, forget it, one of those days."""
_LEADING = re.compile(
    rf"[\s\"'(]*(?!{_FOR_A_WORD})([1-4])(?!\d)(?![:/.,-]\d)(?!\s?{_UNITS})[\s)\].,:;!\"'–—-]*",
    re.IGNORECASE,
)


def leading_number(body: str) -> int | None:
    """The number from 1 to 4 at the start of a text, unless it is part of a time, date, duration or
    quantity.
    """
    found = _LEADING.match(body)
    return int(found[1]) if found else None


def begins_with_word_number(body: str) -> bool:
    """Whether a text begins with a number that stands for a word: `2 much`, `1 sec`."""
    return re.match(rf"\W*{_FOR_A_WORD}", body, re.IGNORECASE) is not None


def extra_words(body: str) -> str:
    """The words beside the number: `not sleeping` in `3 not sleeping`. The whole text if it has no
    number.
    """
    found = _LEADING.match(body)
    return (body[found.end() :] if found else body).strip()


_ROUND = (
    r"(?:sorry|soz|sori|oops|no|na|actually|i|meant|mean|put|should|be|have|been|its|it's|it|is|a"
    r"|number|rhif|o'n i'n golygu)"
)
_POLITE = r"(?:please|pls|plz|thanks|ta|diolch|x+)"
_MEANT = re.compile(rf"(?:{_ROUND} )+([1-4])(?: not [1-4])?(?: {_POLITE})*")


def corrected_number(body: str) -> int | None:
    """The number in a text that only corrects an answer: 4 in `sorry i meant 4 not 2`. None for any
    other text.
    """
    plain = "".join(
        c if c.isalnum() or c in "' " else " " for c in body.replace("’", "'").casefold()
    )
    found = _MEANT.fullmatch(" ".join(plain.split()))
    return int(found[1]) if found else None
