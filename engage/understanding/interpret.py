"""Reads one text: what the person means by it, and whether that is sure enough to act on.

Pure: no database, no clock, no network. Rules come first: danger is looked for in every text and
always goes to a person; a text that known phrases cover wholly is read by them, and where they
disagree nothing is guessed. Everything else is weighed by what was learnt from the corpus
(reader/), and acted on only where a reading like it is right 97 times in 100. A refusal is never
read as a yes: whatever could be one holds a yes back.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engage.understanding import extract, vetoes
from engage.understanding.classifier.clauses import clauses
from engage.understanding.classifier.lines import PROMPTS
from engage.understanding.decisions import STRENGTH, Decision, decide
from engage.understanding.language.normalise import Words, normalise
from engage.understanding.language.phrases import table
from engage.understanding.language.tiling import (
    Means,
    Phrase,
    Tile,
    glimpse,
    tile,
)
from engage.understanding.safety.danger import crisis_words, harm_words
from engage.understanding.vocabulary import (
    Act,
    Asks,
    Cause,
    Context,
    Fact,
    Intent,
    Interpretation,
    Prompt,
)

if TYPE_CHECKING:
    from engage.understanding.classifier.predict import Classifier, Weighed

__all__ = [
    "Act",
    "Asks",
    "Cause",
    "Context",
    "Fact",
    "Intent",
    "Interpretation",
    "Prompt",
    "interpret",
]

SURE, FAIRLY_SURE, RULE_FOR_DANGER = 0.99, 0.97, 0.9
ACTS_FROM, UNASKED_ACTS_FROM = 0.6, 0.85
"""A reading this sure is acted on, and one out of the blue only when it is surer; on texts of
writers that the reader has not seen, 97 in 100 of those are right (docs/understanding.md).
"""
YES_FROM, BRIEF_YES_FROM = 0.8, 0.97
"""A yes must be surer, and a yes of one or two words that no rule knows surer still."""
DANGER_FROM = 0.4
"""Danger is told from here: set to find, and to be read by a person."""
FOUND_FROM = 0.3
"""An intent at least this likely, of the whole text or of one of its clauses, is listed among those
found.
"""
DESPITE_RULES_FROM = BRIEF_FROM = 0.9
ENDS_TEXTS_FROM, ENDS_FOUND_FROM = 0.65, 0.15
_MAY_BE_REFUSED = 0.06
_BRIEF = 2
_SAYS_NOTHING = frozenset({"please", "kiss"})
_DANGER = (Intent.CRISIS, Intent.HARM_TO_OTHERS)
_REFUSALS = (Intent.DECLINE, Intent.RESCHEDULE, Intent.OPT_OUT, Intent.WRONG_NUMBER)
_REFUSING_PHRASES = frozenset(
    {Means.WONT, Means.NO, Means.MOVE, Means.NONE_OF_THEM, Means.STOP_TEXTS}
)
_ENDS = (Intent.OPT_OUT, Intent.WRONG_NUMBER)
_WHOSE = (Prompt.NUMBER_CHECK, Prompt.WHO)
"""Questions whose answers rules alone read: a guess could give a phone to the wrong person."""
_SAID_BY = {
    Intent.RESCHEDULE: Means.MOVE,
    Intent.SLOT_CHOICE: Means.DAY,
    Intent.CHECKIN_ANSWER: Means.FEELS,
    Intent.ARRIVED: Means.HERE,
    Intent.CALL_ME: Means.CALL,
    Intent.OPT_OUT: Means.STOP_TEXTS,
}
_NO_ACT = frozenset({*_DANGER, Intent.OTHER})
_ABOUT_COMING = frozenset({Intent.CONFIRM, Intent.DECLINE, Intent.RUNNING_LATE, Intent.ARRIVED})
_TRAINED_AS = {
    Prompt.TODAY: Prompt.APPOINTMENT,
    Prompt.ANSWERED: Prompt.APPOINTMENT,
    Prompt.SPOKEN: Prompt.APPOINTMENT,
    Prompt.WHICH: Prompt.APPOINTMENT,
    Prompt.NUMBER_CHECK: Prompt.NONE,
    Prompt.WHO: Prompt.NONE,
}
"""The prompt of the corpus that each of ours comes to. Where ours says less, the text must say by
itself what it means.
"""
_FACTS = {
    Intent.PROGRESS_HOUSING: extract.HOUSING,
    Intent.PROGRESS_WORK: extract.WORK,
    Intent.PROGRESS_COURSE: extract.COURSE,
    Intent.PROGRESS_GROUP: extract.GROUP,
    Intent.PROGRESS_HEALTH: extract.HEALTH,
}


@dataclass(frozen=True)
class _Text:
    """A text in hand, with what the rules see in it."""

    body: str
    prompt: Prompt
    language: str
    said: Words
    words: tuple[str, ...]
    typed: tuple[str, ...]
    tiles: Sequence[Tile] | None
    phrases: Sequence[Phrase]

    @property
    def line(self) -> str:
        return self.said.line

    @property
    def meanings(self) -> set[Means]:
        return {phrase.means for phrase in self.phrases}


def interpret(
    text: str, prompt: Prompt | str, language: str = "en", context: Context | None = None
) -> Interpretation:
    """Read `text`, sent in answer to `prompt` by somebody whose texts are in `language` (`en` or
    `cy`).

    With a `context`, the texts before it and this one are read as one, joined by a space. Never
    raises for any text; raises ValueError for an unknown prompt. Linear in the length of the text.
    """
    whole = text if context is None else " ".join((*context.before, text))
    # Imported with the first text, so that what reads none does not wait for numpy.
    from engage.understanding.classifier.predict import classifier

    return interpret_with(classifier(), whole, Prompt(prompt), language)


def interpret_with(
    learnt: "Classifier", text: str, prompt: Prompt, language: str = "en"
) -> Interpretation:
    """As `understand`, with what `learnt` has learnt: the measuring leaves styles out of it."""
    given = _look(text, prompt, language)
    weighed = learnt.weigh(given.body, _TRAINED_AS.get(given.prompt, given.prompt))
    decision = decide(given.phrases, given.prompt, asks=given.said.asks) if given.tiles else None
    if danger := _danger(given, weighed, learnt, known=decision is not None):
        return _in_danger(danger, given, weighed, decision)
    if decision is not None and given.tiles:
        return _by_rule(decision, given)
    return _by_weight(given, weighed, learnt)


def _look(text: str, prompt: Prompt, language: str) -> _Text:
    said = normalise(text)
    kept = [place for place, word in enumerate(said.words) if word not in _SAYS_NOTHING]
    words = tuple(said.words[place] for place in kept)
    known = table("cy" if language == "cy" else "en", scale=prompt is Prompt.CHECKIN)
    tiles = tile(words, known.phrases, known.longest) if words else None
    seen = tiles or glimpse(words, known.phrases, known.longest)
    return _Text(
        text,
        prompt,
        language,
        said,
        words,
        tuple(said.typed[place] for place in kept),
        tiles,
        [one.phrase for one in seen],
    )


def _by_rule(decision: Decision, given: _Text) -> Interpretation:
    tiles = given.tiles or ()
    return Interpretation(
        intent=decision.intents[0],
        confidence=SURE if len(tiles) == 1 else FAIRLY_SURE,
        act=Act.ACT,
        intents=decision.intents,
        value=decision.value,
        day=decision.day,
        time=_time(decision.intents[0], given),
        asks=decision.asks,
        evidence=tuple(" ".join(given.typed[one.start : one.end]) for one in tiles),
        sure=frozenset(decision.intents),
    )


def _danger(
    given: _Text, weighed: "Weighed", learnt: "Classifier", *, known: bool
) -> dict[Intent, str]:
    """Danger to the person and to others, each with the words that it rests on; nothing where known
    phrases say all that there is.
    """
    rules = {Intent.CRISIS: crisis_words(given.line), Intent.HARM_TO_OTHERS: harm_words(given.line)}
    found = {intent: words for intent, words in rules.items() if words}
    if found or known or weighed.of(*_DANGER) < DANGER_FROM:
        return found
    plain = vetoes.without_figures(given.line)
    if plain is not None and learnt.weigh(plain, _corpus_prompt(given)).of(*_DANGER) < DANGER_FROM:
        return {}
    likeliest = max(_DANGER, key=lambda intent: weighed.of(intent))
    return {likeliest: learnt.evidence(given.body, likeliest)}


def _in_danger(
    danger: dict[Intent, str], given: _Text, weighed: "Weighed", decision: Decision | None
) -> Interpretation:
    beside = decision.intents if decision else _found(given, weighed)
    intents = _ordered({*danger, *(set(beside) - {Intent.OTHER, Intent.THANKS})})
    by_rule = RULE_FOR_DANGER if crisis_words(given.line) or harm_words(given.line) else 0.0
    return Interpretation(
        intent=intents[0],
        confidence=max(by_rule, min(weighed.of(*_DANGER), SURE)),
        act=Act.HUMAN,
        intents=intents,
        evidence=tuple(danger.values()),
    )


def _by_weight(given: _Text, weighed: "Weighed", learnt: "Classifier") -> Interpretation:
    if not given.words:
        return Interpretation(Intent.OTHER, SURE, Act.HUMAN, (Intent.OTHER,))
    intent = max((one for one in Intent if one not in _DANGER), key=lambda one: weighed.of(one))
    value, asks = _value(intent, given), _asks(intent, given)
    named = extract.days(given.line)
    sure = (
        weighed.of(intent) >= _needed(intent, given.said, unasked=given.prompt is Prompt.NONE)
        and (given.tiles is None or _despite_rules(intent, given, weighed))
        and not _held_back(intent, given, weighed, learnt)
        and (intent is not Intent.CHECKIN_ANSWER or value is not None)
    )
    beside = _surely_beside(intent, given, weighed, learnt) if sure else frozenset()
    seen = _found(given, weighed) - ({Intent.CONFIRM, Intent.DECLINE} if sure else set())
    found = _ordered({intent, *seen, *beside} - {Intent.OTHER} or {Intent.OTHER})
    return Interpretation(
        intent=intent,
        confidence=min(weighed.of(intent), SURE),
        act=Act.ACT if sure else Act.HUMAN,
        intents=(intent, *(one for one in found if one is not intent)),
        value=value,
        day=named[0] if len(named) == 1 else None,
        time=_time(intent, given),
        cause=_cause(intent, given),
        fact=extract.fact(given.line, _FACTS[intent]) if intent in _FACTS else None,
        asks=asks,
        evidence=(learnt.evidence(given.body, intent),) if intent is not Intent.OTHER else (),
        sure=frozenset({intent, *beside}) if sure else frozenset(),
    )


def _needed(intent: Intent, said: Words, *, unasked: bool) -> float:
    if intent is Intent.CONFIRM:
        return YES_FROM if len(said.words) > _BRIEF else BRIEF_YES_FROM
    if len(said.words) <= _BRIEF:
        return BRIEF_FROM
    if intent in _ENDS:
        return ENDS_TEXTS_FROM
    return UNASKED_ACTS_FROM if unasked else ACTS_FROM


def _despite_rules(intent: Intent, given: _Text, weighed: "Weighed") -> bool:
    """Known phrases cover the text and come to nothing sure. That leaves no yes and no no, but one
    of them may say the likeliest thing plainly.
    """
    says = _SAID_BY.get(intent)
    both = {Means.NUMBER, Means.FEELS} <= given.meanings
    return says in given.meanings and not both and weighed.of(intent) >= DESPITE_RULES_FROM


def _held_back(intent: Intent, given: _Text, weighed: "Weighed", learnt: "Classifier") -> bool:
    """What keeps a likely reading from being acted on."""
    if intent in _NO_ACT:
        return True
    if vetoes.vetoed(intent, given.said, given.language):
        return True
    if given.prompt in _WHOSE and (intent not in _ENDS or Means.YES in given.meanings):
        return True
    if given.prompt in _TRAINED_AS and not _says_so_by_itself(intent, given, learnt):
        return True
    if intent in _ABOUT_COMING and len(extract.days(given.line)) > 1:
        return True
    if intent is not Intent.CONFIRM:
        return False
    return (
        weighed.of(*_REFUSALS) > _MAY_BE_REFUSED
        or bool(given.meanings & _REFUSING_PHRASES)
        or any(
            learnt.weigh(part, _corpus_prompt(given)).of(*_REFUSALS) > FOUND_FROM
            for part in clauses(given.body)
        )
    )


def _says_so_by_itself(intent: Intent, given: _Text, learnt: "Classifier") -> bool:
    """Whether the text means the same to somebody who was asked nothing."""
    alone = learnt.weigh(given.body, Prompt.NONE)
    return alone.strongest is intent and alone.of(intent) >= _needed(
        intent, given.said, unasked=False
    )


def _surely_beside(
    intent: Intent, given: _Text, weighed: "Weighed", learnt: "Classifier"
) -> frozenset[Intent]:
    """Weaker things that one clause of the text says as surely as if it were the whole text."""
    found = set()
    for part in clauses(given.body):
        alone = _clause_says(part, given, learnt)
        if alone is not None and alone is not intent and STRENGTH[alone] > STRENGTH[intent]:
            found.add(alone)
    if Intent.CONFIRM in found and (
        Intent.DECLINE in found
        or intent in _REFUSALS
        or weighed.of(*_REFUSALS) > _MAY_BE_REFUSED
        or bool(given.meanings & _REFUSING_PHRASES)
        or vetoes.vetoed(Intent.CONFIRM, given.said, given.language)
    ):
        found -= {Intent.CONFIRM, Intent.DECLINE}
    return frozenset(found)


def _clause_says(part: str, given: _Text, learnt: "Classifier") -> Intent | None:
    """What one clause surely says by itself; None where it says nothing, or nothing sure."""
    weighed = learnt.weigh(part, _corpus_prompt(given))
    strongest = weighed.strongest
    if strongest in _NO_ACT or strongest is Intent.THANKS or weighed.of(strongest) < YES_FROM:
        return None
    return strongest


def _found(given: _Text, weighed: "Weighed") -> set[Intent]:
    return {
        intent
        for intent in Intent
        if intent not in _DANGER
        and weighed.of(intent) >= (ENDS_FOUND_FROM if intent in _ENDS else FOUND_FROM)
    }


def _corpus_prompt(given: _Text) -> Prompt:
    return given.prompt if given.prompt in PROMPTS else Prompt.NONE


def _ordered(intents: set[Intent]) -> tuple[Intent, ...]:
    return tuple(sorted(intents, key=STRENGTH.__getitem__))


def _value(intent: Intent, given: _Text) -> int | None:
    if intent is Intent.RUNNING_LATE:
        return extract.minutes_late(given.line)
    return extract.check_in_value(given.line) if intent is Intent.CHECKIN_ANSWER else None


def _asks(intent: Intent, given: _Text) -> Asks | None:
    return extract.asked(given.line) if intent is Intent.QUESTION else None


def _time(intent: Intent, given: _Text) -> str | None:
    named = (Intent.RESCHEDULE, Intent.CALL_ME, Intent.SLOT_CHOICE, Intent.DECLINE)
    return extract.time_named(given.body) if intent in named else None


def _cause(intent: Intent, given: _Text) -> Cause | None:
    has = (Intent.DECLINE, Intent.RESCHEDULE, Intent.ABSENCE_REASON, Intent.RUNNING_LATE)
    return extract.cause(given.line) if intent in has else None
