"""Measures the reader: `python -m engage.understanding.evaluation FILES`, or `make evaluate`.

It prints the same figures for each set: the files named, each by writers whom the reader never
learns from, and some styles of the corpus, read by a reader that learnt nothing of any of them
(nor, for that, a good part of what it otherwise knows). It changes nothing.
"""

import re
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from rich.console import Console
from rich.table import Table

from engage.understanding.classifier import lines, training
from engage.understanding.classifier.lines import LabelledLine
from engage.understanding.classifier.predict import classifier
from engage.understanding.interpret import interpret_with
from engage.understanding.vocabulary import Intent, Interpretation, Prompt

Read = Callable[[str, Prompt], Interpretation]
EVERY = 6
"""Of the natural styles, one in so many is held out."""
LARGEST_SHARE, DANGER_SHARE = 0.35, 0.2
DANGER = frozenset({Intent.CRISIS, Intent.HARM_TO_OTHERS})
ENDS = frozenset({Intent.OPT_OUT, Intent.WRONG_NUMBER})
REFUSALS = DANGER | ENDS | {Intent.DECLINE, Intent.RESCHEDULE}
NO_ACT = DANGER | {Intent.OTHER}
_BINS = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.01)
_CONFUSED = 15
WELSH = ("cymraeg", "welsh")
"""How the names of Welsh styles begin."""


@dataclass(frozen=True)
class Proportion:
    """So many of so many."""

    count: int
    of: int

    def __str__(self) -> str:
        return (
            f"{self.count / self.of:.1%} ({self.count} of {self.of})"
            if self.of
            else "none to measure"
        )


@dataclass(frozen=True)
class Figures:
    """What docs/understanding.md promises, for one set of labelled lines."""

    right: Proportion
    right_where_it_acts: Proportion
    acts: Proportion
    danger_found: Proportion
    ends_found: Proportion
    refusals_as_yes: int
    chatter_acted_on: Proportion
    false_alarms: Proportion


def figures(found: Sequence[tuple[LabelledLine, Interpretation]]) -> Figures:
    """The figures of lines and how each was read. `acts` counts the lines that a machine may act on
    by their label.
    """

    def share(
        good: Callable[[LabelledLine, Interpretation], bool],
        among: Callable[[LabelledLine, Interpretation], bool],
    ) -> Proportion:
        chosen = [(line, reading) for line, reading in found if among(line, reading)]
        return Proportion(sum(good(line, reading) for line, reading in chosen), len(chosen))

    return Figures(
        right=share(
            lambda line, reading: reading.intent is line.intent, lambda line, reading: True
        ),
        right_where_it_acts=share(
            lambda line, reading: reading.intent is line.intent, lambda line, reading: reading.acts
        ),
        acts=share(
            lambda line, reading: reading.acts, lambda line, reading: line.intent not in NO_ACT
        ),
        danger_found=share(
            lambda line, reading: bool(DANGER & set(reading.intents)),
            lambda line, reading: line.intent in DANGER,
        ),
        ends_found=share(
            lambda line, reading: line.intent in reading.intents,
            lambda line, reading: line.intent in ENDS,
        ),
        refusals_as_yes=sum(
            reading.surely(Intent.CONFIRM) for line, reading in found if line.intent in REFUSALS
        ),
        chatter_acted_on=share(
            lambda line, reading: reading.acts and reading.intent is not Intent.THANKS,
            lambda line, reading: line.intent is Intent.OTHER,
        ),
        false_alarms=share(
            lambda line, reading: bool(DANGER & set(reading.intents)),
            lambda line, reading: line.intent not in DANGER,
        ),
    )


def natural(found: Sequence[LabelledLine]) -> bool:
    """Whether a style holds a bit of everything in shares that a real person's texts might have,
    and was not written to be hard on one point.
    """
    shares = Counter(line.intent for line in found)
    danger = sum(shares[intent] for intent in DANGER)
    return (
        training.mixed(found)
        and max(shares.values()) <= len(found) * LARGEST_SHARE
        and danger <= len(found) * DANGER_SHARE
    )


def held_out() -> tuple[dict[str, list[LabelledLine]], dict[str, list[LabelledLine]]]:
    """The corpus in two: styles to learn from, and styles to measure with."""
    styles = lines.styles()
    chosen = [name for name, found in styles.items() if natural(found)][::EVERY]
    return (
        {name: found for name, found in styles.items() if name not in chosen},
        {name: styles[name] for name in chosen},
    )


