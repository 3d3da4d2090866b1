"""Finds which topics a text asks about. Pure.

A clause asks about a topic only if a pattern of the topic matches and nothing is left beside it but
words that change nothing (please, the, tomorrow, a name after a greeting). "Can I bring my child"
is a question about children; "can I bring my child's birth certificate" is not, because words are
left over. If two topics fit equally well, none is meant. So the matcher says nothing when unsure.

A word that is one slip away from a word of the patterns (`pakring`) is read as that word.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate

from engage.understanding.language.normalise import normalise
from engage.understanding.language.spellings import SPELLINGS
from engage.understanding.questions import (
    hub_cy,
    hub_en,
    record_cy,
    record_en,
    words_cy,
    words_en,
)
from engage.understanding.vocabulary import QuestionTopic

ENGLISH: Mapping[QuestionTopic, Sequence[str]] = {**record_en.TOPICS, **hub_en.TOPICS}
WELSH: Mapping[QuestionTopic, Sequence[str]] = {**record_cy.TOPICS, **hub_cy.TOPICS}
MAX_LENGTH = 480
"""Characters. A longer text is a story: it asks about nothing that a table can find."""
_SHORTEST_SLIP = 5
_MAX_CORES = 4
_MOST_REPEATS = 5
_STARTERS = (
    r"(?:can|could|may|is|are|do|does|did|what|whats|wat|wot|where|wheres|when|whens|who|whos|how|"
    r"will|would|am|have|which|any|ga|gai|oes|pryd|ble|lle|pwy|sut|faint|beth|ydi|ydy|alla|allai|"
    r"fedra|fedrai|caf|fydd)\b"
)
_CLAUSE_END = re.compile(
    rf"[.!?;,:\n]+|\s(?:and|n|&|plus|also|ac|hefyd|a)\s+(?={_STARTERS})", re.IGNORECASE
)
_DOTTED_ID = re.compile(r"\bi\.d\.?(?!\w)", re.IGNORECASE)
_SPELLINGS = {
    **dict.fromkeys(("shud", "shuld", "shld"), "should"),
    **dict.fromkeys(("wud", "wuld"), "would"),
    **dict.fromkeys(("cud", "culd"), "could"),
    **dict.fromkeys(("cn", "kan"), "can"),
    **dict.fromkeys(("hav", "av", "ave", "hve"), "have"),
    **dict.fromkeys(("wit", "wth", "wi", "w"), "with"),
    **dict.fromkeys(("mny", "meny"), "many"),
    **dict.fromkeys(("tiem", "tme"), "time"),
    **dict.fromkeys(("whr", "wheer", "wer"), "where"),
    **dict.fromkeys(("wen", "whn"), "when"),
    "hw": "how",
    "hu": "who",
    "dis": "this",
    "dem": "them",
    "cani": "can i",
    "doi": "do i",
    "wots": "whats",
    "wats": "whats",
    "til": "till",
}
"""Spellings of questions. Elsewhere some of these stand for another word."""
_GREETINGS = frozenset({"hi", "thanks", "morning", "afternoon", "evening", "bore da", "pnawn da"})
_NEVER_A_NAME = frozenset(
    re.split(
        r" +",
        "no not dont cant wont never nobody if but or unless il im cannot couldnt wouldnt isnt "
        "aint ddim dim methu na nid os neu ond stop",
    )
)


_REPORTING = frozenset(
    re.split(
        r" +",
        "know knows knew told said says tell tells ask asked asks care matter wonder gwybod gwbod "
        "dweud deud dwedodd ddweud cofio poeni",
    )
)
"""Before a question, these make it something that is known or reported."""


@dataclass(frozen=True)
class QuestionsFound:
    """The topics that a text asks about, in its order. `rest` are its other words, with their
    question marks: small talk, an answer, news, or a question that no table knows. `covers_all`: it
    is small talk at most.
    """

    topics: tuple[QuestionTopic, ...] = ()
    rest: str = ""
    covers_all: bool = False


@dataclass(frozen=True)
class _Table:
    """The patterns of one language, what may stand beside them, all their words, and those words
    that a slip may stand for.
    """

    patterns: tuple[tuple[QuestionTopic, re.Pattern[str]], ...]
    phrases: re.Pattern[str]
    fillers: frozenset[str]
    words: frozenset[str]
    targets: tuple[str, ...]


@dataclass(frozen=True)
class _Core:
    """A match of a topic's pattern, from character `start` up to `end` of a line."""

    topic: QuestionTopic
    start: int
    end: int


def find_questions(text: str, language: str = "en") -> QuestionsFound:
    """The topics that `text` asks about. The patterns of `language` (`en` or `cy`) come first, then
    those of the other. Never raises; linear in the length of the text.
    """
    if len(text) > MAX_LENGTH:
        return QuestionsFound(rest=text)
    topics: list[QuestionTopic] = []
    rest: list[str] = []
    covers_all = True
    for clause, mark in _clauses(text):
        found = _in_clause(clause, mark, language)
        topics += [topic for topic in found.topics if topic not in topics]
        covers_all = covers_all and found.covers_all
        if found.rest:
            # The mark of a clause that ends with a question belongs to the question.
            rest.append(found.rest if found.topics else found.rest + mark)
    return QuestionsFound(tuple(topics), " ".join(rest), covers_all)


def _clauses(text: str) -> Iterable[tuple[str, str]]:
    """The clauses of a text, each with its question mark or nothing."""
    start = 0
    plain = _DOTTED_ID.sub("id", text)
    for match in _CLAUSE_END.finditer(plain):
        yield plain[start : match.start()], "?" if "?" in match[0] else ""
        start = match.end()
    yield plain[start:], ""


