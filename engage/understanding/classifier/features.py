"""The features that the classifier uses: runs of words, with and without the question asked, and
runs of letters. Pure.

A feature is a number below `BUCKETS`, the checksum of its words or letters, so no vocabulary has to
be stored. Training and prediction both use this module: after a change here the classifier must be
trained again, which the build does.
"""

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from zlib import crc32

from engage.understanding.language.normalise import normalise, visible_text

BUCKETS = 1 << 19
BRIEF_WORDS = 6
_MAX_WORDS = 300
"""Words of a text that count. A text message of ten segments has fewer."""
_START, _END, _QUESTION_MARK = "^", "$", "?"


@dataclass(frozen=True)
class FeatureKind:
    """A kind of feature. All of its features together are scaled to the length `weight`, so that a
    long text counts no more than a short one.
    """

    name: str
    weight: float


WORDS = FeatureKind("w", 1.5)
GAPPED_PAIRS = FeatureKind("s", 0.7)
PROMPTED = FeatureKind("a", 0.7)
PROMPTED_BRIEF = FeatureKind("b", 0.7)
LETTERS = FeatureKind("c", 1.0)
TYPED = FeatureKind("t", 0.7)


def feature_counts(text: str, prompt: str) -> list[tuple[FeatureKind, Counter[int]]]:
    """How often a text has each feature, by kind of feature. `prompt` is one of the five that the
    corpus knows.
    """
    normalised = normalise(text)
    words = list(normalised.words[:_MAX_WORDS])
    if normalised.has_question_mark:
        words.append(_QUESTION_MARK)
    prefix = prompt[:3]
    return [
        (WORDS, Counter(_hashed("w", _runs([_START, *words, _END], 3)))),
        (GAPPED_PAIRS, Counter(_hashed("s", _gapped_pairs(words)))),
        (PROMPTED, Counter(_hashed("a" + prefix, [*_runs([_START, *words, _END], 2), ""]))),
        (
            PROMPTED_BRIEF,
            Counter(
                _hashed("b" + prefix, [*(_runs(words, 2) if len(words) <= BRIEF_WORDS else ()), ""])
            ),
        ),
        (LETTERS, Counter(bucket for word in words for bucket in _letters("c", word, 1, 6))),
        (
            TYPED,
            Counter(
                bucket
                for word in visible_text(text).split()[:_MAX_WORDS]
                for bucket in _letters("t", word[:40], 2, 5)
            ),
        ),
    ]


def feature_values(
    counts: Sequence[tuple[FeatureKind, Counter[int]]], rarity: Sequence[float]
) -> dict[int, float]:
    """The value of each feature: 1 plus the logarithm of its count, times its rarity. Each kind of
    feature is scaled to its weight.
    """
    values: dict[int, float] = {}
    for kind, buckets in counts:
        unscaled = {
            bucket: (1 + math.log(count)) * float(rarity[bucket])
            for bucket, count in buckets.items()
        }
        length = math.sqrt(sum(value * value for value in unscaled.values()))
        if length:
            for bucket, value in unscaled.items():
                values[bucket] = values.get(bucket, 0.0) + value * kind.weight / length
    return values


def word_bucket(words: Sequence[str]) -> int:
    """The feature of a run of one to three words."""
    return next(_hashed("w", [" ".join(words)]))


def _runs(words: Sequence[str], longest: int) -> Iterator[str]:
    for size in range(1, longest + 1):
        for start in range(len(words) - size + 1):
            yield " ".join(words[start : start + size])


def _gapped_pairs(words: Sequence[str]) -> Iterator[str]:
    """Pairs of words with one to three words between them."""
    for index, word in enumerate(words):
        for other in words[index + 2 : index + 5]:
            yield f"{word} {other}"


def _hashed(tag: str, features: Iterator[str] | list[str]) -> Iterator[int]:
    for feature in features:
        yield crc32(f"{tag}|{feature}".encode("utf-8", "surrogatepass")) % BUCKETS


@lru_cache(maxsize=20_000)
def _letters(tag: str, word: str, shortest: int, longest: int) -> tuple[int, ...]:
    """Runs of letters within a word, with its ends marked."""
    marked = f" {word} "
    return tuple(
        crc32(f"{tag}|{marked[start : start + size]}".encode("utf-8", "surrogatepass")) % BUCKETS
        for size in range(shortest, longest + 1)
        for start in range(len(marked) - size + 1)
    )
