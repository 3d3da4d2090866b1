"""The linter that keeps texts discreet: it finds words that would tell a stranger what a text is
about, and says why.

It warns, and people decide. Places that it warns about are left out of texts. It knows words, not
meaning: a text that passes is not necessarily safe, so it must never be the only check on a text
that a worker types.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from engage.texts.discreet_words import DISCREET

PRIVATE = "is a name that texts never carry"


@dataclass(frozen=True)
class DiscreetProblem:
    """A word or phrase as the writer typed it, and why a stranger should not read it."""

    word: str
    why: str


_ENDING = r"(?:'s|s'|es|s)?"
_GROUPS = tuple(
    (re.compile(rf"(?<![a-z0-9])(?:{'|'.join(words)}){_ENDING}(?![a-z0-9])"), why)
    for why, words in DISCREET.items()
)


def lint(text: str, *, private: Sequence[str] = ()) -> list[DiscreetProblem]:
    """The problems of `text` in reading order, each word once.

    `private` adds names to find, such as the person's surname. Case, accents, curly quotes,
    invisible characters and repeated spaces make no difference.
    """
    folded, origin = _folded(text)
    found: dict[int, tuple[int, str]] = {}
    for pattern, why in (*_GROUPS, *_private(private)):
        for match in pattern.finditer(folded):
            known = found.get(match.start())
            if match.group() and (known is None or known[0] < match.end()):
                found[match.start()] = (match.end(), why)
    return _problems(text, origin, found)


def discreet(text: str) -> bool:
    """Whether the linter finds no problem in `text`."""
    return not lint(text)


def _problems(
    text: str, origin: list[int], found: dict[int, tuple[int, str]]
) -> list[DiscreetProblem]:
    problems: list[DiscreetProblem] = []
    covered = 0
    for start in sorted(found):
        end, why = found[start]
        if start < covered:
            continue
        covered = end
        word = " ".join(text[origin[start] : origin[end - 1] + 1].split())
        if all(word.casefold() != problem.word.casefold() for problem in problems):
            problems.append(DiscreetProblem(word, why))
    return problems


def _private(names: Sequence[str]) -> list[tuple[re.Pattern[str], str]]:
    folded = [_folded(name)[0].strip() for name in names]
    return [
        (re.compile(rf"(?<![a-z0-9]){re.escape(name)}(?:'?s)?(?![a-z0-9])"), PRIVATE)
        for name in folded
        if name
    ]


def _folded(text: str) -> tuple[str, list[int]]:
    """`text` in plain lower case, and for each of its characters the index in `text` that it comes
    from.
    """
    characters: list[str] = []
    origin: list[int] = []
    for index, character in enumerate(text):
        for folded in _fold(character):
            if folded == " " and characters and characters[-1] == " ":
                continue
            characters.append(folded)
            origin.append(index)
    return "".join(characters), origin


def _fold(character: str) -> str:
    if character.isspace() or character == "_":
        return " "
    if character in "‘’ʼ`´":
        return "'"
    if character in "‐‑‒–—":
        return "-"
    if unicodedata.category(character) in ("Cc", "Cf", "Cs"):
        return ""
    plain = unicodedata.normalize("NFKD", character).casefold()
    return "".join(c for c in plain if not unicodedata.combining(c))
