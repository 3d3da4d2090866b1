"""The catalogue: every text in every language with who stands behind its wording, and how one is
filled in.

`render` is the only way from a wording to a text. It must never cut a text, send one with a hole in
it, or take a value that the wording does not ask for: those are faults of the caller and are
raised.
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
"""English is agreed wording; Welsh is a draft until a translator has passed it."""

_WORDS: dict[str, dict[TextKind, str]] = {"en": ENGLISH, "cy": WELSH}
_SOMEONE = {"en": "someone", "cy": "rhywun"}
_BLANK = re.compile(r"\{([a-z]+)\}")
_LONGEST = {"when": 27, "time": 7, "day": 18, "n": 3, "m": 3, "k": 3, "a": 40, "b": 40, "list": 140}


class TextValueError(ValueError):
    """A text was asked for with a value missing, unknown, empty or too long."""


@dataclass(frozen=True)
class Wording:
    """One text of the catalogue in one language, with its blanks in braces."""

    kind: TextKind
    language: str
    words: str
    passed: Passed

    @property
    def blanks(self) -> frozenset[str]:
        """The values that the text asks for."""
        return frozenset(_BLANK.findall(self.words))


CATALOGUE: dict[tuple[TextKind, str], Wording] = {
    (kind, language): Wording(kind, language, words[kind], PASSED[language])
    for language, words in _WORDS.items()
    for kind in TextKind
}


def wording(kind: TextKind, language: str) -> Wording:
    """The wording of `kind` in `language` (`en` or `cy`). Raises TextValueError for another
    language.
    """
    try:
        return CATALOGUE[kind, str(language)]
    except KeyError:
        raise TextValueError(f"There are no texts in the language {language!r}.") from None


def render(kind: TextKind, language: str, **values: str | int) -> str:
    """The text of `kind` in `language`, its blanks filled with `values`.

    Names, places and telephone numbers are folded and shortened by the rules of values.py, so raw
    ones may be given. An empty first name (one that no phone alphabet carries) is left out of the
    greeting; an empty worker is `someone`. Raises TextValueError when a value is missing, unknown,
    empty or too long.
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
        if " {first}." not in words:
            raise TextValueError(
                f"The text {chosen.kind} needs a first name in letters that a text can carry."
            )
        words = words.replace(" {first}", "")
    return _BLANK.sub(lambda blank: _cased(words[: blank.start()], fitted[blank[1]]), words)


def _cased(before: str, value: str) -> str:
    """`value` with a capital where it opens a sentence: `someone will ring you` after a full stop."""
    return value[:1].upper() + value[1:] if before.endswith(". ") or not before else value


def _fit(name: str, value: str, language: str) -> str:
    if name == "first":
        return shorten_first_name(value)
    if name == "worker":
        return shorten_worker(value) or _SOMEONE[language]
    try:
        fitted = {"place": shorten_place, "phone": shorten_phone}.get(name, fold)(value)
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
