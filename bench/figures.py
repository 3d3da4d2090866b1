"""The results of a benchmark: figures with their targets, and how they are printed."""

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True)
class Figure:
    """One measured ratio. `aim` is the target in words; `met`: whether this run met it."""

    name: str
    ratio: float
    aim: str
    met: bool
    detail: str


def at_least(name: str, ratio: float, bound: float, detail: str) -> Figure:
    """A figure whose target is `bound` or more."""
    return Figure(name, ratio, f">= {bound:g}", ratio >= bound, detail)


def at_most(name: str, ratio: float, bound: float, detail: str) -> Figure:
    """A figure whose target is `bound` or less."""
    return Figure(name, ratio, f"<= {bound:g}", ratio <= bound, detail)


def median_seconds(work: Callable[[], object], *, runs: int) -> float:
    """The median time of `work` in seconds, after one run that does not count."""
    work()
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def show(figures: Sequence[Figure]) -> None:
    """Print the figures as a table."""
    table = Table("figure", "ratio", "aim", "", "detail")
    for figure in figures:
        table.add_row(
            figure.name,
            f"{figure.ratio:.2f}",
            figure.aim,
            "met" if figure.met else "MISSED",
            figure.detail,
        )
    Console(width=160).print(table)
