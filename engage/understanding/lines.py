"""`engage understand`: labels lines of text, to measure or try out how texts are interpreted.

It writes one line for every line that it reads, whatever that holds, so that the two files can be
compared line by line.
"""

import sys
from collections.abc import Iterable, Iterator
from typing import TextIO

from engage.understanding.interpret import interpret
from engage.understanding.vocabulary import Act, Intent, Prompt

NONE = "-"
"""Stands for a speaker or a danger that there is none of."""
UNREADABLE = f"{Intent.OTHER}\t0.00\t{Act.HUMAN}\t{NONE}\t{NONE}"


def read_lines(lines: Iterable[str], *, errors: TextIO | None = None) -> Iterator[str]:
    """For each `prompt<TAB>text`, yield intent, confidence, `act` or `human`, speaker and danger,
    separated by tabs.

    The danger is the most urgent `DangerKind` that the text reports, or `-`. A line without a tab
    or with an unknown prompt yields `other`, 0.00, `human`, `-`, `-`; its number and what is wrong
    with it go to `errors` (by default standard error).
    """
    for number, line in enumerate(lines, 1):
        prompt, tab, text = line.rstrip("\r\n").partition("\t")
        problem = _problem(prompt, tab)
        if problem:
            print(f"line {number}: {problem}", file=errors or sys.stderr)
            yield UNREADABLE
            continue
        found = interpret(text, Prompt(prompt))
        yield (
            f"{found.intent}\t{found.confidence:.2f}\t{found.act}"
            f"\t{found.speaker}\t{found.danger or NONE}"
        )


def _problem(prompt: str, tab: str) -> str | None:
    if not tab:
        return "no tab; write a prompt, a tab and a text."
    if prompt not in frozenset(Prompt):
        return f"unknown prompt {prompt!r}; use one of {', '.join(Prompt)}."
    return None
