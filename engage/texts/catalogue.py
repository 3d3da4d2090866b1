"""The catalogue: every text in every language, whether its wording is approved, and how it is
filled in.

Every text is made by `render`. It must never cut a text, leave a blank in it, or accept a value
that the wording does not need: these are errors of the caller and are raised.
"""

import re
from dataclasses import dataclass

from engage.texts.discreet import discreet
from engage.texts.english import ENGLISH
from engage.texts.kinds import Passed, TextKind
from engage.texts.values import (
    fold,
    shorten_first_name,
    shorten_phone,
    shorten_place,
    shorten_worker,
)
from engage.texts.welsh import WELSH

PASSED = {"en": Passed.APPROVED, "cy": Passed.DRAFT}
"""The English wording is approved. The Welsh is a draft until a translator has approved it."""

_WORDS: dict[str, dict[TextKind, str]] = {"en": ENGLISH, "cy": WELSH}
LONGEST_WORDS, LONGEST_DIRECTIONS = 141, 115
"""Characters of an answer that a hub keeps, and of one that goes with the name of a place: what a
text has room for after the longest names.
"""
_SOMEONE = {"en": "someone", "cy": "rhywun"}
_BLANK = re.compile(r"\{([a-z]+)\}")
_GREETED = re.compile(r" \{first\}[.:]")
_LONGEST = {
    "when": 30,
    "time": 10,
    "day": 18,
    "sender": 24,
    "n": 3,
    "m": 3,
    "k": 3,
    "list": 140,
    "closed": 58,
    "words": LONGEST_WORDS,
    "directions": LONGEST_DIRECTIONS,
    "all": 10,
    "why": 24,
    "step": 34,
    "choices": 280,
}


class TextValueError(ValueError):
    """A text was requested with a value that is missing, unknown, empty or too long."""


@dataclass(frozen=True)
class Wording:
    """One text of the catalogue in one language, with its blanks in braces."""

    kind: TextKind
    language: str
    words: str
    passed: Passed

    @property
    def blanks(self) -> frozenset[str]:
        """The names of the values that the text needs."""
        return frozenset(_BLANK.findall(self.words))


CATALOGUE: dict[tuple[TextKind, str], Wording] = {
    (kind, language): Wording(kind, language, words[kind], PASSED[language])
    for language, words in _WORDS.items()
    for kind in TextKind
}


def wording(kind: TextKind, language: str) -> Wording:
    """The wording of `kind` in `language` (`en` or `cy`). Raises TextValueError for any other
    language.
    """
    try:
        return CATALOGUE[kind, str(language)]
    except KeyError:
        raise TextValueError(f"There are no texts in the language {language!r}.") from None


def render(kind: TextKind, language: str, **values: str | int) -> str:
    """The text of `kind` in `language`, its blanks filled with `values`.

    Names, places and telephone numbers are given as recorded: they are folded and shortened by the
    rules of values.py. An empty first name (one that GSM-7 cannot write) is left out of the
    greeting; an empty worker becomes `someone`. Raises TextValueError for a value that is missing,
    unknown, empty or too long.
    """
    chosen = wording(kind, language)
    if missing := sorted(chosen.blanks - values.keys()):
        raise TextValueError(f"The text {kind} needs {', '.join(missing)}.")
    if unknown := sorted(values.keys() - chosen.blanks):
        raise TextValueError(f"The text {kind} has no place for {', '.join(unknown)}.")
    return _fill(
        chosen, {name: _fit(name, str(value), chosen.language) for name, value in values.items()}
    )


def _fill(chosen: Wording, fitted: dict[str, str]) -> str:
    words = chosen.words
    if fitted.get("first") == "":
        if not _GREETED.search(words):
            raise TextValueError(
                f"The text {chosen.kind} needs a first name in letters that a text can carry."
            )
        words = words.replace(" {first}", "")
    return _BLANK.sub(lambda blank: _cased(words[: blank.start()], fitted[blank[1]]), words)


def _cased(before: str, value: str) -> str:
    """`value` with a capital letter if it starts a sentence: `someone will ring you` after a full
    stop.
    """
    return value[:1].upper() + value[1:] if before.endswith(". ") or not before else value


def _lines(value: str) -> str:
    """Choices, one a line: the only value that has lines."""
    return "\n".join(fold(line) for line in value.split("\n"))


_FOLDS = {"place": shorten_place, "phone": shorten_phone, "choices": _lines}


def _fit(name: str, value: str, language: str) -> str:
    if name == "first":
        return shorten_first_name(value)
    if name == "worker":
        return shorten_worker(value) or _SOMEONE[language]
    try:
        fitted = _FOLDS.get(name, fold)(value)
    except ValueError as problem:
        raise TextValueError(str(problem)) from None
    if not fitted:
        raise TextValueError(f"The value {name} of a text is empty.")
    if name in _LONGEST and len(fitted) > _LONGEST[name]:
        raise TextValueError(f"The value {name} of a text is longer than {_LONGEST[name]}.")
    if name == "place" and not discreet(value):
        raise TextValueError(
            "The place is one that a stranger should not read: take the wording without a place."
        )
    return fitted
