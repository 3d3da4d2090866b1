"""The phrase tables, put together once from the lists of both languages. No phrase may mean two
things in one table.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from engage.understanding.extract import LONGEST_WAIT
from engage.understanding.language import phrases_cy as cy
from engage.understanding.language import phrases_en as en
from engage.understanding.language.normalise import spell
from engage.understanding.language.tiling import (
    Means,
    Phrase,
    Phrases,
    spread,
)


@dataclass(frozen=True)
class PhraseTable:
    """Phrases to look up, and the number of words in the longest."""

    phrases: Phrases
    longest: int


@cache
def table(language: str, *, scale: bool) -> PhraseTable:
    """The phrases for somebody whose texts are in `language`; with `scale`, words such as `good`
    answer a check-in.
    """
    found: dict[tuple[str, ...], Phrase] = {}
    for words, phrase in _everything(language):
        _add(found, words, phrase)
    if scale:
        over: dict[tuple[str, ...], Phrase] = {}
        for words, phrase in _scale():
            _add(over, words, phrase)
        found |= over
    return PhraseTable(found, max(map(len, found)))


def _add(found: dict[tuple[str, ...], Phrase], words: tuple[str, ...], phrase: Phrase) -> None:
    if (known := found.setdefault(words, phrase)) != phrase:
        raise ValueError(f"The phrase {' '.join(words)!r} means {known} and {phrase}.")


def _everything(language: str) -> Iterable[tuple[tuple[str, ...], Phrase]]:
    yield from _meanings(en.ENGLISH, leave_out=Means.FEELS)
    yield from _meanings(cy.WELSH)
    if language == "cy":
        yield from _meanings(cy.ONLY_WELSH)
    for days in (en.DAYS, cy.WELSH_DAYS):
        for day, patterns in days.items():
            yield from _each(patterns, Phrase(Means.DAY, day=day))
    for lengths in (en.LENGTHS, cy.WELSH_LENGTHS):
        for minutes, patterns in lengths.items():
            yield from _each(patterns, Phrase(Means.MINUTES, minutes))
    yield from _numbers()


def _meanings(
    meanings: Mapping[Means, list[str]], leave_out: Means | None = None
) -> Iterable[tuple[tuple[str, ...], Phrase]]:
    for means, patterns in meanings.items():
        if means is leave_out:
            continue
        plain = [pattern for pattern in patterns if "{day}" not in pattern]
        yield from _each(plain, Phrase(means))
        for pattern in patterns:
            if "{day}" in pattern:
                yield from _each([pattern.replace("|{day}", "")], Phrase(means))
                yield from _with_days(pattern, means)


def _with_days(pattern: str, means: Means) -> Iterable[tuple[tuple[str, ...], Phrase]]:
    """`ok for {day}` for every day: only what names one."""
    start = pattern.rindex("(", 0, pattern.index("{day}"))
    for day in en.DAYS:
        yield from _each([pattern[:start] + day], Phrase(means, day=day))


def _numbers() -> Iterable[tuple[tuple[str, ...], Phrase]]:
    for number in range(LONGEST_WAIT + 1):
        yield (str(number),), Phrase(Means.NUMBER, number)
        for unit in ("minutes", "m"):
            yield (str(number), unit), Phrase(Means.MINUTES, number)
    for number in range(10):
        yield from _each(
            [en.NUMBERED.replace("{number}", str(number))], Phrase(Means.NUMBER, number)
        )
    for orders in (en.ORDERS, cy.WELSH_ORDERS):
        for order, pattern in orders.items():
            yield from _each([pattern], Phrase(Means.NUMBER, int(order)))


def _scale() -> Iterable[tuple[tuple[str, ...], Phrase]]:
    for scale in (en.SCALE, cy.WELSH_SCALE):
        for value, patterns in scale.items():
            yield from _each(patterns, Phrase(Means.SCALE, value))
    yield from _each(en.ENGLISH[Means.FEELS], Phrase(Means.FEELS))


def _each(patterns: Iterable[str], phrase: Phrase) -> Iterable[tuple[tuple[str, ...], Phrase]]:
    for pattern in patterns:
        for words in spread(pattern):
            yield spell(words), phrase
