"""Finds danger in a text by the rules and by the classifier. Pure."""

import re
from typing import TYPE_CHECKING

from engage.understanding import vetoes
from engage.understanding.safety import hospital
from engage.understanding.safety.danger import crisis_words, harm_words
from engage.understanding.safety.signs import signs
from engage.understanding.vocabulary import Intent, Prompt

if TYPE_CHECKING:
    from engage.understanding.classifier.predict import Classifier, IntentProbabilities

DANGER = (Intent.CRISIS, Intent.HARM_TO_OTHERS)
_ASKS_WHAT_THEY_DID = re.compile(
    r"^(?:what|wot|be|beth) (?:have i|did i|dwi|dw i|ydw i|wi|nes i|wnes i) (?:wedi |di )?(?:i )?"
    r"(?:done?|neud|gwneud|wneud)(?: (?:now|wrong|rwan|nawr|te|wan|yn rong|o le))?$"
)
"""A question by itself, in English or Welsh: the classifier takes the Welsh one for despair."""


def by_rule(line: str) -> dict[Intent, str]:
    """Danger to the person and to others that the rules find in a normalised line, each with the
    words that show it.
    """
    found = {Intent.CRISIS: crisis_words(line), Intent.HARM_TO_OTHERS: harm_words(line)}
    for kind, words in signs(line).items():
        intent = Intent.HARM_TO_OTHERS if kind.is_to_others else Intent.CRISIS
        found[intent] = found[intent] or words
    return {intent: words for intent, words in found.items() if words}


def by_classifier(
    body: str, likely: "IntentProbabilities", classifier: "Classifier"
) -> dict[Intent, str]:
    """The likelier of the two dangers, with the words that show it."""
    likeliest = max(DANGER, key=lambda intent: likely.of(intent))
    return {likeliest: classifier.evidence(body, likeliest)}


def probability(
    line: str, prompt: Prompt, likely: "IntentProbabilities", classifier: "Classifier"
) -> float:
    """How likely the classifier thinks danger is, with and without figures of speech and the words
    about a stay in hospital: the lowest counts. `prompt` is one of the corpus.
    """
    if _ASKS_WHAT_THEY_DID.search(line):
        return 0.0
    found = likely.of(*DANGER)
    for rest in (vetoes.without_figures_of_speech(line), hospital.without_hospital(line)):
        if rest is not None:
            found = min(found, classifier.classify(rest, prompt).of(*DANGER) if rest else 0.0)
    return found