def report(console: Console, title: str, given: Sequence[LabelledLine], read: Read) -> Figures:
    """Read every line, print what came of it, and give the figures."""
    found = [(line, read(line.text, line.prompt)) for line in given]
    measured = figures(found)
    console.rule(f"[bold]{title}")
    _summary(console, measured)
    _by_intent(console, found)
    _confusion(console, found)
    _calibration(console, found)
    return measured


def _summary(console: Console, measured: Figures) -> None:
    table = Table("figure", "aim", "measured", box=None)
    rows = (
        ("strongest meaning right", "90%", measured.right),
        ("right where it acts", "97%", measured.right_where_it_acts),
        ("acts, of what a machine may act on", "80%", measured.acts),
        ("danger found", "98%", measured.danger_found),
        ("stop and wrong number found", "97%", measured.ends_found),
        ("refusals read as a yes", "none", measured.refusals_as_yes),
        ("chatter acted on", "at most 2%", measured.chatter_acted_on),
        ("false alarms of danger", "at most 2%", measured.false_alarms),
    )
    for name, aim, value in rows:
        table.add_row(name, aim, str(value))
    console.print(table)


def _by_intent(console: Console, found: Sequence[tuple[LabelledLine, Interpretation]]) -> None:
    table = Table("intent", "lines", "precision", "recall", "acted on", "right of those", box=None)
    for intent in Intent:
        meant = [reading for line, reading in found if line.intent is intent]
        said = [line for line, reading in found if reading.intent is intent]
        acted = [line for line, reading in found if reading.intent is intent and reading.acts]
        if meant or said:
            table.add_row(
                intent.value,
                str(len(meant)),
                _rate(sum(line.intent is intent for line in said), len(said)),
                _rate(sum(reading.intent is intent for reading in meant), len(meant)),
                str(len(acted)),
                _rate(sum(line.intent is intent for line in acted), len(acted)),
            )
    console.print(table)


def _confusion(console: Console, found: Sequence[tuple[LabelledLine, Interpretation]]) -> None:
    wrong = Counter(
        (line.intent.value, reading.intent.value)
        for line, reading in found
        if reading.intent is not line.intent
    )
    table = Table("meant", "read as", "times", box=None)
    for (meant, said), count in wrong.most_common(_CONFUSED):
        table.add_row(meant, said, str(count))
    console.print(table)


def _calibration(console: Console, found: Sequence[tuple[LabelledLine, Interpretation]]) -> None:
    table = Table("confidence", "readings", "right", box=None)
    for low, high in pairwise(_BINS):
        chosen = [
            line.intent is reading.intent
            for line, reading in found
            if low <= reading.confidence < high
        ]
        table.add_row(
            f"{low:.2f} to {min(high, 1):.2f}", str(len(chosen)), _rate(sum(chosen), len(chosen))
        )
    console.print(table)


def _rate(count: int, of: int) -> str:
    return f"{count / of:.2f}" if of else ""


def sets(paths: Sequence[str]) -> dict[str, list[LabelledLine]]:
    """The lines of each set: files whose names differ only by a number at the end are one."""
    found: dict[str, list[LabelledLine]] = {}
    for path in paths:
        found.setdefault(re.sub(r"_\d+$", "", Path(path).stem), []).extend(lines.read(Path(path)))
    return found


def main(paths: Sequence[str]) -> None:
    """Measure on each set, then on the styles held out."""
    console = Console()
    learnt = classifier()
    for name, given in sets(paths).items():
        report(console, name, given, lambda text, prompt: interpret_with(learnt, text, prompt))
    known, unknown = held_out()
    console.print(f"Learning without {len(unknown)} styles (a minute or two): {', '.join(unknown)}")
    without = training.learn(known)
    welsh = [line for name, found in unknown.items() if name.startswith(WELSH) for line in found]
    other = [
        line for name, found in unknown.items() if not name.startswith(WELSH) for line in found
    ]
    for title, given in (("Styles held out", other), ("Welsh styles held out", welsh)):
        report(console, title, given, lambda text, prompt: interpret_with(without, text, prompt))


if __name__ == "__main__":
    main(sys.argv[1:])
