"""Measures each set of files, then the writers of the corpus that are held out."""

import argparse
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from engage.understanding.classifier import lines, training
from engage.understanding.classifier.lines import LabelledLine
from engage.understanding.classifier.predict import Classifier, classifier
from engage.understanding.consequences import of_quotation
from engage.understanding.evaluation import writers
from engage.understanding.evaluation.figures import Result
from engage.understanding.evaluation.printing import print_report
from engage.understanding.interpret import interpret_with
from engage.understanding.speaker.quotes import own_words
from engage.understanding.vocabulary import Interpretation, Prompt

MOST_FAULTS = 20
WIDTH = 140
"""Columns of the tables where the output goes to a file."""


def sets(paths: Sequence[Path]) -> dict[str, list[LabelledLine]]:
    """The lines of each set. Files whose names differ only in a number at the end are one set."""
    found: dict[str, list[LabelledLine]] = {}
    for path in paths:
        found.setdefault(re.sub(r"_\d+$", "", path.stem), []).extend(
            lines.read(path, tuple(Prompt))
        )
    return found


def interpreted(labelled: Sequence[LabelledLine], trained: Classifier) -> list[Result]:
    """Interpret every line with a given classifier, as a text on its own."""
    return [Result(line, _interpret(line, trained)) for line in labelled]


def _interpret(line: LabelledLine, trained: Classifier) -> Interpretation:
    written = own_words(line.text)
    if written.is_quote and not written.words:
        return of_quotation(written)
    return interpret_with(trained, written.words, line.prompt)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure each set of files, then the writers held out."""
    parser = argparse.ArgumentParser(prog="evaluation", description=__doc__)
    parser.add_argument("files", nargs="*", type=Path, help="labelled lines that are never learnt")
    parser.add_argument(
        "--faults", type=int, default=MOST_FAULTS, help="how many faults of each set to list"
    )
    parser.add_argument(
        "--files-only", action="store_true", help="leave out the writers of the corpus"
    )
    chosen = parser.parse_args(arguments)
    console = Console(width=None if sys.stdout.isatty() else WIDTH)
    learnt = [line.text for listed in lines.styles().values() for line in listed]
    found = {
        name: interpreted(labelled, classifier()) for name, labelled in sets(chosen.files).items()
    }
    if len(found) > 1:
        found["All these sets"] = [one for results in found.values() for one in results]
    for name, results in found.items():
        print_report(console, name, results, learnt, most_faults=chosen.faults)
    if not chosen.files_only:
        _measure_held_out(console, chosen.faults)


def _measure_held_out(console: Console, most_faults: int) -> None:
    known, unseen = writers.held_out()
    names = ", ".join(unseen)
    console.print(f"Training without {len(unseen)} whole writers (a minute or two): {names}")
    trained = training.train_on(known)
    learnt = [line.text for listed in known.values() for line in listed]
    for title, labelled in (
        ("Writers held out", writers.in_english(unseen)),
        ("Welsh writers held out", writers.in_welsh(unseen)),
    ):
        results = interpreted(labelled, trained)
        print_report(console, title, results, learnt, most_faults=most_faults)
