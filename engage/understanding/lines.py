"""`engage understand`: lines in, lines out, for measuring the reader and for trying it by hand.

One line out for every line in, whatever it holds, so that the two can be laid side by side.
"""

import sys
from collections.abc import Iterable, Iterator
from typing import TextIO

from engage.understanding.interpret import interpret
from engage.understanding.vocabulary import Act, Intent, Prompt

UNREAD = f"{Intent.OTHER}\t0.00\t{Act.HUMAN}"


def read_lines(lines: Iterable[str], *, errors: TextIO | None = None) -> Iterator[str]:
    """For each `prompt<TAB>text`, `intent<TAB>confidence<TAB>act|human`.

    A line without a tab or with an unknown prompt is read as unclear (`other`, 0.00, `human`), and
    `errors` (standard error by default) is told its number and what is wrong.
    """
    for number, line in enumerate(lines, 1):
        prompt, tab, text = line.rstrip("\r\n").partition("\t")
        fault = _fault(prompt, tab)
        if fault:
            print(f"line {number}: {fault}", file=errors or sys.stderr)
            yield UNREAD
            continue
        reading = interpret(text, Prompt(prompt))
        yield f"{reading.intent}\t{reading.confidence:.2f}\t{reading.act}"


def _fault(prompt: str, tab: str) -> str | None:
    if not tab:
        return "there is no tab: a line is a prompt, a tab and a text."
    if prompt not in frozenset(Prompt):
        return f"the prompt {prompt!r} is not one of {', '.join(Prompt)}."
    return None
