"""Prints the figures of a set as tables."""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from engage.understanding.evaluation import groups, harms
from engage.understanding.evaluation.figures import Figures, Result, figures
from engage.understanding.evaluation.groups import Groups
from engage.understanding.vocabulary import Intent

_CONFIDENCE_BINS = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.01)
_MAX_CONFUSIONS = 15


def print_report(
    console: Console,
    title: str,
    results: Sequence[Result],
    learnt: Sequence[str],
    *,
    most_faults: int,
) -> None:
    """Print everything about a set. `learnt` are the texts that the classifier was trained on."""
    console.rule(f"[bold]{title}")
    _print_figures(console, figures(results))
    _print_groups(console, "likeness to the nearest line", groups.by_likeness(results, learnt))
    _print_groups(console, "speaker as read", groups.by_speaker(results))
    _print_speakers(console, results)
    _print_groups(console, "basis", groups.by_basis(results))
    _print_harms(console, results)
    _print_faults(console, results, most_faults)
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


def _print_groups(console: Console, heading: str, grouped: Groups) -> None:
    """One row for each group, with the figures in which groups differ most."""
    table = Table(
        heading,
        "lines",
        "right",
        "acted on",
        "right when acted on",
        "danger found",
        "false alarms",
        box=None,
    )
    for name, listed in grouped.items():
        measured = figures(listed)
        acted_on = measured.right_when_acted_on
        table.add_row(
            name,
            str(len(listed)),
            _right_rate(listed),
            str(acted_on.of),
            str(acted_on),
            str(measured.danger_found),
            str(measured.false_alarms.count),
        )
    console.print(table)


def _print_speakers(console: Console, results: Sequence[Result]) -> None:
    found = groups.speakers(results)
    if not found:
        console.print("No line of this set says who wrote it.")
        return
    table = Table("speaker labelled", "read as", "times", box=None)
    for (labelled, read), times in sorted(found.items()):
        table.add_row(labelled.value, read.value, str(times))
    console.print(table)


def _print_harms(console: Console, results: Sequence[Result]) -> None:
    per = f"{harms.PER:,} texts"
    table = Table("the text means", "but Engage", "harm", "times", f"harm per {per}", box=None)
    counted = harms.count(results)
    for harm in harms.HARMS:
        expected = harms.PER * harm.weight * counted[harm] / max(len(results), 1)
        table.add_row(
            harm.means, harm.done, str(harm.weight), str(counted[harm]), f"{expected:.0f}"
        )
    table.add_row("all", "", "", str(counted.total()), f"{harms.expected(results):.0f}")
    console.print(table)


def _print_faults(console: Console, results: Sequence[Result], most: int) -> None:
    """The gravest faults, with what each rests on."""
    found = harms.faults(results)
    table = Table(
        "harm", "basis", "label", "interpreted as", "sure", "act", "asked", "text", box=None
    )
    for harm, one in found[:most]:
        read = one.interpretation
        table.add_row(
            str(harm.weight),
            read.basis.value,
            one.line.intent.value,
            read.intent.value,
            f"{read.confidence:.2f}",
            read.act.value,
            one.line.prompt.value,
            escape(one.line.text),
        )
    console.print(f"{len(found)} faults, the gravest first:", table)
    if len(found) > most:
        console.print(f"{len(found) - most} more are not shown; --faults NUMBER shows so many.")


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
