"""Scripts of conversations: what a TOML file may say, and how it is read. README.md describes it.

A misspelt key is an error: an expectation that nobody checks would prove nothing.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from engage.understanding.safety.kinds import DangerKind

T = TypeVar("T")

LONDON = ZoneInfo("Europe/London")
START = "2027-03-19 16:05"
"""Friday 19 March 2027, nine days before the clocks change: `Fri 11:00` is a week later."""
NUMBER = "07700 900101"
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}

WRITERS = ("person", "relative", "worker", "stranger", "machine", "reaction")
"""Who may write a text. A `worker` is another service's, such as a support worker."""
DANGERS = tuple(kind.value for kind in DangerKind)
SPEAKERS = ("person", "other", "machine")
"""Whom the record may name as the writer; `other` is anybody but the person."""
OURS = (
    "book",
    "reminder",
    "missed",
    "attended",
    "move",
    "cancel",
    "check_in",
    "praise",
    "number_check",
    "worker",
    "hand_back",
    "read",
    "free_times",
    "new_number",
    "transfer",
    "close",
)
"""What we do between texts; README.md says what each does."""


class ScriptError(ValueError):
    """A script that cannot be played."""


@dataclass(frozen=True)
class Expected:
    """What must hold after a text, or at the end. What is None is not checked."""

    answered: bool | None = None
    says: tuple[str, ...] = ()
    says_not: tuple[str, ...] = ()
    stated: Mapping[str, str] | None = None
    signals: tuple[str, ...] = ()
    signals_not: tuple[str, ...] = ()
    number: str | None = None
    human: bool | None = None
    speaker: str | None = None
    danger: str | None = None
    tells: tuple[str, ...] = ()
    tells_not: tuple[str, ...] = ()
    check_in: int | str | None = None
    cause: str | None = None
    minutes: int | None = None
    reports: tuple[str, ...] | None = None
    absence: str | None = None
    starts: Mapping[str, str] = field(default_factory=dict)
    within: timedelta | None = None
    verified: bool | None = None
    nothing_to_do: bool = False
    answers_at_most: int | None = None


@dataclass(frozen=True)
class Turn:
    """One text to us, or one thing that we do, some time after the turn before."""

    text: str | None = None
    ours: str | None = None
    after: timedelta = timedelta(minutes=5)
    at: str | None = None
    by: str = "person"
    sender: str | None = None
    media: int = 0
    times: int = 1
    gap: timedelta = timedelta(seconds=2)
    same_sid: bool = False
    about: str | None = None
    words: str = ""
    to: str = ""
    person: str | None = None
    expected: Expected = Expected()


@dataclass(frozen=True)
class Texter:
    """A person under supervision with a phone. `shared`: a worker agreed that others have it."""

    name: str = "grace"
    first_name: str = "Grace"
    language: str = "en"
    number: str = NUMBER
    verified: bool = True
    shared: bool = False
    approved: bool = True
    voluntary: bool = False
    rebooking: bool = False
    two_hours: bool = False


@dataclass(frozen=True)
class Booking:
    """An appointment that a turn books. `starts` is a moment in London (see `moment`)."""

    name: str
    starts: str
    person: str | None = None
    type: str = "office"
    place: str = "the centre on Bridge St"
    worker: str = "Pat"


@dataclass(frozen=True)
class Script:
    """One conversation."""

    title: str
    turns: tuple[Turn, ...]
    start: datetime
    people: tuple[Texter, ...] = (Texter(),)
    bookings: Mapping[str, Booking] = field(default_factory=dict)
    end: Expected = Expected()


def read(path: Path) -> Script:
    """The conversation in a file. Raises ScriptError, naming the file."""
    try:
        return script_of(tomllib.loads(path.read_text()))
    except (ScriptError, tomllib.TOMLDecodeError, TypeError, ValueError) as problem:
        raise ScriptError(f"{path.name}: {problem}") from problem


def script_of(given: Mapping[str, Any]) -> Script:
    """The conversation in a parsed file."""
    if unknown := set(given) - {"title", "start", "person", "appointment", "turn", "end"}:
        raise ScriptError(f"unknown: {', '.join(sorted(unknown))}")
    bookings = [_made(Booking, one) for one in given.get("appointment", [])]
    return Script(
        title=given["title"],
        turns=tuple(_turn(one) for one in given["turn"]),
        people=tuple(_made(Texter, one) for one in given.get("person", [{}])),
        bookings={one.name: one for one in bookings},
        start=moment(given.get("start", START), datetime.min.replace(tzinfo=UTC)),
        end=expected_of(given.get("end", {})),
    )


def expected_of(given: Mapping[str, Any]) -> Expected:
    """The expectations in a table. A list stands for itself; one fragment may stand alone."""
    found = _made(Expected, given)
    if isinstance(found.within, str):
        found = replace(found, within=duration(found.within))
    for name, value in given.items():
        if isinstance(value, list):
            found = replace(found, **{name: tuple(value)})
        elif name in ("says", "says_not", "tells", "tells_not", "signals", "signals_not"):
            found = replace(found, **{name: (value,)})
    if found.danger not in (None, *DANGERS, "none", "maybe"):
        raise ScriptError(f"no such danger: {found.danger}")
    if found.speaker not in (None, *SPEAKERS):
        raise ScriptError(f"no such speaker: {found.speaker}")
    if found.number not in (None, "open", "stopped", "suspended"):
        raise ScriptError(f"no such state of a number: {found.number}")
    return found


def split(given: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The expectations in a table, and the rest of it."""
    names = {one.name for one in fields(Expected)}
    return (
        {name: value for name, value in given.items() if name in names},
        {name: value for name, value in given.items() if name not in names},
    )


def _turn(given: Mapping[str, Any]) -> Turn:
    expected, rest = split(given)
    for name in ("after", "gap"):
        if name in rest:
            rest[name] = duration(rest[name])
    if "from" in rest:
        rest["sender"] = rest.pop("from")
    turn = replace(_made(Turn, rest), expected=expected_of(expected))
    if (turn.text is None) == (turn.ours is None):
        raise ScriptError(f"a turn has either a text or something of ours: {given}")
    if turn.ours not in (None, *OURS) or turn.by not in WRITERS:
        raise ScriptError(f"unknown: {turn.ours or turn.by}")
    return turn


def _made(kind: type[T], given: Mapping[str, Any]) -> T:
    if unknown := set(given) - {one.name for one in fields(kind)}:  # type: ignore[arg-type]
        raise ScriptError(f"unknown in {kind.__name__}: {', '.join(sorted(unknown))}")
    return kind(**given)


def duration(words: str) -> timedelta:
    """`30s`, `5m`, `2h` or `1d`."""
    found = re.fullmatch(r"(\d+)([smhd])", words)
    if found is None:
        raise ScriptError(f"no duration: {words}")
    return timedelta(**{UNITS[found[2]]: int(found[1])})


def moment(words: str, since: datetime) -> datetime:
    """`2027-03-25 14:00` in London, or `Thu 14:00`: the first such moment after `since`. In UTC."""
    day, clock = words.rsplit(" ", 1)
    hours = time.fromisoformat(clock)
    if day[:1].isdigit():
        local = datetime.combine(datetime.fromisoformat(day), hours, LONDON)
        return local.astimezone(UTC)
    wanted = DAYS.index(day.lower())
    date = since.astimezone(LONDON).date()
    date += timedelta(days=(wanted - date.weekday()) % 7)
    found = datetime.combine(date, hours, LONDON).astimezone(UTC)
    if found > since:
        return found
    return datetime.combine(date + timedelta(days=7), hours, LONDON).astimezone(UTC)
