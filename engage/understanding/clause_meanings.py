"""What the clauses of a text say beside its strongest meaning. Pure."""

from typing import TYPE_CHECKING

from engage.understanding import vetoes
from engage.understanding.classifier.clauses import clauses
from engage.understanding.decisions import STRENGTH
from engage.understanding.language.means import Means
from engage.understanding.prepared import PreparedText
from engage.understanding.vocabulary import Intent

if TYPE_CHECKING:
    from engage.understanding.classifier.predict import Classifier, IntentProbabilities

REFUSALS = (Intent.DECLINE, Intent.RESCHEDULE, Intent.OPT_OUT, Intent.WRONG_NUMBER)
NEVER_ACTED_ON = frozenset({Intent.CRISIS, Intent.HARM_TO_OTHERS, Intent.OTHER})
_REFUSING_PHRASES = frozenset(
    {Means.WONT, Means.NO, Means.MOVE, Means.NONE_OF_THEM, Means.STOP_TEXTS}
)
_MAX_REFUSAL_BESIDE_YES = 0.06
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
