"""The figures of a set of labelled lines."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from engage.understanding.classifier.lines import LabelledLine
from engage.understanding.vocabulary import Intent, Interpretation, Speaker

DANGER = frozenset({Intent.CRISIS, Intent.HARM_TO_OTHERS})
ENDS_TEXTS = frozenset({Intent.OPT_OUT, Intent.WRONG_NUMBER})
REFUSALS = DANGER | ENDS_TEXTS | {Intent.DECLINE, Intent.RESCHEDULE}
NEVER_ACTED_ON = DANGER | {Intent.OTHER}


@dataclass(frozen=True)
class Result:
    """A labelled line and how it was interpreted."""

    line: LabelledLine
    interpretation: Interpretation

    @property
    def is_right(self) -> bool:
        """Whether the strongest meaning is the label."""
        return self.interpretation.intent is self.line.intent

    @property
    def is_danger(self) -> bool:
        """Whether the label is danger."""
        return self.line.intent in DANGER

    @property
    def finds_danger(self) -> bool:
        """Whether the interpretation reports danger."""
        return not DANGER.isdisjoint(self.interpretation.intents)

    @property
    def may_be_acted_on(self) -> bool:
        """Whether the label allows acting, and no other writer is labelled."""
        is_own = self.line.speaker in (None, Speaker.PERSON)
        return is_own and self.line.intent not in NEVER_ACTED_ON

    @property
    def is_wrong_act(self) -> bool:
        """Whether Engage acts on something else than the label."""
        return self.interpretation.acts and not self.is_right


@dataclass(frozen=True)
class Proportion:
    """A count out of a total."""

    count: int
    of: int

    def __str__(self) -> str:
        if not self.of:
            return "none to measure"
        return f"{self.count / self.of:.1%} ({self.count} of {self.of})"


@dataclass(frozen=True)
class Figures:
    """The figures of docs/understanding.md for a set of labelled lines."""

    right: Proportion
    right_when_acted_on: Proportion
    acted_on: Proportion
    danger_found: Proportion
    ends_texts_found: Proportion
    refusals_as_yes: int
    chatter_acted_on: Proportion
    false_alarms: Proportion


def figures(results: Sequence[Result]) -> Figures:
    """Compute the figures of a set. `acted_on` is measured on lines whose label allows acting."""
    return Figures(
        right=_proportion(results, lambda one: one.is_right),
        right_when_acted_on=_proportion(
            [one for one in results if one.interpretation.acts], lambda one: one.is_right
        ),
        acted_on=_proportion(
            [one for one in results if one.may_be_acted_on], lambda one: one.interpretation.acts
        ),
        danger_found=_proportion(
            [one for one in results if one.is_danger], lambda one: one.finds_danger
        ),
        ends_texts_found=_proportion(
            [one for one in results if one.line.intent in ENDS_TEXTS],
            lambda one: one.line.intent in one.interpretation.intents,
        ),
        refusals_as_yes=sum(
            one.interpretation.surely(Intent.CONFIRM)
            for one in results
            if one.line.intent in REFUSALS
        ),
        chatter_acted_on=_proportion(
            [one for one in results if one.line.intent is Intent.OTHER],
            lambda one: one.interpretation.acts and one.interpretation.intent is not Intent.THANKS,
        ),
        false_alarms=_proportion(
            [one for one in results if not one.is_danger], lambda one: one.finds_danger
        ),
    )


def _proportion(results: Sequence[Result], condition: Callable[[Result], bool]) -> Proportion:
    return Proportion(sum(condition(one) for one in results), len(results))
