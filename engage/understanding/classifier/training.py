"""Learns from the corpus, when the software is built. `python -m
engage.understanding.classifier.training` writes what was learnt.

The second step must learn how far the first can be trusted on people whom it has never read, so it
learns from scores that were given to styles left out: the styles are dealt into folds, and each
fold is scored by a first step that saw only the others. The same corpus gives the same result.
"""

import json
import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
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
from engage.understanding.classifier.features import BUCKETS, counts, scaled
from engage.understanding.classifier.lines import LabelledLine
from engage.understanding.classifier.predict import (
    INTENTS,
    TRAINED,
    Array,
    Classifier,
    Found,
    second_step,
)

FOLDS = 5
FIRST_STRENGTH, SECOND_STRENGTH = 0.5, 0.3
MANY_INTENTS = 16
MOST_PROCESSES = 4
_PLACE = {intent: place for place, intent in enumerate(INTENTS)}


@dataclass(frozen=True)
class Seen:
    """A line made ready: the features of the whole text and of each clause."""

    line: LabelledLine
    style: int
    whole: Found
    parts: Sequence[Found]


def train(folder: Path = lines.CORPUS, *, processes: int = 1) -> Classifier:
    """Learn from every style of a folder. Takes a minute and a half on one core."""
    return learn(lines.styles(folder), processes=processes)


def learn(styles: dict[str, list[LabelledLine]], *, processes: int = 1) -> Classifier:
    """Learn from these styles alone: the measuring leaves some out. However many processes share
    the work, what is learnt is the same.
    """
    dealt = [(style, line) for style, found in enumerate(styles.values()) for line in found]
    labels = np.array([_PLACE[line.intent] for _, line in dealt])
    unseen, first = _first_steps(styles, processes)
    inputs = np.stack(_in_order([style for style, _ in dealt], unseen))
    second = LogisticRegression(C=SECOND_STRENGTH, max_iter=1000).fit(inputs, labels)
    of_everything = [mixed(found) for found in styles.values()]
    sharpness = _sharpness(second, inputs, labels, [of_everything[style] for style, _ in dealt])
    return Classifier(
        first.weights,
        first.offsets,
        first.rarity,
        (second.coef_.T * sharpness).astype(np.float32),
        (second.intercept_ * sharpness).astype(np.float32),
    )


@dataclass(frozen=True)
class FirstStep:
    """A linear classifier over hashed features: what it weighs, and how rare each feature is."""

    weights: Array
    offsets: Array
    rarity: Array

    @cached_property
    def alike(self) -> Classifier:
        """What scores texts as the reader will."""
        return Classifier(self.weights, self.offsets, self.rarity, _NOTHING, _NOTHING)

    def scores(self, one: Seen) -> Array:
        """What the second step looks at."""
        parts = [self.alike.scores(part) for part in one.parts]
        return second_step(self.alike.scores(one.whole), parts, one.line.text, one.line.prompt)


_NOTHING: Array = np.zeros(0, dtype=np.float32)


def prepared(styles: dict[str, list[LabelledLine]]) -> list[Seen]:
    """Every line with its features."""
    return [
        Seen(
            line,
            style,
            counts(line.text, line.prompt),
            [counts(part, line.prompt) for part in clauses(line.text)],
        )
        for style, found in enumerate(styles.values())
        for line in found
    ]


def save(learnt: Classifier, folder: Path = TRAINED, corpus: Path = lines.CORPUS) -> None:
    """Write what was learnt where the reader looks for it, all of it or nothing."""
    folder.mkdir(parents=True, exist_ok=True)
    parts = learnt.parts()
    _replace(
        folder / "weights.npy", lambda file: np.save(file, parts.pop("weights").astype(np.float16))
    )
    _replace(folder / "small.npz", lambda file: np.savez(file, **parts))  # type: ignore[arg-type]
    about = {"intents": [intent.value for intent in INTENTS], "corpus": lines.digest(corpus)}
    _replace(folder / "about.json", lambda file: file.write(json.dumps(about).encode()))


def _replace(path: Path, write: Callable[[BinaryIO], object]) -> None:
    beside = path.with_suffix(path.suffix + ".new")
    with beside.open("wb") as file:
        write(file)
    beside.replace(path)