def _in_clause(clause: str, mark: str, language: str) -> QuestionsFound:
    normalised = normalise(clause)
    if not normalised.words:
        return QuestionsFound(covers_all=True)
    tables = [_tables()[one] for one in sorted(_tables(), key=lambda one: one != language)]
    found = [_match(normalised.words, normalised.typed, mark, one) for one in tables]
    best = [one for one in found if one.covers_all] or [one for one in found if one.topics]
    if best:
        return best[0]
    is_small_talk = any(_is_filler(normalised.words, one) for one in tables)
    return QuestionsFound(rest=" ".join(normalised.typed), covers_all=is_small_talk)


def _match(words: Sequence[str], typed: Sequence[str], mark: str, table: _Table) -> QuestionsFound:
    """The questions of one clause. What stands before the first may say something else; what stands
    between or after them must change nothing.
    """
    corrected = [_corrected(word, table).split() for word in words]
    line = " ".join([*(word for one in corrected for word in one), *mark])
    cores = _cores(line, table)
    nothing = QuestionsFound(rest=" ".join(typed))
    if not cores:
        return nothing
    gaps = [
        line[before.end : after.start].split()
        for before, after in zip(
            cores, [*cores[1:], _Core(cores[0].topic, len(line), 0)], strict=True
        )
    ]
    if not all(_is_filler(gap, table) for gap in gaps):
        return nothing
    topics = tuple(dict.fromkeys(core.topic for core in cores))
    head = line[: cores[0].start].split()
    if _is_filler(head, table):
        return QuestionsFound(topics, covers_all=True)
    if head[-1] in _REPORTING:
        return nothing
    ends = list(accumulate(len(one) for one in corrected))
    before = sum(end <= len(head) for end in ends)
    return QuestionsFound(topics, " ".join(typed[:before]))


def _cores(line: str, table: _Table) -> list[_Core]:
    """The longest matches that do not overlap, in their order. None if two topics fit one place
    equally well.
    """
    every = [
        _Core(topic, match.start(), match.end())
        for topic, pattern in table.patterns
        for match in pattern.finditer(line)
    ]
    chosen: list[_Core] = []
    for one in sorted(every, key=lambda core: (core.start - core.end, core.start)):
        over = [two for two in chosen if one.start < two.end and two.start < one.end]
        if not over:
            chosen.append(one)
        elif any(
            two.topic is not one.topic and two.end - two.start == one.end - one.start
            for two in over
        ):
            return []
    return sorted(chosen, key=lambda core: core.start) if len(chosen) <= _MAX_CORES else []


def _is_filler(words: Sequence[str], table: _Table) -> bool:
    """Whether the words change nothing about a question beside them."""
    left = table.phrases.sub(" ", " ".join(words)).split()
    after_greeting = False
    for word in left:
        is_name = after_greeting and word.isalpha() and word not in _NEVER_A_NAME
        if not (word in table.fillers or word.isdigit() or is_name or word == "?"):
            return False
        after_greeting = word in _GREETINGS
    return True


def _corrected(word: str, table: _Table) -> str:
    if word in _SPELLINGS:
        return _SPELLINGS[word]
    if len(word) < _SHORTEST_SLIP - 1 or word in table.words or word in table.fillers:
        return word
    near = [one for one in table.targets if one[0] == word[0] and is_one_slip(word, one)]
    return near[0] if len(near) == 1 else word


def is_one_slip(typed: str, meant: str) -> bool:
    """Whether one letter is missing, too many, wrong or swapped with the next one."""
    if abs(len(typed) - len(meant)) > 1 or typed == meant:
        return False
    start = next(
        (at for at, (a, b) in enumerate(zip(typed, meant, strict=False)) if a != b),
        min(len(typed), len(meant)),
    )
    a, b = typed[start:], meant[start:]
    swapped = a[:2] == b[:2][::-1] and a[2:] == b[2:]
    return a[1:] == b[1:] or a[1:] == b or a == b[1:] or swapped


@cache
def _tables() -> Mapping[str, _Table]:
    """The tables of both languages, built with the first text."""
    return {
        "en": _table(ENGLISH, words_en.FILLER_PHRASES, words_en.FILLERS),
        "cy": _table(WELSH, words_cy.FILLER_PHRASES, words_cy.FILLERS),
    }


def _table(
    topics: Mapping[QuestionTopic, Sequence[str]], phrases: Sequence[str], fillers: str
) -> _Table:
    sources = [(topic, _standard(one)) for topic, patterns in topics.items() for one in patterns]
    words = {word for _, source in sources for word in re.findall(r"[a-z]+", source)}
    return _Table(
        tuple((topic, _compiled(source)) for topic, source in sources),
        _compiled("|".join(map(_standard, phrases))),
        frozenset(_standard(fillers).split()),
        frozenset(words),
        tuple(sorted(word for word in words if len(word) >= _SHORTEST_SLIP)),
    )


def _compiled(source: str) -> re.Pattern[str]:
    """A pattern as it is searched. No group repeats more than `_MOST_REPEATS` times, so that no
    text can make the search long.
    """
    bounded = source.replace(")*", f"){{0,{_MOST_REPEATS}}}").replace(
        ")+", f"){{1,{_MOST_REPEATS}}}"
    )
    return re.compile(rf"(?<!\S)(?:{bounded})(?!\S)")


def _standard(pattern: str) -> str:
    """A pattern with its words in the spelling of normalised texts."""
    return re.sub(r"[a-z]+", lambda word: SPELLINGS.get(word[0], word[0]), pattern)
