"""Measures how well texts are interpreted: `python -m engage.understanding.evaluation FILES`, or
`make evaluate`.

It prints the same figures for the files named, whose writers are not in the corpus, and for some
styles of the corpus, interpreted by a classifier that was trained without any of them. That
classifier also knows less than the real one. It changes nothing.
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
from engage.understanding.classifier.predict import Classifier, classifier
from engage.understanding.interpret import interpret_with
from engage.understanding.vocabulary import Intent, Interpretation

HOLD_OUT_EVERY = 6
"""One in so many of the natural styles is held out."""
LARGEST_SHARE, DANGER_SHARE = 0.35, 0.2
DANGER = frozenset({Intent.CRISIS, Intent.HARM_TO_OTHERS})
ENDS_TEXTS = frozenset({Intent.OPT_OUT, Intent.WRONG_NUMBER})
REFUSALS = DANGER | ENDS_TEXTS | {Intent.DECLINE, Intent.RESCHEDULE}
NEVER_ACTED_ON = DANGER | {Intent.OTHER}
_CONFIDENCE_BINS = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.01)
_MAX_CONFUSIONS = 15
WELSH = ("cymraeg", "welsh")
"""The names of Welsh styles start with one of these."""


@dataclass(frozen=True)
class Result:
    """A labelled line and how it was interpreted."""

    line: LabelledLine
    interpretation: Interpretation

    @property
    def is_right(self) -> bool:
        """Whether the strongest meaning is the label."""
        return self.interpretation.intent is self.line.intent

    @property
    def finds_danger(self) -> bool:
        """Whether the interpretation reports danger."""
        return not DANGER.isdisjoint(self.interpretation.intents)


@dataclass(frozen=True)
class Proportion:
    """A count out of a total."""

    count: int
    of: int

    def __str__(self) -> str:
        if not self.of:
            return "none to measure"
        return f"{self.count / self.of:.1%} ({self.count} of {self.of})"


@dataclass(frozen=True)
class Figures:
    """The figures of docs/understanding.md for a set of labelled lines."""

    right: Proportion
    right_when_acted_on: Proportion
    acted_on: Proportion
    danger_found: Proportion
    ends_texts_found: Proportion
    refusals_as_yes: int
    chatter_acted_on: Proportion
    false_alarms: Proportion


def figures(results: Sequence[Result]) -> Figures:
    """Compute the figures of a set. `acted_on` is measured on lines whose label allows acting."""
    danger = [one for one in results if one.line.intent in DANGER]
    harmless = [one for one in results if one.line.intent not in DANGER]
    chatter = [one for one in results if one.line.intent is Intent.OTHER]
    return Figures(
        right=_proportion(results, lambda one: one.is_right),
        right_when_acted_on=_proportion(
            [one for one in results if one.interpretation.acts], lambda one: one.is_right
        ),
        acted_on=_proportion(
            [one for one in results if one.line.intent not in NEVER_ACTED_ON],
            lambda one: one.interpretation.acts,
        ),
        danger_found=_proportion(danger, lambda one: one.finds_danger),
        ends_texts_found=_proportion(
            [one for one in results if one.line.intent in ENDS_TEXTS],
            lambda one: one.line.intent in one.interpretation.intents,
        ),
        refusals_as_yes=sum(
            one.interpretation.surely(Intent.CONFIRM)
            for one in results
            if one.line.intent in REFUSALS
        ),
        chatter_acted_on=_proportion(
            chatter,
            lambda one: one.interpretation.acts and one.interpretation.intent is not Intent.THANKS,
        ),
        false_alarms=_proportion(harmless, lambda one: one.finds_danger),
    )


def _proportion(results: Sequence[Result], condition: Callable[[Result], bool]) -> Proportion:
    return Proportion(sum(condition(one) for one in results), len(results))


def is_natural(listed: Sequence[LabelledLine]) -> bool:
    """Whether a style has a bit of everything in realistic proportions, and was not written to test
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
    """The styles of the corpus to train on, and those to measure with."""
    styles = lines.styles()
    natural = [name for name, listed in styles.items() if is_natural(listed)]
    chosen = natural[::HOLD_OUT_EVERY]
    return (
        {name: listed for name, listed in styles.items() if name not in chosen},
        {name: styles[name] for name in chosen},
    )