def _first_steps(
    styles: dict[str, list[LabelledLine]], processes: int
) -> tuple[list[list[Array]], FirstStep]:
    """What the second step looks at for the lines of each fold, from a first step that saw no line
    of their styles; and one that saw everything.
    """
    if processes == 1:
        seen = prepared(styles)
        return [_unseen_scores(fold, seen) for fold in range(FOLDS)], _first_step(seen)
    # Processes and not threads: the library's dice are shared by all threads.
    with ProcessPoolExecutor(processes, get_context("spawn"), _prepare, (styles,)) as pool:
        whole = pool.submit(_first_step)
        unseen = list(pool.map(_unseen_scores, range(FOLDS)))
        return unseen, whole.result()


_prepared: list[Seen] = []
"""What a process of the pool has made ready for its share of the work."""


def _prepare(styles: dict[str, list[LabelledLine]]) -> None:
    _prepared.extend(prepared(styles))


def _unseen_scores(fold: int, seen: Sequence[Seen] = _prepared) -> list[Array]:
    out = _fold([one.style for one in seen], fold)
    first = _first_step([one for one in seen if one.style not in out])
    return [first.scores(one) for one in seen if one.style in out]


def _in_order(styles: Sequence[int], unseen: Sequence[list[Array]]) -> list[Array]:
    """The scores of the folds, in the order of the lines, whose styles are given."""
    inputs = {fold: iter(scores) for fold, scores in enumerate(unseen)}
    fold_of = {style: fold for fold in range(FOLDS) for style in _fold(styles, fold)}
    return [next(inputs[fold_of[style]]) for style in styles]


def _fold(styles: Sequence[int], fold: int) -> set[int]:
    return set(sorted(set(styles))[fold::FOLDS])


def _first_step(seen: Sequence[Seen] = _prepared) -> FirstStep:
    rarity = _rarity(seen)
    rated = rarity.tolist()
    starts, buckets, sizes = [0], list[int](), list[float]()
    for one in seen:
        values = scaled(one.whole, rated)
        buckets.extend(values)
        sizes.extend(values.values())
        starts.append(len(buckets))
    matrix = csr_matrix(
        (np.array(sizes, np.float32), np.array(buckets), np.array(starts)),
        shape=(len(seen), BUCKETS),
    )
    fitted = LinearSVC(C=FIRST_STRENGTH, tol=1e-2, random_state=0).fit(matrix, _labels(seen))
    if len(fitted.classes_) != len(INTENTS):
        raise lines.LinesError(
            "The corpus must hold lines of every intent, in every fold of its styles."
        )
    return FirstStep(
        np.ascontiguousarray(fitted.coef_.T, dtype=np.float32),
        fitted.intercept_.astype(np.float32),
        rarity,
    )


def _rarity(seen: Sequence[Seen]) -> Array:
    """The logarithm of how few lines hold each feature, plus one."""
    held: Counter[int] = Counter()
    for one in seen:
        held.update({bucket for _, buckets in one.whole for bucket in buckets})
    found = np.zeros(BUCKETS, np.float32)
    found[list(held)] = list(held.values())
    rarity: Array = (np.log((1 + len(seen)) / (1 + found)) + 1).astype(np.float32)
    return rarity


def _labels(seen: Sequence[Seen]) -> Array:
    return np.array([_PLACE[one.line.intent] for one in seen])


def _sharpness(
    second: LogisticRegression, inputs: Array, labels: Array, counted: Sequence[bool]
) -> float:
    """How much surer, or less sure, the second step should be for its probabilities to come true on
    styles that hold a bit of everything.
    """
    chosen = np.flatnonzero(counted)
    scores = second.decision_function(inputs[chosen])
    right = labels[chosen]

    def surprise(sharpness: float) -> float:
        odds = scores * sharpness
        odds -= odds.max(axis=1, keepdims=True)
        likely = odds - np.log(np.exp(odds).sum(axis=1, keepdims=True))
        return float(-likely[np.arange(len(right)), right].mean())

    return float(minimize_scalar(surprise, bounds=(0.3, 4), method="bounded").x)


def mixed(found: Sequence[LabelledLine]) -> bool:
    """Whether a style holds a bit of everything, as the texts of real people do, and not one
    subject.
    """
    return len({line.intent for line in found}) >= MANY_INTENTS


def main() -> None:
    """Learn, and say how long it took."""
    began = time.monotonic()
    if len(sys.argv) > 1:
        raise SystemExit("This takes no arguments.")
    save(train(processes=min(os.cpu_count() or 1, MOST_PROCESSES)))
    sys.stdout.write(f"The reader has learnt its corpus ({time.monotonic() - began:.0f} s)\n")


if __name__ == "__main__":
    main()
