"""Trains the classifier on the corpus, when the software is built: `python -m
engage.understanding.classifier.training`.

The second step must learn how far the first step can be trusted with writers that it has not seen.
So its training scores come from styles that were left out: the styles are dealt into folds, and
each fold is scored by a first step that was trained on the others. The same corpus gives the same
classifier.
"""

import json
import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from multiprocessing import get_context
from pathlib import Path
from typing import BinaryIO

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from engage.understanding.classifier import lines
from engage.understanding.classifier.clauses import clauses
from engage.understanding.classifier.features import BUCKETS, feature_counts, feature_values
from engage.understanding.classifier.lines import LabelledLine
from engage.understanding.classifier.predict import (
    INTENTS,
    TRAINED,
    Array,
    Classifier,
    FeatureCounts,
    second_step_inputs,
)
from engage.understanding.vocabulary import Intent

FOLDS = 5
FIRST_STRENGTH, SECOND_STRENGTH = 0.5, 0.3
MIXED_INTENTS = 16
MAX_PROCESSES = 4
_INTENT_INDEX = {intent: index for index, intent in enumerate(INTENTS)}


@dataclass(frozen=True)
class PreparedLine:
    """A line with the index of its style, and the features of the text and of each clause."""

    line: LabelledLine
    style: int
    whole: FeatureCounts
    parts: Sequence[FeatureCounts]


def train(folder: Path = lines.CORPUS, *, processes: int = 1) -> Classifier:
    """Train on every style in a folder. Takes a minute and a half on one core."""
    return train_on(lines.styles(folder), processes=processes)


def train_on(styles: dict[str, list[LabelledLine]], *, processes: int = 1) -> Classifier:
    """Train on these styles. The result does not depend on the number of processes. Raises
    LinesError if an intent would be missing from the lines that a first step is trained on.
    """
    _check_intents(styles)
    numbered = [(style, line) for style, listed in enumerate(styles.values()) for line in listed]
    labels = np.array([_INTENT_INDEX[line.intent] for _, line in numbered])
    unseen_inputs, first = _train_first_steps(styles, processes)
    inputs = np.stack(_in_line_order([style for style, _ in numbered], unseen_inputs))
    second = LogisticRegression(C=SECOND_STRENGTH, max_iter=1000).fit(inputs, labels)
    mixed_styles = [is_mixed(listed) for listed in styles.values()]
    sharpness = _sharpness(second, inputs, labels, [mixed_styles[style] for style, _ in numbered])
    return Classifier(
        first.weights,
        first.offsets,
        first.rarity,
        (second.coef_.T * sharpness).astype(np.float32),
        (second.intercept_ * sharpness).astype(np.float32),
    )


@dataclass(frozen=True)
class FirstStep:
    """A linear classifier over hashed features: its weights, and how rare each feature is."""

    weights: Array
    offsets: Array
    rarity: Array

    @cached_property
    def classifier(self) -> Classifier:
        """A classifier with this first step only."""
        return Classifier(self.weights, self.offsets, self.rarity, _NO_SECOND_STEP, _NO_SECOND_STEP)

    def second_step_inputs(self, prepared: PreparedLine) -> Array:
        """The inputs of the second step for a line."""
        parts = [self.classifier.scores(part) for part in prepared.parts]
        whole = self.classifier.scores(prepared.whole)
        return second_step_inputs(whole, parts, prepared.line.text, prepared.line.prompt)


_NO_SECOND_STEP: Array = np.zeros(0, dtype=np.float32)


def prepare_lines(styles: dict[str, list[LabelledLine]]) -> list[PreparedLine]:
    """Compute the features of every line."""
    return [
        PreparedLine(
            line,
            style,
            feature_counts(line.text, line.prompt),
            [feature_counts(part, line.prompt) for part in clauses(line.text)],
        )
        for style, listed in enumerate(styles.values())
        for line in listed
    ]


def save(trained: Classifier, folder: Path = TRAINED, corpus: Path = lines.CORPUS) -> None:
    """Save a classifier. Each file is replaced as a whole."""
    folder.mkdir(parents=True, exist_ok=True)
    parts = trained.parts()
    _replace(
        folder / "weights.npy", lambda file: np.save(file, parts.pop("weights").astype(np.float16))
    )
    _replace(folder / "small.npz", lambda file: np.savez(file, **parts))  # type: ignore[arg-type]
    about = {"intents": [intent.value for intent in INTENTS], "corpus": lines.digest(corpus)}
    _replace(folder / "about.json", lambda file: file.write(json.dumps(about).encode()))


def _replace(path: Path, write: Callable[[BinaryIO], object]) -> None:
    new = path.with_suffix(path.suffix + ".new")
    with new.open("wb") as file:
        write(file)
    new.replace(path)


