"""Covers a whole text with known phrases, or finds that something is left over.

A phrase list is written in patterns (`(il|gonna|) be there`: one of, or nothing) that are spread
out once, at import. Pure.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Means(StrEnum):
    """What one known phrase says. How it counts depends on the prompt."""

    YES = "yes"
    WILL = "will"
    SEE_YOU = "see_you"
    ACK = "ack"
    NO = "no"
    WONT = "wont"
    NONE_OF_THEM = "none_of_them"
    MOVE = "move"
    LATE = "late"
    SOON = "soon"
    MINUTES = "minutes"
    HERE = "here"
    CALL = "call"
    STOP = "stop"
    STOP_TEXTS = "stop_texts"
    START = "start"
    START_TEXTS = "start_texts"
    HELP = "help"
    NEXT = "next"
    WRONG = "wrong"
    MINE = "mine"
    THANKS = "thanks"
    GOT = "got"
    POLITE = "polite"
    NUMBER = "number"
    SCALE = "scale"
    FEELS = "feels"
    WHENEVER = "whenever"
    DAY = "day"
    BOTH = "both"


@dataclass(frozen=True)
class Phrase:
    """A meaning, with the number or day that goes with it."""

    means: Means
    value: int | None = None
    day: str | None = None


@dataclass(frozen=True)
class Tile:
    """A phrase found in a text, at words `start` to `end`."""

    phrase: Phrase
    start: int
    end: int


Phrases = Mapping[tuple[str, ...], Phrase]


def spread(pattern: str) -> Iterable[tuple[str, ...]]:
    """Every wording that `pattern` stands for, as words."""
    for wording in _spread(pattern):
        words = tuple(wording.split())
        if words:
            yield words


def tile(words: Sequence[str], phrases: Phrases, longest: int) -> list[Tile] | None:
    """Phrases that cover all of `words`, as few as can be; None when something is left over.

    Work grows with the number of words times the longest phrase.
    """
    best: list[tuple[int, Tile | None] | None] = [None] * (len(words) + 1)
    best[0] = (0, None)
    for end in range(1, len(words) + 1):
        for start in range(max(0, end - longest), end):
            before = best[start]
            phrase = phrases.get(tuple(words[start:end]))
            if before is None or phrase is None:
                continue
            known = best[end]
            if known is None or before[0] + 1 < known[0]:
                best[end] = (before[0] + 1, Tile(phrase, start, end))
    return _walk_back(best)


def glimpse(words: Sequence[str], phrases: Phrases, longest: int) -> list[Tile]:
    """Known phrases anywhere in `words`, the longest first at each place: hints of what a text is
    about, never certain.
    """
    found: list[Tile] = []
    start = 0
    while start < len(words):
        for end in range(min(len(words), start + longest), start, -1):
            phrase = phrases.get(tuple(words[start:end]))
            if phrase is not None:
                found.append(Tile(phrase, start, end))
                start = end - 1
                break
        start += 1
    return found


def _walk_back(best: list[tuple[int, Tile | None] | None]) -> list[Tile] | None:
    tiles: list[Tile] = []
    place = len(best) - 1
    while place > 0:
        step = best[place]
        if step is None or step[1] is None:
            return None
        tiles.append(step[1])
        place = step[1].start
    return tiles[::-1]


def _spread(pattern: str) -> list[str]:
    opened = pattern.find("(")
    if opened < 0:
        return [pattern]
    closed = _closing(pattern, opened)
    heads = [pattern[:opened] + choice for choice in _choices(pattern[opened + 1 : closed])]
    return [head + tail for head in heads for tail in _spread(pattern[closed + 1 :])]


def _choices(inside: str) -> list[str]:
    pieces, depth, current = [], 0, ""
    for character in inside:
        depth += {"(": 1, ")": -1}.get(character, 0)
        if character == "|" and depth == 0:
            pieces.append(current)
            current = ""
        else:
            current += character
    return [wording for piece in [*pieces, current] for wording in _spread(piece)]


def _closing(pattern: str, opened: int) -> int:
    depth = 0
    for place in range(opened, len(pattern)):
        depth += {"(": 1, ")": -1}.get(pattern[place], 0)
        if depth == 0:
            return place
    raise ValueError(f"A bracket is not closed in the phrase {pattern!r}.")
