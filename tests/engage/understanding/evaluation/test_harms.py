"""What mistakes cost."""

import pytest

from engage.understanding.evaluation import harms
from engage.understanding.evaluation.figures import Result
from engage.understanding.evaluation.harms import ELSE, LEFT, YES
from engage.understanding.vocabulary import Intent, Speaker
from tests.engage.understanding.evaluation.builders import left, result


@pytest.mark.parametrize(
    ("one", "means", "done", "weight"),
    [
        (result(Intent.CRISIS, Intent.CONFIRM), "danger", YES, 100),
        (result(Intent.HARM_TO_OTHERS, Intent.CONFIRM), "danger", YES, 100),
        (result(Intent.CRISIS, Intent.THANKS), "danger", ELSE, 100),
        (result(Intent.CRISIS, Intent.OPT_OUT), "danger", ELSE, 100),
        (left(Intent.CRISIS, worrying=True), "danger", "leaves it to a worker as worrying", 5),
        (left(Intent.CRISIS), "danger", LEFT, 10),
        (result(Intent.DECLINE, Intent.CONFIRM), "a refusal, or an end of texts", YES, 100),
        (result(Intent.RESCHEDULE, Intent.CONFIRM), "a refusal, or an end of texts", YES, 100),
        (result(Intent.OPT_OUT, Intent.CONFIRM), "a refusal, or an end of texts", YES, 100),
        (
            result(Intent.DECLINE, Intent.DECLINE, also_sure=(Intent.CONFIRM,)),
            "a refusal, or an end of texts",
            YES,
            100,
        ),
        (
            result(Intent.QUESTION, Intent.WRONG_NUMBER),
            "no end of texts",
            "ends texts, or suspends the number",
            50,
        ),
        (
            result(Intent.CALL_ME, Intent.CALL_ME, also_sure=(Intent.OPT_OUT,)),
            "no end of texts",
            "ends texts, or suspends the number",
            50,
        ),
        (result(Intent.OPT_OUT, Intent.DECLINE), "an end of texts", ELSE, 20),
        (result(Intent.OPT_OUT, Intent.WRONG_NUMBER), "anything else", ELSE, 5),
        (result(Intent.OTHER, Intent.THANKS), "chatter", "passes it over as thanks", 1),
        (result(Intent.CONFIRM, Intent.DECLINE), "anything else", ELSE, 5),
        (result(Intent.OTHER, Intent.CONFIRM), "anything else", ELSE, 5),
        (
            result(Intent.OTHER, Intent.CRISIS, acts=False),
            "no danger",
            "reports danger",
            3,
        ),
        (left(Intent.CONFIRM), "what software may act on", LEFT, 1),
        (
            result(Intent.CONFIRM, Intent.CONFIRM, acts=False),
            "what software may act on",
            LEFT,
            1,
        ),
    ],
)
def test_each_text_has_the_gravest_harm(one: Result, means: str, done: str, weight: int) -> None:
    """The first row that fits."""
    harm = harms.harm_of(one)
    assert harm is not None
    assert (harm.means, harm.done, harm.weight) == (means, done, weight)


@pytest.mark.parametrize(
    "one",
    [
        result(Intent.CONFIRM, Intent.CONFIRM),
        result(Intent.OPT_OUT, Intent.OPT_OUT),
        result(Intent.CRISIS, Intent.CRISIS, acts=False),
        result(Intent.CRISIS, Intent.HARM_TO_OTHERS, acts=False),
        left(Intent.OTHER),
        result(Intent.DECLINE, Intent.DECLINE, acts=False, labelled_speaker=Speaker.RELATIVE),
    ],
)
def test_what_is_right_does_no_harm(one: Result) -> None:
    """Acted on rightly, found, or left to a worker because software may not act."""
    assert harms.harm_of(one) is None


def test_every_row_is_reached() -> None:
    """No row stands below one that takes all its texts."""
    intents = [
        Intent.CRISIS,
        Intent.DECLINE,
        Intent.OPT_OUT,
        Intent.CONFIRM,
        Intent.THANKS,
        Intent.OTHER,
    ]
    results = [
        result(label, found, acts=acts, worrying=worrying)
        for label in intents
        for found in intents
        for acts in (True, False)
        for worrying in (True, False)
    ]
    assert set(harms.count(results)) == set(harms.HARMS)


def test_expected_harm() -> None:
    """The weights of four texts, for a thousand like them: (100 + 3 + 1 + 0) / 4."""
    results = [
        result(Intent.DECLINE, Intent.CONFIRM),
        result(Intent.OTHER, Intent.CRISIS, acts=False),
        left(Intent.CONFIRM),
        result(Intent.CONFIRM, Intent.CONFIRM),
    ]
    assert harms.expected(results) == 26_000
    assert harms.expected([]) == 0


def test_faults_are_sorted_by_harm() -> None:
    """Wrong acts, danger missed and false alarms. What is only left to a worker is no fault."""
    results = [
        left(Intent.CONFIRM),
        result(Intent.OTHER, Intent.THANKS),
        result(Intent.OTHER, Intent.CRISIS, acts=False),
        result(Intent.DECLINE, Intent.CONFIRM),
        left(Intent.CRISIS),
    ]
    found = harms.faults(results)
    assert [harm.weight for harm, _ in found] == [100, 10, 3, 1]
    assert [one for _, one in found] == [results[3], results[4], results[2], results[1]]
