"""Writes docs/what-stops-a-text.md from the registries: `python -m tests.engage.sending.page`."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

from engage.labels.messaging import PURPOSES
from engage.people.rules import REASONS, AnswerScope
from engage.sending.registry import REGISTRY

PAGE = Path(__file__).parents[3] / "docs" / "what-stops-a-text.md"

_PAGE = """\
# What may stop a text

A text is checked twice: before it is queued, and in the last moment before it is sent. Each reason
below is stored beside the text that did not go, in these words. This page is written from the code
by `.venv/bin/python -m tests.engage.sending.page`; a test compares the two. The rules
stand in [rules.md](rules.md).

## Before it is queued

`engage/people/rules.py` lists rule 1. Every reason that applies is stored. A text that only
passing reasons are against waits for its hour, if that is early enough; lasting reasons stop it.
The fourth column is what an answer to a text from the person may still be. Where the fifth says
so, a change to the person that makes the reason apply withdraws texts that wait, in the same
transaction (rule 2). Otherwise the last look stops them, unless what happened withdraws them itself
(see the end of this page).

{rule_1}
An unusable or suspended number gives its own problem as the words, and the daily cap the number of
texts that day. Each kind of text asks for this:

{queued_if}
A reminder or a check-in may also be skipped for a reason of its own:

{reasons}
## Before it is sent

`engage/sending/registry.py` lists the looks. They are taken from top to bottom, in the transaction
in which the worker claims the text, and the first that applies decides. The daily cap is not asked
again: the text itself is among those counted.

{looks}
"Every lasting reason" stands for the words of rule 1, all of them. A text that waits past the time
at which it expires is not sent. A reminder that was stopped is written again if that still helps.

## Also

- **STOP.** The text engine sends nothing to a stopped number but the confirmation
  (`messaging/suppression.py`). It checks in the same transaction, and its verdict counts before any
  of these.
- **Withdrawn.** Texts that wait are also withdrawn, each time in the same transaction (rule 2),
  when the number changes or is suspended (`engage/people/phones.py`), when texts are paused
  (`engage/people/pause.py`) and when the approval is taken back (`engage/people/service.py`).
- **Answers** have limits against loops and nagging: `engage/conversation/answers.py`.
- **An unknown purpose** waits for a worker that knows it and is logged as an error.
"""


def render() -> str:
    """The page as it must be."""
    return _PAGE.format(
        rule_1=_table(_RULE_1_HEAD, _rule_1()),
        queued_if=_table(("text", "purpose", "is queued if allowed by"), _queued_if()),
        reasons=_table(("purpose", "code", "words"), _reasons()),
        looks=_table(("purpose", "look", "the text", "words", "source"), _looks()),
    )


_RULE_1_HEAD = ("code", "words", "lasting or passing", "an answer", "waiting texts", "source")
_ANSWERS = {
    AnswerScope.OPEN: "goes",
    AnswerScope.NEUTRAL: "reveals nothing",
    AnswerScope.SILENT: "only safety advice",
}


def _rule_1() -> Iterator[Sequence[str]]:
    for row in REASONS:
        passing = row.reason.passing
        yield (
            f"`{row.reason.code}`",
            row.reason.words,
            "passing" if passing else "lasting",
            "goes" if passing else _ANSWERS[row.answers],
            "withdrawn" if row.withdraws else "",
            f"rule {row.rule}",
        )


def _queued_if() -> Iterator[Sequence[str]]:
    for row in REGISTRY:
        yield PURPOSES[row.purpose], f"`{row.purpose}`", row.queued_if


def _reasons() -> Iterator[Sequence[str]]:
    for row in REGISTRY:
        for place, reason in enumerate(row.reasons):
            yield "" if place else f"`{row.purpose}`", f"`{reason.code}`", reason.words


def _looks() -> Iterator[Sequence[str]]:
    """Purposes with the same looks share their lines."""
    for looks, rows in groupby(REGISTRY, key=lambda row: row.looks):
        purposes = " ".join(f"`{row.purpose}`" for row in rows)
        for place, look in enumerate(looks):
            yield "" if place else purposes, look.name, look.effect, look.reason, look.rule


def _table(head: Sequence[str], rows: Iterator[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n".replace("|  |", "| |") for line in lines)


if __name__ == "__main__":
    PAGE.write_text(render())
