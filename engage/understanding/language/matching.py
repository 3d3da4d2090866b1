"""Matches a text against known phrases: do they cover all of it, or are words left over? Pure.

Phrase lists are written as patterns (`(il|gonna|) be there`: one of these, or nothing), which are
expanded once.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from engage.understanding.language.means import Means


@dataclass(frozen=True)
class Phrase:
    """A meaning, with its number or day."""

    means: Means
    value: int | None = None
    day: str | None = None


@dataclass(frozen=True)
class PhraseMatch:
    """A phrase found in a text, from word `start` up to word `end`."""

    phrase: Phrase
    start: int
    end: int


Phrases = Mapping[tuple[str, ...], Phrase]


def expand(pattern: str) -> Iterable[tuple[str, ...]]:
    """Every wording that `pattern` stands for, as words."""
    for wording in _wordings(pattern):
        words = tuple(wording.split())
        if words:
            yield words


def match_whole(words: Sequence[str], phrases: Phrases, longest: int) -> list[PhraseMatch] | None:
    """The smallest number of phrases that cover all of `words`; None if words are left over.

    Takes time in proportion to the number of words times the length of the longest phrase.
    """
    # For each place: how few phrases cover the words before it, and the last of those phrases.
    best: list[tuple[int, PhraseMatch | None] | None] = [None] * (len(words) + 1)
    best[0] = (0, None)
    for end in range(1, len(words) + 1):
        for start in range(max(0, end - longest), end):
            before = best[start]
            phrase = phrases.get(tuple(words[start:end]))
            if before is None or phrase is None:
                continue
            known = best[end]
            if known is None or before[0] + 1 < known[0]:
                best[end] = (before[0] + 1, PhraseMatch(phrase, start, end))
    return _walk_back(best)


def match_anywhere(words: Sequence[str], phrases: Phrases, longest: int) -> list[PhraseMatch]:
    """The phrases found anywhere in `words`, at each word the longest. They hint at what a text is
    about, and never decide it.
    """
    found: list[PhraseMatch] = []
    start = 0
    while start < len(words):
        for end in range(min(len(words), start + longest), start, -1):
            phrase = phrases.get(tuple(words[start:end]))
            if phrase is not None:
                found.append(PhraseMatch(phrase, start, end))
                start = end - 1
                break
        start += 1
    return found


def _walk_back(best: list[tuple[int, PhraseMatch | None] | None]) -> list[PhraseMatch] | None:
    matches: list[PhraseMatch] = []
    place = len(best) - 1
    while place > 0:
        step = best[place]
        if step is None or step[1] is None:
            return None
        matches.append(step[1])
        place = step[1].start
    return matches[::-1]


def _wordings(pattern: str) -> list[str]:
    opening = pattern.find("(")
    if opening < 0:
        return [pattern]
    closing = _closing_bracket(pattern, opening)
    alternatives = _alternatives(pattern[opening + 1 : closing])
    heads = [pattern[:opening] + alternative for alternative in alternatives]
    return [head + tail for head in heads for tail in _wordings(pattern[closing + 1 :])]


def _alternatives(inside: str) -> list[str]:
    pieces, depth, current = [], 0, ""
    for character in inside:
        depth += {"(": 1, ")": -1}.get(character, 0)
        if character == "|" and depth == 0:
            pieces.append(current)
            current = ""
        else:
            current += character
    return [wording for piece in [*pieces, current] for wording in _wordings(piece)]


def _closing_bracket(pattern: str, opening: int) -> int:
    depth = 0
    for index in range(opening, len(pattern)):
        depth += {"(": 1, ")": -1}.get(pattern[index], 0)
        if depth == 0:
            return index
    raise ValueError(f"A bracket is not closed in the phrase {pattern!r}.")
