"""Finds the days and times that somebody wishes for or rules out: "not before 12", "mornings are
out", "half 4 or later". Pure.

The words go to a worker as they stand; nothing is booked from them. It expects normalised text.
"""

import re

LONGEST = 60
"""Characters of the words together."""
_DAY = (
    r"(?:(?:mon|tue|wed|thu|fri|sat|sun|today|tomorrow|llun|mawrth|mercher|iau|gwener|sadwrn|sul|"
    r"heddiw|fory|yfory)s?|(?:mon|tues|wednes|thurs|fri|satur|sun)days?)"
)
_PART = (
    r"(?:mornings?|afternoons?|evenings?|nights?|weekends?|next week|week after|bore(?:au)?|"
    r"prynhawn\w*|pnawn\w*|nos\w*|penwythnos\w*|wythnos nesa)"
)
_NUMBER = r"\d{1,2}(?:[:.]\d{2})?"
_TIME = (
    rf"(?:(?:half|quarter)(?: (?:past|to))? \d{{1,2}}|{_NUMBER} ?(?:am|pm|yb|yp|yh|im|oclock)|"
    r"noon|midday|dinner ?time|lunch ?time|tea ?time|canol dydd)"
)
_BEFORE = (
    r"(?:not|nowt|nothing|anything|any time|anytime|no earlier than|no later than|before|after|"
    r"from|till?|until|around|about|at|by|later than|between|only|dim|cyn|ar ol|tua)"
)
_JOINS = r"(?:and|or|at|a|neu|am|the|y|on|ar|dydd|to|but)"
_AFTER = (
    r"(?:or later|or earlier|onwards|onward|ish|(?:is|are|r) (?:a )?(?:no go|no good|out|bad|best|"
    r"better|good|fine|ok)|no good|no go|is out|wont work|doesnt work|neu wedyn|ymlaen)"
)
_WISH = re.compile(
    rf"\b(?:{_BEFORE} )*(?:{_DAY}|{_PART}|{_TIME}|(?<=before )\d{{1,2}}|(?<=after )\d{{1,2}}|"
    rf"(?<=at )\d{{1,2}}|(?<=cyn )\d{{1,2}}|(?<=by )\d{{1,2}}|(?<=from )\d{{1,2}}|"
    rf"(?<=am )\d{{1,2}}|"
    rf"(?:^|(?<=yes )|(?<=byse )|(?<=bysai )|(?<=basa ))1[0-2](?= ))"
    rf"(?:(?: {_JOINS})*(?: {_BEFORE})* (?:{_DAY}|{_PART}|{_TIME}|{_NUMBER}))*(?: {_AFTER})?\b"
)
_HAS_TIME = re.compile(
    rf"\d|{_PART}|noon|midday|time|canol dydd|\b(?:not|dim) {_DAY}|days\b|\b{_DAY} {_AFTER}"
)


def words(line: str) -> str:
    """The words of a normalised line that name days and times, as they stand; empty if none do."""
    found = [match.group().strip() for match in _WISH.finditer(line)]
    return re.sub(r"(\d) im\b", r"\1 am", ", ".join(found))[:LONGEST]


def names_time(line: str) -> bool:
    """Whether the line names a time, a part of the day, or a day that does not suit."""
    return bool(_HAS_TIME.search(words(line)))
