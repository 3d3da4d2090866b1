"""Which writers of the corpus are held out. Each file of the corpus has the lines of one writer."""

from collections import Counter
from collections.abc import Mapping, Sequence

from engage.understanding.classifier import lines, training
from engage.understanding.classifier.lines import LabelledLine
from engage.understanding.evaluation.figures import DANGER

HOLD_OUT_EVERY = 6
"""One in so many of the natural writers is held out, with every line of theirs."""
LARGEST_SHARE, DANGER_SHARE = 0.35, 0.2
WELSH = ("cymraeg", "welsh")
"""The names of files in Welsh start with one of these."""

Writers = Mapping[str, Sequence[LabelledLine]]
"""The lines of each writer, by the name of their file."""


def is_natural(listed: Sequence[LabelledLine]) -> bool:
    """Whether a writer has a bit of everything in realistic proportions, and did not write to test
    one difficulty.
    """
    counts = Counter(line.intent for line in listed)
    danger = sum(counts[intent] for intent in DANGER)
    return (
        training.is_mixed(listed)
        and max(counts.values()) <= len(listed) * LARGEST_SHARE
        and danger <= len(listed) * DANGER_SHARE
    )


def held_out() -> tuple[dict[str, list[LabelledLine]], dict[str, list[LabelledLine]]]:
    """The writers of the corpus to train on, and those to measure with."""
    writers = lines.styles()
    natural = [name for name, listed in writers.items() if is_natural(listed)]
    chosen = natural[::HOLD_OUT_EVERY]
    return (
        {name: listed for name, listed in writers.items() if name not in chosen},
        {name: writers[name] for name in chosen},
    )


def in_welsh(writers: Writers) -> list[LabelledLine]:
    """The lines of those who write in Welsh."""
    return [line for name, listed in writers.items() if name.startswith(WELSH) for line in listed]


def in_english(writers: Writers) -> list[LabelledLine]:
    """The lines of the others, a few of whom mix languages."""
    return [
        line for name, listed in writers.items() if not name.startswith(WELSH) for line in listed
    ]
