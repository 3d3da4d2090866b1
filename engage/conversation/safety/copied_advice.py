"""Finds safety advice of ours that was copied into a text: anybody may hold it, also if it never
went to their number. It must never be read as their danger.
"""

import re
from functools import cache
from itertools import takewhile

from engage import texts
from engage.texts import LANGUAGES, SAFETY_TEXTS

_BLANK = re.compile(r"\{\w+\}")
_HEAD = 20
"""Characters at the start of the advice that a copy must have."""


def copied_advice(body: str) -> list[str]:
    """The safety texts, in either language, whose start stands in `body`, the longest copy first:
    several start alike.
    """
    searched = body.casefold()
    found = [one for one in _advice() if one[:_HEAD].casefold() in searched]
    return sorted(found, key=lambda one: _copied(one.casefold(), searched), reverse=True)


def _copied(advice: str, searched: str) -> int:
    """How many characters of the start of `advice` stand in the words searched."""
    pairs = zip(advice, searched[searched.index(advice[:_HEAD]) :], strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


@cache
def _advice() -> tuple[str, ...]:
    """Every safety text. One that names a number of the hub is two: before and after it."""
    return tuple(
        part.strip(" ,.")
        for kind in sorted(SAFETY_TEXTS)
        for language in LANGUAGES
        for part in _BLANK.split(texts.wording(kind, language).words)
        if len(part) > _HEAD
    )
