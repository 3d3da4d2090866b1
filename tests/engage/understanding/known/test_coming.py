"""A yes that is said with a no, and a yes that takes back a no."""

import pytest

from engage.understanding.interpret import interpret
from engage.understanding.known.coming import says_coming
from engage.understanding.language.normalise import normalise
from engage.understanding.vocabulary import Intent

COMING = (
    "im not gonna miss it this time",
    "not missing this one",
    "no chance im missing that",
    "no way would i miss it",
    "no way i wont be there lol im coming",
    "never missed one yet and im not starting now",
    "aint gonna let you down, be there",
    "i wont let u down",
    "wouldnt miss it",
    "dwi ddim am golli hwn",
    "fydda i ddim yn colli hi",
    "wait no i can come",
    "actually yes i can come now",
    "mate offered me a lift so i can come now",
    "boss swapped my shift so i can make it",
    "na dwi yn gallu dod wedi'r cwbl",
)
NOT_COMING = (
    "im gonna miss it",
    "i will not be there",
    "no way im coming",
    "no chance",
    "never coming again",
    "need a lift so i can come",
    "can u send bus money so i can come",
    "waiting on a sitter so i can come",
    "not gonna miss it unless im working",
    "if i get off work i can come",
    "dwi ddim yn dod",
    "fydda i ddim yna",
)


@pytest.mark.parametrize("text", COMING)
def test_a_yes_said_with_a_no_is_a_yes(text: str) -> None:
    """And Engage may act on it."""
    found = interpret(text, "appointment")
    assert (found.intent, found.acts) == (Intent.CONFIRM, True)


@pytest.mark.parametrize("text", NOT_COMING)
def test_nothing_else_is_known_as_such_a_yes(text: str) -> None:
    """A refusal, a condition or a request is none."""
    assert not says_coming(normalise(text).line)


@pytest.mark.parametrize("text", NOT_COMING)
def test_no_refusal_or_condition_is_acted_on_as_a_yes(text: str) -> None:
    """Whatever else it is read as."""
    found = interpret(text, "appointment")
    assert not (found.acts and Intent.CONFIRM in found.sure)
