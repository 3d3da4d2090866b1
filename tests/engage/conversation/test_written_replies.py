"""The reader on 4,477 replies in 22 styles that it was not built on: it acts seldom, but where it acts it is right."""

from collections import Counter
from pathlib import Path

import pytest

from engage.conversation.reading import Intent, Prompt
from engage.conversation.understand import understand

STYLES = sorted((Path(__file__).parents[2] / "data" / "replies_written").glob("*.tsv"))
NO_YES = frozenset(Intent) - {Intent.CONFIRM, Intent.CHECKIN_ANSWER, Intent.SLOT_CHOICE, Intent.THANKS}


def _lines(style: Path) -> list[tuple[Prompt, Intent, str]]:
    rows = [line.split("\t") for line in style.read_text(encoding="utf-8").splitlines()]
    return [(Prompt(prompt), Intent(intent), text) for prompt, intent, text in rows]


@pytest.mark.parametrize("style", STYLES, ids=lambda style: style.stem)
def test_nothing_but_a_yes_is_ever_taken_for_a_yes(style: Path) -> None:
    """A refusal, a condition, a question, news or chatter never confirms an appointment, whoever writes it and however."""
    taken = [
        (prompt, intent, text)
        for prompt, intent, text in _lines(style)
        if intent in NO_YES
        and (heard := understand(text, prompt, "en")).acts
        and heard.intent is Intent.CONFIRM
    ]
    assert taken == []


def test_where_it_acts_it_is_right() -> None:
    """At least 97 in 100 readings that Engage acts on are what the writer meant; the rest go to a human."""
    acted: Counter[bool] = Counter()
    for style in STYLES:
        for prompt, intent, text in _lines(style):
            heard = understand(text, prompt, "en")
            if heard.acts:
                acted[heard.intent is intent] += 1
    assert acted.total() > 100
    assert acted[True] / acted.total() >= 0.97
