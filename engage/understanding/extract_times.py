"""Extracts the minutes, days and times of day that a text names. Pure.

It matches words and does not understand them: call it only for the details of a meaning that has
been found. The result is None if the words name nothing, or two different things.
"""

import re

MAX_MINUTES_LATE = 180
"""A human reads anything longer."""

_DAYS = {
    "mon": "mon|llun",
    "tue": "tue|mawrth",
    "wed": "wed|mercher",
    "thu": "thu|iau",
    "fri": "fri|gwener",
    "sat": "sat|sadwrn",
    "sun": "sun|sul",
    "today": "today|heddiw|heddi",
    "tomorrow": "tomorrow|fory|yfory",
}
_NOT_THE_DAY = (
    r"(?<!til )(?<!till )(?<!until )(?<!before )(?<!after )(?<!since )(?<!from )(?<!starts )"
    r"(?<!start )(?<!paid )(?<!payday )(?<!tan ddydd )(?<!tan dydd )(?<!tan )(?<!last )(?<!by "
    r")(?<!the )(?<!in the )"
)
"""Before a day that is not that of the appointment: "no money til friday", "out in the sun"."""
_DAY_PATTERNS = {day: re.compile(rf"{_NOT_THE_DAY}\b(?:{words})\b") for day, words in _DAYS.items()}
_SAT_DOWN = re.compile(
    r"\b(?:(?:im|just|still|been|was|is|are|were|hes|shes|we|all) )?sat (?:in (?!the (?:morning|"
    r"afternoon|evening))|at (?!\d|noon|the same)|on|here|outside|down|by|waiting|with|there|next|"
    r"inside|round|about|up|watching|doing|around|opposite|behind)\b|"
    r"\b(?:the|in|bit of|no|some) sun\b|\bsun (?:is|was|shining|out|tan)\b|"
    r"\b(?:got|get|getting|newly) wed\b"
)
"""Words that look like days: "sat in reception", "in the sun"."""
_MINUTES = re.compile(
    r"\b(\d{1,3}) ?(?:minutes|m)\b|\b(?:in|about|another|be|there|mewn|"
    r"tua) (?:about )?(\d{1,3})\b(?! ?(?:oclock|am|pm|:))"
)
_DURATIONS = (
    (re.compile(r"\b(?:half an|half a|half|hanner) (?:hour|awr)\b"), 30),
    (re.compile(r"\b(?:quarter of an|chwarter) (?:hour|awr)\b"), 15),
    (re.compile(r"\b(?:an|1|a) (?:hour|awr)\b"), 60),
    (re.compile(r"\b(?:pum|pump) (?:munud|minutes)\b"), 5),
    (re.compile(r"\b(?:deg|ddeg|deng|ddeng) (?:munud|minutes)\b"), 10),
    (re.compile(r"\b(?:pymtheg|bymtheg) (?:munud|minutes)\b"), 15),
    (re.compile(r"\b(?:ugain|igain) (?:munud|minutes)\b"), 20),
)
_CLOCK = re.compile(
    r"\b(?:(half|quarter) (past|to) )?(\d{1,2})(?:[:.](\d{2}))? ?"
    r"(am|pm|yb|yp|yh|oclock|o clock)?\b|\bhalf (\d{1,2})\b"
)
_EARLIER, _LATER = ("am", "yb"), ("pm", "yp", "yh")
_NAMED_TIMES = (("12:00", re.compile(r"\b(?:noon|midday|dinner ?time|lunch ?time|canol dydd)\b")),)


def days(line: str) -> tuple[str, ...]:
    """The days named in a normalised line, each once."""
    named = _SAT_DOWN.sub(" ", line)
    return tuple(day for day, pattern in _DAY_PATTERNS.items() if pattern.search(named))


def minutes_late(line: str) -> int | None:
    """The minutes named in a normalised line: a single number from 1 to 180, else None."""
    found = {int(match[1] or match[2]) for match in _MINUTES.finditer(line)}
    duration = next((minutes for pattern, minutes in _DURATIONS if pattern.search(line)), None)
    found |= {duration} if duration is not None else set()
    only = found.pop() if len(found) == 1 else None
    return only if only is not None and 1 <= only <= MAX_MINUTES_LATE else None


def time_named(text: str) -> str | None:
    """The time of day named in a text, as `14:30`, if it names one only. Hours without am or pm are
    taken as from 8 in the morning to 7 in the evening.
    """
    lowered = text.lower().replace("'", "").replace("\N{RIGHT SINGLE QUOTATION MARK}", "")
    found = {time for time, pattern in _NAMED_TIMES if pattern.search(lowered)}
    found |= {time for match in _CLOCK.finditer(lowered) if (time := _time(match, lowered))}
    return found.pop() if len(found) == 1 else None


def _time(match: re.Match[str], text: str) -> str | None:
    fraction, past_or_to, hour_digits, minute_digits, am_pm, half_hour = match.groups()
    before = text[: match.start()]
    follows_at = before.rstrip().endswith(
        (" at", " for", " til", " till", " after", " by", " am", "o")
    ) or before.strip() in ("at", "for")
    if half_hour is not None:
        hour, minute = int(half_hour), 30
    else:
        if not (minute_digits or am_pm or fraction or follows_at):
            return None
        hour, minute = int(hour_digits), int(minute_digits or 0)
        if fraction:
            minute = {"half": 30, "quarter": 15}[fraction]
            if past_or_to == "to":
                hour, minute = hour - 1, 60 - minute
    if hour > 23 or minute > 59:
        return None
    if (am_pm in _LATER and hour < 12) or (am_pm not in _EARLIER and 1 <= hour < 8):
        hour += 12
    return f"{hour:02d}:{minute:02d}"
