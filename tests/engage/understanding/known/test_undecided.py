"""Not knowing yet is neither a yes nor a no."""

import pytest

from engage.understanding.interpret import interpret

UNDECIDED = (
    "i honestly dont know",
    "idk",
    "idk yet tbh",
    "will have to see",
    "have to see how i feel",
    "no idea if im free",
    "not sure if il make it",
    "in two minds",
    "50/50",
    "yes and no",
    "yeah nah",
    "maybe",
    "might be able to",
    "if i can get a lift",
    "only if the babysitter turns up",
    "yes unless work ring",
    "depends on the kids",
    "ddim yn gwbod eto sori",
    "dwi'm yn siwr",
    "ella",
    "os ga i lifft",
)
DECIDED = (
    "yes if thats ok",
    "yes if you want",
    "i know il be there",
    "yes",
    "no",
    "if you say so",
    "see you then",
    "dont know who this is",
)


@pytest.mark.parametrize("text", UNDECIDED)
def test_it_is_known_and_never_acted_on(text: str) -> None:
    """A worker sees that they are not sure."""
    found = interpret(text, "appointment")
    assert found.undecided and not found.acts and not found.sure


@pytest.mark.parametrize("text", DECIDED)
def test_other_texts_are_not_undecided(text: str) -> None:
    """An answer, politeness or another question."""
    assert not interpret(text, "appointment").undecided


@pytest.mark.parametrize(
    "text",
    [
        "if i see him im gonna stab him",
        "if she comes back il kill her",
        "os wela i o eto wna i ladd o",
    ],
)
def test_a_threat_with_a_condition_is_danger(text: str) -> None:
    """The words "if" and "unless" hide nothing."""
    assert interpret(text, "appointment").dangers
