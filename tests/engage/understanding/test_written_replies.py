"""The reader on 900 replies that were written by others than the corpus, and that it never learns."""

import pytest

from engage.understanding.classifier import lines
from engage.understanding.classifier.lines import LabelledLine
from engage.understanding.evaluation import DANGER, Figures, Proportion, figures
from engage.understanding.interpret import interpret
from engage.understanding.vocabulary import Intent, Interpretation
from tests import DATA

FILES = sorted(DATA.glob("replies_unseen_*.tsv"))


@pytest.fixture(scope="module")
def found() -> list[tuple[LabelledLine, Interpretation]]:
    """Every line with how it is read."""
    given = [line for path in FILES for line in lines.read(path)]
    return [(line, interpret(line.text, line.prompt)) for line in given]


@pytest.fixture(scope="module")
def measured(found: list[tuple[LabelledLine, Interpretation]]) -> Figures:
    """Their figures."""
    return figures(found)


def rate(share: Proportion) -> float:
    """A share as a part of one."""
    return share.count / share.of


def test_where_it_acts_it_is_right(measured: Figures) -> None:
    """At least 97 in 100 readings that Engage acts on are what the writer meant, and it acts on
    most; the rest go to a human.
    """
    assert rate(measured.right_where_it_acts) >= 0.97
    assert rate(measured.acts) >= 0.75


def test_danger_is_found_and_chatter_is_let_be(measured: Figures) -> None:
    """Nearly every danger is told, few figures of speech are, and chatter is hardly ever acted on."""
    assert rate(measured.danger_found) >= 0.97
    assert rate(measured.false_alarms) <= 0.03
    assert rate(measured.chatter_acted_on) <= 0.02


def test_nothing_but_a_yes_is_ever_taken_for_a_yes(
    found: list[tuple[LabelledLine, Interpretation]],
) -> None:
    """A refusal, a condition, a stop, a wrong number or danger never confirms an appointment."""
    no_yes = DANGER | {
        Intent.DECLINE,
        Intent.RESCHEDULE,
        Intent.OPT_OUT,
        Intent.WRONG_NUMBER,
        Intent.OTHER,
        Intent.ABSENCE_REASON,
    }
    assert [
        line for line, reading in found if line.intent in no_yes and reading.surely(Intent.CONFIRM)
    ] == []
