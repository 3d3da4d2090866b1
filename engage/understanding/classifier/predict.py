"""The trained classifier: the probability that a text has each intent. Loaded once, read-only and
thread-safe.

It has two steps. The first, a linear classifier, gives the text and each of its clauses a score for
every intent. The second turns these scores, together with the danger rules, into probabilities. It
was trained on texts in styles that the first step had not seen, so its probabilities hold for new
writers.
"""

import json
from array import array
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from engage.understanding.classifier.clauses import clauses
from engage.understanding.classifier.features import (
    FeatureKind,
    feature_counts,
    feature_values,
    word_bucket,
)
from engage.understanding.classifier.lines import PROMPTS
from engage.understanding.language.normalise import normalise
from engage.understanding.safety.danger import crisis_words, harm_words
from engage.understanding.vocabulary import Intent, Prompt

TRAINED = Path(__file__).parent / "trained"
INTENTS = tuple(Intent)
_BRIEF_WORDS = 2
_EVIDENCE_WORDS = 60
"""The evidence is looked for among this many words of a text."""
Array = np.ndarray[Any, np.dtype[np.floating[Any]]]
FeatureCounts = list[tuple[FeatureKind, Counter[int]]]


class NotTrained(RuntimeError):
    """There is no trained classifier to load. The message says what to do."""


@dataclass(frozen=True)
class IntentProbabilities:
    """The probability of each intent of a text. They add up to 1."""

    probabilities: dict[Intent, float]

    @property
    def likeliest(self) -> Intent:
        """The intent with the highest probability."""
        return max(self.probabilities, key=self.probabilities.__getitem__)

    def of(self, *intents: Intent) -> float:
        """The probability of these intents together."""
        return sum(self.probabilities[intent] for intent in intents)


class Classifier:
    """The trained parameters: the first step's weights (features by intents) and offsets, how rare
    each feature is, and the second step's coefficients and intercepts.
    """

    def __init__(
        self, weights: Array, offsets: Array, rarity: Array, coefficients: Array, intercepts: Array
    ) -> None:
        self._weights, self._offsets, self._rarity = weights, offsets, rarity
        self._coefficients, self._intercepts = coefficients, intercepts
        # Looking up a single number is faster in an array than in numpy.
        self._rarity_lookup = array("f", rarity.astype(np.float32).tobytes())

    def parts(self) -> dict[str, Array]:
        """All parameters by name, to be saved."""
        return {
            "weights": self._weights,
            "offsets": self._offsets,
            "rarity": self._rarity,
            "coefficients": self._coefficients,
            "intercepts": self._intercepts,
        }

    def classify(self, text: str, prompt: Prompt) -> IntentProbabilities:
        """Classify `text`, sent in answer to one of the five prompts of the corpus."""
        whole = self.scores(feature_counts(text, prompt))
        parts = [self.scores(feature_counts(part, prompt)) for part in clauses(text)]
        inputs = second_step_inputs(whole, parts, text, prompt)
        scores = inputs @ self._coefficients + self._intercepts
        odds = np.exp(scores - scores.max())
        return IntentProbabilities(dict(zip(INTENTS, (odds / odds.sum()).tolist(), strict=True)))

    def scores(self, counts: FeatureCounts) -> Array:
        """The first step: a score for each intent."""
        values = feature_values(counts, self._rarity_lookup)
        buckets = np.fromiter(values, dtype=np.int64, count=len(values))
        sizes = np.fromiter(values.values(), dtype=np.float32, count=len(values))
        scores: Array = sizes @ self._weights[buckets].astype(np.float32) + self._offsets
        return scores

    def evidence(self, text: str, intent: Intent) -> str:
        """The run of up to four words of `text`, as typed, that supports `intent` most."""
        normalised = normalise(text)
        words = list(normalised.words)
        support = self._support(words, intent)

        def total(start: int, end: int) -> float:
            return sum(
                value for (first, last), value in support.items() if start <= first and last <= end
            )

        spans = [
            (start, end)
            for start in range(min(len(words), _EVIDENCE_WORDS))
            for end in range(start + 1, min(start + 4, len(words)) + 1)
        ]
        start, end = max(spans, key=lambda span: total(*span), default=(0, 0))
        return " ".join(normalised.typed[start:end])

    def _support(self, words: Sequence[str], intent: Intent) -> dict[tuple[int, int], float]:
        """How much each run of one to three words supports `intent`, by its start and end."""
        runs = [
            (start, end)
            for start in range(len(words))
            for end in range(start + 1, min(start + 3, len(words)) + 1)
        ]
        if not runs:
            return {}
        buckets = [word_bucket(words[start:end]) for start, end in runs]
        weights = self._weights[buckets, INTENTS.index(intent)].astype(np.float32)
        return dict(zip(runs, (weights * self._rarity[buckets]).tolist(), strict=True))


def second_step_inputs(whole: Array, parts: Sequence[Array], text: str, prompt: Prompt) -> Array:
    """The inputs of the second step: the scores of the text, the best scores of it or its clauses,
    what the danger rules found, the length, the question mark and the prompt.
    """
    normalised = normalise(text)
    best = np.max([whole, *parts], axis=0) if parts else whole
    facts = [
        bool(crisis_words(normalised.line)),
        bool(harm_words(normalised.line)),
        len(normalised.words) <= _BRIEF_WORDS,
        normalised.has_question_mark,
        *(prompt is one for one in PROMPTS),
    ]
    return np.concatenate([whole, best, np.array(facts, dtype=np.float32)])


@cache
def classifier(folder: Path = TRAINED) -> Classifier:
    """The classifier that the build has trained. Raises NotTrained if there is none."""
    try:
        about = json.loads((folder / "about.json").read_text(encoding="utf-8"))
        weights = np.load(folder / "weights.npy", mmap_mode="r")
        small = np.load(folder / "small.npz")
    except OSError as error:
        raise NotTrained("The classifier has not been trained. Run: make install") from error
    if about["intents"] != [intent.value for intent in INTENTS]:
        raise NotTrained("The classifier was trained on other intents. Run: make install")
    return Classifier(
        weights, small["offsets"], small["rarity"], small["coefficients"], small["intercepts"]
    )
