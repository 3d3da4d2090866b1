"""What the classifier looks at: runs of words, runs of letters, and both in the light of what was
asked. Pure.

Every feature is a number below `BUCKETS`, the checksum of its words, so that no list of words has
to be kept. Training and reading both come through here; a change here needs training anew, which
the build does by itself.
"""

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from zlib import crc32

from engage.understanding.language.normalise import normalise, visible

BUCKETS = 1 << 19
FEW_WORDS = 6
_LONGEST = 300
"""Words of one text that are looked at; a text message of ten parts has fewer."""
_START, _END, _ASKS = "^", "$", "?"


@dataclass(frozen=True)
class Block:
    """One kind of feature: each is scaled to a length of `weight`, so that a long text speaks no
    louder than a short one.
    """

    name: str
    weight: float


WORDS = Block("w", 1.5)
SKIPS = Block("s", 0.7)
ASKED = Block("a", 0.7)
ASKED_BRIEFLY = Block("b", 0.7)
LETTERS = Block("c", 1.0)
TYPED = Block("t", 0.7)


def counts(text: str, prompt: str) -> list[tuple[Block, Counter[int]]]:
    """The features of a text sent in answer to one of the five prompts, by kind, with how often
    each is there.
    """
    said = normalise(text)
    words = list(said.words[:_LONGEST])
    if said.asks:
        words.append(_ASKS)
    asked = prompt[:3]
    return [
        (WORDS, Counter(_hashed("w", _runs([_START, *words, _END], 3)))),
        (SKIPS, Counter(_hashed("s", _skips(words)))),
        (ASKED, Counter(_hashed("a" + asked, [*_runs([_START, *words, _END], 2), ""]))),
        (
            ASKED_BRIEFLY,
            Counter(
                _hashed("b" + asked, [*(_runs(words, 2) if len(words) <= FEW_WORDS else ()), ""])
            ),
        ),
        (LETTERS, Counter(bucket for word in words for bucket in _letters("c", word, 1, 6))),
        (
            TYPED,
            Counter(
                bucket
                for word in visible(text).split()[:_LONGEST]
                for bucket in _letters("t", word[:40], 2, 5)
            ),
        ),
    ]


def scaled(
    found: Sequence[tuple[Block, Counter[int]]], rarity: Sequence[float]
) -> dict[int, float]:
    """Each feature's value: the logarithm of its count times its rarity, each kind of feature
    scaled to its length.
    """
    values: dict[int, float] = {}
    for block, buckets in found:
        rated = {
            bucket: (1 + math.log(count)) * float(rarity[bucket])
            for bucket, count in buckets.items()
        }
        length = math.sqrt(sum(value * value for value in rated.values()))
        if length:
            for bucket, value in rated.items():
                values[bucket] = values.get(bucket, 0.0) + value * block.weight / length
    return values


def word_bucket(words: Sequence[str]) -> int:
    """The feature that a run of one to three words is."""
    return next(_hashed("w", [" ".join(words)]))


def _runs(words: Sequence[str], longest: int) -> Iterator[str]:
    for size in range(1, longest + 1):
        for place in range(len(words) - size + 1):
            yield " ".join(words[place : place + size])


def _skips(words: Sequence[str]) -> Iterator[str]:
    """Pairs of words with one to three others between them."""
    for place, word in enumerate(words):
        for other in words[place + 2 : place + 5]:
            yield f"{word} {other}"


def _hashed(kind: str, found: Iterator[str] | list[str]) -> Iterator[int]:
    for one in found:
        yield crc32(f"{kind}|{one}".encode("utf-8", "surrogatepass")) % BUCKETS


@lru_cache(maxsize=20_000)
def _letters(kind: str, word: str, shortest: int, longest: int) -> tuple[int, ...]:
    """Runs of letters within one word, its two ends marked."""
    edged = f" {word} "
    return tuple(
        crc32(f"{kind}|{edged[place : place + size]}".encode("utf-8", "surrogatepass")) % BUCKETS
        for size in range(shortest, longest + 1)
        for place in range(len(edged) - size + 1)
    )
