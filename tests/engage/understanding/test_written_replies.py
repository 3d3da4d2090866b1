"""900 replies by writers who are not in the corpus, and that the classifier is not trained on."""

import pytest

from engage.understanding.classifier import lines
from engage.understanding.evaluation.figures import (
    DANGER,
    Figures,
    Proportion,
    Result,
    figures,
)
from engage.understanding.interpret import interpret
from engage.understanding.vocabulary import Intent
from tests import DATA

FILES = sorted(DATA.glob("replies_unseen_*.tsv"))


@pytest.fixture(scope="module")
def results() -> list[Result]:
    """Every line with its interpretation."""
    labelled = [line for path in FILES for line in lines.read(path)]
    return [Result(line, interpret(line.text, line.prompt)) for line in labelled]


@pytest.fixture(scope="module")
def measured(results: list[Result]) -> Figures:
    """Their figures."""
    return figures(results)


def rate(proportion: Proportion) -> float:
    """A proportion as a fraction."""
    return proportion.count / proportion.of


def test_what_is_acted_on_is_right(measured: Figures) -> None:
    """Engage acts on most replies, and at least 97 in 100 of these mean what it understood."""
    assert rate(measured.right_when_acted_on) >= 0.97
    assert rate(measured.acted_on) >= 0.72


def test_danger_is_found_and_chatter_is_left_alone(measured: Figures) -> None:
    """Nearly every danger is reported, few figures of speech are, and chatter is hardly ever acted
    on.
    """
    assert rate(measured.danger_found) >= 0.97
    assert rate(measured.false_alarms) <= 0.03
    assert rate(measured.chatter_acted_on) <= 0.02


def test_only_a_yes_is_taken_for_a_yes(results: list[Result]) -> None:
    """A refusal, a condition, a stop, a wrong number or danger never confirms an appointment."""
    not_yes = DANGER | {
        Intent.DECLINE,
        Intent.RESCHEDULE,
        Intent.OPT_OUT,
        Intent.WRONG_NUMBER,
        Intent.OTHER,
        Intent.ABSENCE_REASON,
    }
    assert [
        one.line
        for one in results
        if one.line.intent in not_yes and one.interpretation.surely(Intent.CONFIRM)
    ] == []
