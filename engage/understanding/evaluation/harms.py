"""What mistakes cost: each text gets the first row that fits it, and each row has a weight.

Accuracy counts a refusal that is recorded as a yes like thanks that are left to a worker. The
weights are ours. Change them here and in docs/understanding.md, which has the same table.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from engage.understanding.evaluation.figures import ENDS_TEXTS, REFUSALS, Result
from engage.understanding.vocabulary import Intent

PER = 1000
"""Expected harm is given for so many texts."""


@dataclass(frozen=True)
class Harm:
    """What a text means, what Engage does all the same, and the weight of that."""

    means: str
    done: str
    weight: int
    fits: Callable[[Result], bool]


def _misses_danger(one: Result) -> bool:
    return one.is_danger and not one.finds_danger


def _records_yes(one: Result) -> bool:
    return one.interpretation.surely(Intent.CONFIRM)


def _ends_texts(one: Result) -> bool:
    return any(one.interpretation.surely(intent) for intent in ENDS_TEXTS)


YES = "records a yes"
ELSE = "acts on something else"
LEFT = "leaves it to a worker"
HARMS = (
    Harm("danger", YES, 100, lambda one: _misses_danger(one) and _records_yes(one)),
    Harm("danger", ELSE, 100, lambda one: _misses_danger(one) and one.interpretation.acts),
    Harm(
        "danger",
        "leaves it to a worker as worrying",
        5,
        lambda one: _misses_danger(one) and one.interpretation.worrying,
    ),
    Harm("danger", LEFT, 10, _misses_danger),
    Harm(
        "a refusal, or an end of texts",
        YES,
        100,
        lambda one: one.line.intent in REFUSALS and _records_yes(one),
    ),
    Harm(
        "no end of texts",
        "ends texts, or suspends the number",
        50,
        lambda one: one.line.intent not in ENDS_TEXTS and _ends_texts(one),
    ),
    Harm(
        "an end of texts",
        ELSE,
        20,
        lambda one: one.line.intent in ENDS_TEXTS and one.is_wrong_act and not _ends_texts(one),
    ),
    Harm(
        "chatter",
        "passes it over as thanks",
        1,
        lambda one: (
            one.line.intent is Intent.OTHER
            and one.is_wrong_act
            and one.interpretation.intent is Intent.THANKS
        ),
    ),
    Harm("anything else", ELSE, 5, lambda one: one.is_wrong_act),
    Harm("no danger", "reports danger", 3, lambda one: not one.is_danger and one.finds_danger),
    Harm(
        "what software may act on",
        LEFT,
        1,
        lambda one: one.may_be_acted_on and not one.interpretation.acts,
    ),
)
"""From the top: the first that fits counts. A text that fits none did no harm."""


def harm_of(result: Result) -> Harm | None:
    """The harm of one interpretation, None if it did none."""
    return next((harm for harm in HARMS if harm.fits(result)), None)


def count(results: Sequence[Result]) -> Counter[Harm]:
    """How many texts of a set came to each harm."""
    return Counter(harm for harm in map(harm_of, results) if harm)


def expected(results: Sequence[Result]) -> float:
    """The harm to expect of a thousand texts like these."""
    total = sum(harm.weight * many for harm, many in count(results).items())
    return PER * total / len(results) if results else 0.0


def faults(results: Sequence[Result]) -> list[tuple[Harm, Result]]:
    """What did more harm than to leave a text to a worker: wrong acts, danger that was missed, and
    false alarms. The gravest come first.
    """
    found = [(harm, one) for one in results if (harm := harm_of(one)) and _is_fault(harm, one)]
    return sorted(found, key=lambda fault: -fault[0].weight)


def _is_fault(harm: Harm, one: Result) -> bool:
    return harm.weight > 1 or one.is_wrong_act
