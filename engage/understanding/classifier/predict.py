"""Weighs a text: how likely it is to mean each thing, by what was learnt from the corpus. Loaded
once, read-only, safe for threads.

Two steps. A linear classifier gives the text, and each of its clauses, a score for every intent. A
second one turns those scores, with what the rules for danger found, into probabilities; it learnt
from texts in styles that the first had not seen, so that it knows how far to trust it.
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
    Block,
    counts,
    scaled,
    word_bucket,
)
from engage.understanding.classifier.lines import PROMPTS
from engage.understanding.language.normalise import normalise
from engage.understanding.safety.danger import crisis_words, harm_words
from engage.understanding.vocabulary import Intent, Prompt

TRAINED = Path(__file__).parent / "trained"
INTENTS = tuple(Intent)
_BRIEF = 2
_LOOKED_AT = 60
"""Words of a text among which the ones that it rests on are looked for."""
Array = np.ndarray[Any, np.dtype[np.floating[Any]]]
Found = list[tuple[Block, Counter[int]]]


class NotTrained(RuntimeError):
    """There is nothing learnt to load; the message says what to do."""


@dataclass(frozen=True)
class Weighed:
    """The probability of each intent for one text; they add up to 1."""

    probabilities: dict[Intent, float]

    @property
    def strongest(self) -> Intent:
        """The likeliest."""
        return max(self.probabilities, key=self.probabilities.__getitem__)

    def of(self, *intents: Intent) -> float:
        """How likely it is that one of these is meant."""
        return sum(self.probabilities[intent] for intent in intents)


class Classifier:
    """What was learnt: weights (buckets by intents), rarities of the features, and the second
    step's coefficients.
    """

    def __init__(
        self, weights: Array, offsets: Array, rarity: Array, coefficients: Array, intercepts: Array
    ) -> None:
        self._weights, self._offsets, self._rarity = weights, offsets, rarity
        self._coefficients, self._intercepts = coefficients, intercepts
        self._rated = array(
            "f", rarity.astype(np.float32).tobytes()
        )  # quicker to look one number up in

    def parts(self) -> dict[str, Array]:
        """Everything learnt, by name, to be kept."""
        return {
            "weights": self._weights,
            "offsets": self._offsets,
            "rarity": self._rarity,
            "coefficients": self._coefficients,
            "intercepts": self._intercepts,
        }

    def weigh(self, text: str, prompt: Prompt) -> Weighed:
        """`text` in answer to one of the five prompts of the corpus."""
        whole = self.scores(counts(text, prompt))
        parts = [self.scores(counts(part, prompt)) for part in clauses(text)]
        together = second_step(whole, parts, text, prompt) @ self._coefficients + self._intercepts
        odds = np.exp(together - together.max())
        return Weighed(dict(zip(INTENTS, (odds / odds.sum()).tolist(), strict=True)))

    def scores(self, found: Found) -> Array:
        """The first step: one score for each intent."""
        values = scaled(found, self._rated)
        buckets = np.fromiter(values, dtype=np.int64, count=len(values))
        sizes = np.fromiter(values.values(), dtype=np.float32, count=len(values))
        scored: Array = sizes @ self._weights[buckets].astype(np.float32) + self._offsets
        return scored

    def evidence(self, text: str, intent: Intent) -> str:
        """The run of up to four words of `text`, as typed, that speaks most for `intent`."""
        said = normalise(text)
        words = list(said.words)
        column = INTENTS.index(intent)
        runs = [
            (start, end)
            for start in range(len(words))
            for end in range(start + 1, min(start + 3, len(words)) + 1)
        ]
        buckets = [word_bucket(words[start:end]) for start, end in runs]
        speaks = (
            (self._weights[buckets, column].astype(np.float32) * self._rarity[buckets]).tolist()
            if runs
            else []
        )
        worth: dict[tuple[int, int], float] = dict(zip(runs, speaks, strict=True))

        def total(start: int, end: int) -> float:
            return sum(
                value for (first, last), value in worth.items() if start <= first and last <= end
            )

        spans = [
            (start, end)
            for start in range(min(len(words), _LOOKED_AT))
            for end in range(start + 1, min(start + 4, len(words)) + 1)
        ]
        start, end = max(spans, key=lambda span: total(*span), default=(0, 0))
        return " ".join(said.typed[start:end])


def second_step(whole: Array, parts: Sequence[Array], text: str, prompt: Prompt) -> Array:
    """What the second step looks at: the scores of the text, the best of its clauses, the rules for
    danger, and the prompt.
    """
    said = normalise(text)
    best = np.max([whole, *parts], axis=0) if parts else whole
    rules = [
        bool(crisis_words(said.line)),
        bool(harm_words(said.line)),
        len(said.words) <= _BRIEF,
        said.asks,
        *(prompt is one for one in PROMPTS),
    ]
    return np.concatenate([whole, best, np.array(rules, dtype=np.float32)])


@cache
def classifier(folder: Path = TRAINED) -> Classifier:
    """What the build has learnt. Raises NotTrained where nothing was."""
    try:
        about = json.loads((folder / "about.json").read_text(encoding="utf-8"))
        weights = np.load(folder / "weights.npy", mmap_mode="r")
        small = np.load(folder / "small.npz")
    except OSError as error:
        raise NotTrained("The reader has learnt nothing yet. Run: make install") from error
    if about["intents"] != [intent.value for intent in INTENTS]:
        raise NotTrained(
            "The reader has learnt other intents than there are now. Run: make install"
        )
    return Classifier(
        weights, small["offsets"], small["rarity"], small["coefficients"], small["intercepts"]
    )
