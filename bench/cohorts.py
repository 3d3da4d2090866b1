"""The cohort view of 10,000 people, compared with 1,000: time, and the number of statements."""

from contextlib import ExitStack

from sqlalchemy import event

from bench import night
from bench.figures import Figure, at_most, median_seconds
from bench.ground import NOW, fresh
from engage.access.policy import SYSTEM
from engage.core.db import Database
from engage.queries.cohort import statistics

SMALL, LARGE = 1_000, 10_000
LIMIT_SECONDS = 1.0
RUNS = 5


def measure(server_url: str) -> list[Figure]:
    """The view as a coordinator first gets it: the last four weeks of every person."""
    with ExitStack() as stack:
        few = stack.enter_context(fresh(server_url))
        many = stack.enter_context(fresh(server_url))
        night.fill(few, SMALL, reminders=True)
        appointments = night.fill(many, LARGE, reminders=True)
        _, few_statements = _cost(few)
        seconds, statements = _cost(many)
    detail = (
        f"{seconds * 1000:.0f} ms, limit {LIMIT_SECONDS * 1000:.0f} ms; {LARGE:,} people,"
        f" {appointments:,} appointments"
    )
    return [
        at_most("cohort view", seconds / LIMIT_SECONDS, 1.0, detail),
        at_most(
            "statements of the cohort view",
            statements / few_statements,
            1.0,
            f"{statements} at {LARGE:,} people, {few_statements} at {SMALL:,}",
        ),
    ]


def _cost(database: Database) -> tuple[float, int]:
    def load() -> None:
        with database.begin() as session:
            if not statistics.load(session, SYSTEM, now=NOW).people:
                raise RuntimeError("the cohort is empty")

    seconds = median_seconds(load, runs=RUNS)
    count = 0

    def counted(*_: object) -> None:
        nonlocal count
        count += 1

    event.listen(database.engine, "before_cursor_execute", counted)
    load()
    event.remove(database.engine, "before_cursor_execute", counted)
    return seconds, count
