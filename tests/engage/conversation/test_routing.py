"""The order of the steps is the specification of how a text is handled. It is repeated here, so
that a change of the order is a decision.
"""

import dataclasses

import pytest

from engage.conversation import handlers, intake, routing
from engage.conversation.context import ReplyContext
from engage.understanding.vocabulary import Intent


def names(steps: object) -> list[str]:
    """The names of ordered steps."""
    return [name for name, _ in steps]  # type: ignore[attr-defined]


def test_danger_and_stop_come_first() -> None:
    """STOP works whatever was asked; danger is found whatever else a text says."""
    assert names(intake.STEPS) == [
        "shows that another person reads the phone",
        "is STOP",
        "is START",
        "reports danger",
        "is an automatic reply",
        "only reacts or quotes",
        "says the same words again",
        "is of another reader",
        "may be blocked by the provider",
        "comes after danger",
        "is read as its owner's",
    ]


def test_a_text_above_the_limit_is_searched_for_what_must_not_be_missed() -> None:
    """It is not interpreted, but STOP, danger and a request for no more texts still count."""
    assert names(intake.SKIM_STEPS) == [
        "shows that another person reads the phone",
        "is STOP",
        "reports danger",
        "ends texts",
        "is of another reader",
        "comes after danger",
        "is passed over",
    ]


def test_the_steps_of_a_text_from_one_person() -> None:
    """Questions with numbered answers come before meanings; a takeover before both."""
    assert names(routing.STEPS) == [
        "answers whether texts shall end",
        "ends texts",
        "is for the worker who has the conversation",
        "answers the number check",
        "may not be answered",
        "may mean to end texts",
        "asks who writes",
        "is written by somebody else",
        "may only be answered without content",
        "has no words",
        "answers the offer of a call",
        "is a keyword",
        "takes back an earlier text",
        "ends texts in place of an earlier text",
        "answers which appointment",
        "answers an offer of other times",
        "continues the texts just before it",
        "answers an earlier question",
        "has a meaning",
    ]
    assert names(routing.MEANING_STEPS) == [
        "says yes to all",
        "is not decided yet",
        "gives the reason for a no",
        "wishes for another time",
        "may be a yes or a no",
        "is unclear",
        "explains an absence",
        "answers after the appointment began",
        "claims to have been there",
        "goes to the handler of its meaning",
    ]


def test_each_meaning_has_a_handler_or_an_earlier_step() -> None:
    """A meaning without a handler is handled by an earlier step, or read by a worker."""
    without = set(Intent) - handlers.by_meaning().keys()
    assert without == {
        Intent.CRISIS,
        Intent.HARM_TO_OTHERS,
        Intent.OPT_OUT,
        Intent.WRONG_NUMBER,
        Intent.OPT_IN,
        Intent.SLOT_CHOICE,
        Intent.OTHER,
    }


@pytest.mark.parametrize("intent", Intent)
def test_each_meaning_has_a_label(intent: Intent) -> None:
    """Staff pages name every meaning."""
    assert intent.meaning.label
    assert Intent(intent.value) is intent


def test_a_context_never_changes() -> None:
    """A step that learns more returns a new context."""
    assert dataclasses.fields(ReplyContext)
    with pytest.raises(dataclasses.FrozenInstanceError):
        ReplyContext.__setattr__(object.__new__(ReplyContext), "quiet", True)
