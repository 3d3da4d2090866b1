"""What the clauses of a text say beside its strongest meaning. Pure."""

import re
from typing import TYPE_CHECKING

from engage.understanding import details, vetoes
from engage.understanding.classifier.clauses import MAX_CLAUSES, clauses
from engage.understanding.decisions import STRENGTH, decide
from engage.understanding.language.means import Means
from engage.understanding.prepared import PreparedText, prepare
from engage.understanding.vocabulary import Fact, Intent, Prompt

if TYPE_CHECKING:
    from engage.understanding.classifier.predict import Classifier, IntentProbabilities

REFUSALS = (Intent.DECLINE, Intent.RESCHEDULE, Intent.OPT_OUT, Intent.WRONG_NUMBER)
NEVER_ACTED_ON = frozenset({Intent.CRISIS, Intent.HARM_TO_OTHERS, Intent.OTHER})
_REFUSING_PHRASES = frozenset(
    {Means.WONT, Means.NO, Means.MOVE, Means.NONE_OF_THEM, Means.STOP_TEXTS}
)
_MAX_REFUSAL_BESIDE_YES, _MAX_REFUSAL_BESIDE_PLAIN_YES = 0.06, 0.1
_ABOUT_ATTENDING = frozenset({Prompt.APPOINTMENT, Prompt.TODAY, Prompt.ANSWERED})
_COMES = frozenset({Means.WILL, Means.SEE_YOU})
_LOSSES = (Intent.PROGRESS_HOUSING, Intent.PROGRESS_WORK)
_LOST = (Fact.LOST_HOME, Fact.LOST_WORK)
_LOSS_FROM = 0.3
_PARTS = re.compile(
    r"[.!?;,\n]+|\s(?:but|and|n|also|btw|tho|though|so|plus|cos|coz|because|ond|hefyd|achos|ac|"
    r"felly)(?=\s|$)",
    re.IGNORECASE,
)
"""Splits finer than the clauses that the classifier was trained with."""
_SURE_FROM, _CALL_FROM = 0.8, 0.9
"""The probability from which a clause surely means something, and from which it asks for a call."""


def may_refuse(text: PreparedText, likely: "IntentProbabilities") -> bool:
    """Whether the text may refuse an appointment, or end texts."""
    return likely.of(*REFUSALS) > _MAX_REFUSAL_BESIDE_YES or bool(text.meanings & _REFUSING_PHRASES)


def sure_weaker(
    intent: Intent, text: PreparedText, likely: "IntentProbabilities", classifier: "Classifier"
) -> frozenset[Intent]:
    """Weaker meanings that a clause states as surely as if it were the whole text."""
    found = set()
    for part in clauses(text.body):
        stated = _clause_intent(part, text, classifier)
        if stated is not None and stated is not intent and STRENGTH[stated] > STRENGTH[intent]:
            found.add(stated)
    if Intent.CONFIRM in found and (
        Intent.DECLINE in found
        or intent in REFUSALS
        or may_refuse(text, likely)
        or vetoes.is_vetoed(Intent.CONFIRM, text.normalised, text.language)
    ):
        found -= {Intent.CONFIRM, Intent.DECLINE}
    return frozenset(found)


def said_plainly(
    intent: Intent, text: PreparedText, likely: "IntentProbabilities", classifier: "Classifier"
) -> frozenset[Intent]:
    """Weaker meanings that a part of the text says in known phrases: a yes, or a home or a job
    lost.
    """
    found = set()
    parts = [part for piece in _PARTS.split(text.body) if (part := piece.strip())]
    may_say_yes = (
        text.prompt in _ABOUT_ATTENDING
        and not text.meanings & _REFUSING_PHRASES
        and likely.of(*REFUSALS) <= _MAX_REFUSAL_BESIDE_PLAIN_YES
    )
    for place, part in enumerate(parts[:MAX_CLAUSES] if len(parts) > 1 else ()):
        if may_say_yes and _is_plain_yes(part, text, is_first=place == 0):
            found.add(Intent.CONFIRM)
        for news in _LOSSES:
            if _tells_loss(news, part, text, classifier):
                found.add(news)
    return frozenset(one for one in found if STRENGTH[one] > STRENGTH[intent])


def _is_plain_yes(part: str, text: PreparedText, *, is_first: bool) -> bool:
    prepared = prepare(part, text.prompt, text.language)
    if not prepared.matches or prepared.normalised.has_question_mark:
        return False
    decision = decide(prepared.phrases, text.prompt, has_question_mark=False)
    wanted = _COMES | ({Means.YES} if is_first else set())
    is_yes = decision is not None and decision.intents == (Intent.CONFIRM,)
    return is_yes and bool(prepared.meanings & wanted)


def _tells_loss(news: Intent, part: str, text: PreparedText, classifier: "Classifier") -> bool:
    prepared = prepare(part, text.prompt, text.language)
    if details.fact_of(news, prepared.line) not in _LOST:
        return False
    if vetoes.is_vetoed(news, text.normalised, text.language):
        return False
    return classifier.classify(part, text.corpus_prompt).of(news) >= _LOSS_FROM


def asks_for_call(intent: Intent, text: PreparedText, classifier: "Classifier") -> bool:
    """Whether a clause surely asks for a call, though the whole text says something weaker."""
    if STRENGTH[intent] <= STRENGTH[Intent.CALL_ME] or vetoes.is_vetoed(
        Intent.CALL_ME, text.normalised, text.language
    ):
        return False
    return any(
        classifier.classify(part, text.corpus_prompt).of(Intent.CALL_ME) >= _CALL_FROM
        for part in clauses(text.body)
    )


def _clause_intent(part: str, text: PreparedText, classifier: "Classifier") -> Intent | None:
    """What a clause surely means by itself; None if that is nothing, or not sure."""
    likely = classifier.classify(part, text.corpus_prompt)
    likeliest = likely.likeliest
    if likeliest in NEVER_ACTED_ON or likeliest is Intent.THANKS:
        return None
    return None if likely.of(likeliest) < _SURE_FROM else likeliest