def report(
    console: Console, title: str, labelled: Sequence[LabelledLine], trained: Classifier
) -> None:
    """Interpret every line and print the figures."""
    results = [Result(line, interpret_with(trained, line.text, line.prompt)) for line in labelled]
    console.rule(f"[bold]{title}")
    _print_figures(console, figures(results))
    _print_by_intent(console, results)
    _print_confusions(console, results)
    _print_calibration(console, results)


def _print_figures(console: Console, measured: Figures) -> None:
    table = Table("figure", "aim", "measured", box=None)
    rows = (
        ("strongest meaning right", "90%", measured.right),
        ("right when acted on", "97%", measured.right_when_acted_on),
        ("acted on, of what may be acted on", "80%", measured.acted_on),
        ("danger found", "98%", measured.danger_found),
        ("stop and wrong number found", "97%", measured.ends_texts_found),
        ("refusals taken for a yes", "none", measured.refusals_as_yes),
        ("chatter acted on", "at most 2%", measured.chatter_acted_on),
        ("false alarms of danger", "at most 2%", measured.false_alarms),
    )
    for name, aim, value in rows:
        table.add_row(name, aim, str(value))
    console.print(table)


def _print_by_intent(console: Console, results: Sequence[Result]) -> None:
    table = Table(
        "intent", "lines", "precision", "recall", "acted on", "right when acted on", box=None
    )
    for intent in Intent:
        labelled = [one for one in results if one.line.intent is intent]
        found = [one for one in results if one.interpretation.intent is intent]
        acted_on = [one for one in found if one.interpretation.acts]
        if labelled or found:
            table.add_row(
                intent.value,
                str(len(labelled)),
                _right_rate(found),
                _right_rate(labelled),
                str(len(acted_on)),
                _right_rate(acted_on),
            )
    console.print(table)


def _print_confusions(console: Console, results: Sequence[Result]) -> None:
    wrong = Counter(
        (one.line.intent.value, one.interpretation.intent.value)
        for one in results
        if not one.is_right
    )
    table = Table("label", "interpreted as", "times", box=None)
    for (label, found), count in wrong.most_common(_MAX_CONFUSIONS):
        table.add_row(label, found, str(count))
    console.print(table)


def _print_calibration(console: Console, results: Sequence[Result]) -> None:
    table = Table("confidence", "lines", "right", box=None)
    for low, high in pairwise(_CONFIDENCE_BINS):
        chosen = [one for one in results if low <= one.interpretation.confidence < high]
        table.add_row(f"{low:.2f} to {min(high, 1):.2f}", str(len(chosen)), _right_rate(chosen))
    console.print(table)


def _right_rate(results: Sequence[Result]) -> str:
    if not results:
        return ""
    return f"{sum(one.is_right for one in results) / len(results):.2f}"


def sets(paths: Sequence[str]) -> dict[str, list[LabelledLine]]:
    """The lines of each set. Files whose names differ only in a number at the end are one set."""
    found: dict[str, list[LabelledLine]] = {}
    for path in paths:
        found.setdefault(re.sub(r"_\d+$", "", Path(path).stem), []).extend(lines.read(Path(path)))
    return found


def main(paths: Sequence[str]) -> None:
    """Measure each set of files, then the styles held out."""
    console = Console()
    for name, labelled in sets(paths).items():
        report(console, name, labelled, classifier())
    known, unseen = held_out()
    console.print(f"Training without {len(unseen)} styles (a minute or two): {', '.join(unseen)}")
    trained = training.train_on(known)
    welsh = [line for name, listed in unseen.items() if name.startswith(WELSH) for line in listed]
    other = [
        line for name, listed in unseen.items() if not name.startswith(WELSH) for line in listed
    ]
    for title, labelled in (("Styles held out", other), ("Welsh styles held out", welsh)):
        report(console, title, labelled, trained)


if __name__ == "__main__":
    main(sys.argv[1:])
