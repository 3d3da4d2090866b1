"""Builds the phrase tables, once, from the lists of both languages. A phrase must have one meaning
in a table.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from engage.understanding.extract_times import MAX_MINUTES_LATE
from engage.understanding.language import phrases_cy as cy
from engage.understanding.language import phrases_en as en
from engage.understanding.language.matching import Phrase, Phrases, expand
from engage.understanding.language.means import Means
from engage.understanding.language.normalise import standard_spelling


@dataclass(frozen=True)
class PhraseTable:
    """Phrases by their words, and the number of words in the longest one."""

    phrases: Phrases
    longest: int


@cache
def table(language: str, *, scale: bool) -> PhraseTable:
    """The phrases for a person who gets texts in `language`. With `scale`, words such as `good`
    answer a check-in. Raises ValueError if a phrase has two meanings.
    """
    phrases = _unique(_all_phrases(language))
    if scale:
        phrases |= _unique(_scale())
    return PhraseTable(phrases, max(map(len, phrases)))


def _unique(entries: Iterable[tuple[tuple[str, ...], Phrase]]) -> dict[tuple[str, ...], Phrase]:
    phrases: dict[tuple[str, ...], Phrase] = {}
    for words, phrase in entries:
        if (known := phrases.setdefault(words, phrase)) != phrase:
            raise ValueError(f"The phrase {' '.join(words)!r} means {known} and {phrase}.")
    return phrases


def _all_phrases(language: str) -> Iterable[tuple[tuple[str, ...], Phrase]]:
    yield from _phrases_by_meaning(en.ENGLISH, leave_out=Means.FEELS)
    yield from _phrases_by_meaning(cy.WELSH)
    if language == "cy":
        yield from _phrases_by_meaning(cy.ONLY_WELSH)
    for days in (en.DAYS, cy.WELSH_DAYS):
        for day, patterns in days.items():
            yield from _expanded(patterns, Phrase(Means.DAY, day=day))
    for lengths in (en.LENGTHS, cy.WELSH_LENGTHS):
        for minutes, patterns in lengths.items():
            yield from _expanded(patterns, Phrase(Means.MINUTES, minutes))
    yield from _numbers()


def _phrases_by_meaning(
    meanings: Mapping[Means, list[str]], leave_out: Means | None = None
) -> Iterable[tuple[tuple[str, ...], Phrase]]:
    for means, patterns in meanings.items():
        if means is leave_out:
            continue
        plain = [pattern for pattern in patterns if "{day}" not in pattern]
        yield from _expanded(plain, Phrase(means))
        for pattern in patterns:
            if "{day}" in pattern:
                yield from _expanded([pattern.replace("|{day}", "")], Phrase(means))
                yield from _with_days(pattern, means)


def _with_days(pattern: str, means: Means) -> Iterable[tuple[tuple[str, ...], Phrase]]:
    """`ok for {day}` with every day."""
    start = pattern.rindex("(", 0, pattern.index("{day}"))
    for day in en.DAYS:
        yield from _expanded([pattern[:start] + day], Phrase(means, day=day))


def _numbers() -> Iterable[tuple[tuple[str, ...], Phrase]]:
    for number in range(MAX_MINUTES_LATE + 1):
        yield (str(number),), Phrase(Means.NUMBER, number)
        for unit in ("minutes", "m"):
            yield (str(number), unit), Phrase(Means.MINUTES, number)
    for number in range(10):
        yield from _expanded(
            [en.NUMBERED.replace("{number}", str(number))], Phrase(Means.NUMBER, number)
        )
    for orders in (en.ORDERS, cy.WELSH_ORDERS):
        for order, pattern in orders.items():
            yield from _expanded([pattern], Phrase(Means.NUMBER, int(order)))


def _scale() -> Iterable[tuple[tuple[str, ...], Phrase]]:
    for scale in (en.SCALE, cy.WELSH_SCALE):
        for value, patterns in scale.items():
            yield from _expanded(patterns, Phrase(Means.SCALE, value))
    yield from _expanded(en.ENGLISH[Means.FEELS], Phrase(Means.FEELS))


def _expanded(patterns: Iterable[str], phrase: Phrase) -> Iterable[tuple[tuple[str, ...], Phrase]]:
    for pattern in patterns:
        for words in expand(pattern):
            yield standard_spelling(words), phrase