def _train_first_steps(
    styles: dict[str, list[LabelledLine]], processes: int
) -> tuple[list[list[Array]], FirstStep]:
    """The second step's inputs for the lines of each fold, from a first step that saw none of their
    styles; and a first step that saw everything.
    """
    if processes == 1:
        prepared = prepare_lines(styles)
        unseen = [_unseen_inputs(fold, prepared) for fold in range(FOLDS)]
        return unseen, _train_first_step(prepared)
    # Processes and not threads: all threads share the random numbers of the library.
    with ProcessPoolExecutor(processes, get_context("spawn"), _prepare_process, (styles,)) as pool:
        everything = pool.submit(_train_first_step)
        unseen = list(pool.map(_unseen_inputs, range(FOLDS)))
        return unseen, everything.result()


_prepared: list[PreparedLine] = []
"""The lines of a process in the pool."""


def _prepare_process(styles: dict[str, list[LabelledLine]]) -> None:
    _prepared.extend(prepare_lines(styles))


def _unseen_inputs(fold: int, prepared: Sequence[PreparedLine] = _prepared) -> list[Array]:
    left_out = _styles_in_fold([one.style for one in prepared], fold)
    first = _train_first_step([one for one in prepared if one.style not in left_out])
    return [first.second_step_inputs(one) for one in prepared if one.style in left_out]


def _check_intents(styles: Mapping[str, Sequence[LabelledLine]]) -> None:
    folds: dict[Intent, set[int]] = {intent: set() for intent in INTENTS}
    for place, listed in enumerate(listed for listed in styles.values() if listed):
        for line in listed:
            folds[line.intent].add(place % FOLDS)
    if missing := [intent.value for intent, found in folds.items() if len(found) < 2]:
        raise lines.LinesError(
            f"The corpus has too few lines of {', '.join(missing)}. Write some in two files or more"
            " whose names follow each other."
        )


def _in_line_order(styles: Sequence[int], by_fold: Sequence[list[Array]]) -> list[Array]:
    """The inputs of the folds, in the order of the lines. `styles` has the style of each line."""
    inputs = {fold: iter(listed) for fold, listed in enumerate(by_fold)}
    fold_of = {style: fold for fold in range(FOLDS) for style in _styles_in_fold(styles, fold)}
    return [next(inputs[fold_of[style]]) for style in styles]


def _styles_in_fold(styles: Sequence[int], fold: int) -> set[int]:
    return set(sorted(set(styles))[fold::FOLDS])


def _train_first_step(prepared: Sequence[PreparedLine] = _prepared) -> FirstStep:
    rarity = _rarity(prepared)
    rarity_lookup = rarity.tolist()
    starts, buckets, sizes = [0], list[int](), list[float]()
    for one in prepared:
        values = feature_values(one.whole, rarity_lookup)
        buckets.extend(values)
        sizes.extend(values.values())
        starts.append(len(buckets))
    matrix = csr_matrix(
        (np.array(sizes, np.float32), np.array(buckets), np.array(starts)),
        shape=(len(prepared), BUCKETS),
    )
    labels = np.array([_INTENT_INDEX[one.line.intent] for one in prepared])
    fitted = LinearSVC(C=FIRST_STRENGTH, tol=1e-2, random_state=0).fit(matrix, labels)
    return FirstStep(
        np.ascontiguousarray(fitted.coef_.T, dtype=np.float32),
        fitted.intercept_.astype(np.float32),
        rarity,
    )


def _rarity(prepared: Sequence[PreparedLine]) -> Array:
    """For each feature, 1 plus the logarithm of how few lines have it."""
    line_counts: Counter[int] = Counter()
    for one in prepared:
        line_counts.update({bucket for _, buckets in one.whole for bucket in buckets})
    counts = np.zeros(BUCKETS, np.float32)
    counts[list(line_counts)] = list(line_counts.values())
    rarity: Array = (np.log((1 + len(prepared)) / (1 + counts)) + 1).astype(np.float32)
    return rarity


def _sharpness(
    second: LogisticRegression, inputs: Array, labels: Array, is_counted: Sequence[bool]
) -> float:
    """The factor by which the second step must be surer, or less sure, for its probabilities to
    come true on the lines that are counted: those of styles with a bit of everything.
    """
    chosen = np.flatnonzero(is_counted)
    scores = second.decision_function(inputs[chosen])
    right = labels[chosen]

    def surprise(sharpness: float) -> float:
        odds = scores * sharpness
        odds -= odds.max(axis=1, keepdims=True)
        log_likelihood = odds - np.log(np.exp(odds).sum(axis=1, keepdims=True))
        return float(-log_likelihood[np.arange(len(right)), right].mean())

    return float(minimize_scalar(surprise, bounds=(0.3, 4), method="bounded").x)


def is_mixed(listed: Sequence[LabelledLine]) -> bool:
    """Whether a style has a bit of everything, as the texts of real people do, and not only one
    subject.
    """
    return len({line.intent for line in listed}) >= MIXED_INTENTS


def main() -> None:
    """Train, save, and say how long it took."""
    started = time.monotonic()
    if len(sys.argv) > 1:
        raise SystemExit("This takes no arguments.")
    save(train(processes=min(os.cpu_count() or 1, MAX_PROCESSES)))
    sys.stdout.write(f"Trained the classifier ({time.monotonic() - started:.0f} s)\n")


if __name__ == "__main__":
    main()
