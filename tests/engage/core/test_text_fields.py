"""The check of text fields: accepted text can be stored and displayed correctly."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engage.core.errors import Invalid
from engage.core.text_fields import BAD_CHARACTER, Characters, clean_text, problem_with


@pytest.mark.parametrize(
    ("given_words", "fine"),
    [
        ("Katrina", True),
        ("Siân O'Neil-李 👩‍🚀", True),
        ("A\u200fB", True),
        ("a\nb", False),
        ("a\tb", False),
        ("a\x00b", False),
        ("a\x7fb", False),
        ("a\x85b", False),
        ("\ud800", False),
        ("a\u202eb", False),
        ("a\u2066b", False),
        ("a\u2028b", False),
        ("x" * 40, True),
        ("x" * 41, False),
        ("", False),
    ],
)
def test_one_line(given_words: str, fine: bool) -> None:
    """Any alphabet and emoji are accepted. Invisible characters and direction marks are refused."""
    assert (problem_with(given_words, longest=40, shortest=1) is None) is fine


def test_line_breaks_if_allowed() -> None:
    """A note may have several lines."""
    assert problem_with("one\r\ntwo", longest=40, lines=True) is None
    assert problem_with("one\x0btwo", longest=40, lines=True) is not None


@given(st.text(max_size=60))
def test_accepted_text_can_be_stored(words: str) -> None:
    """Accepted text is valid UTF-8 without NUL and within the limit."""
    if problem_with(words, longest=40) is None:
        assert "\x00" not in words
        assert len(words) <= 40
        words.encode()


C = Characters


@pytest.mark.parametrize(
    ("character", "allowed_by"),
    [
        ("a", {C.STORABLE, C.READABLE, C.PLAIN, C.PRINTABLE}),
        ("\x00", set()),
        ("\ud800", set()),
        ("\n", {C.STORABLE}),
        ("\x0b", {C.STORABLE}),
        ("\u2028", {C.STORABLE, C.PLAIN}),
        ("\u202e", {C.STORABLE}),
        ("\u200f", {C.STORABLE, C.READABLE}),
        ("\u00a0", {C.STORABLE, C.READABLE, C.PLAIN}),
        ("\ue000", {C.STORABLE, C.READABLE, C.PLAIN}),
    ],
)
def test_the_characters_that_each_field_allows(character: str, allowed_by: set[Characters]) -> None:
    """Fields differ in the characters that they allow. No field allows what cannot be stored."""
    allowed = {
        one
        for one in Characters
        if problem_with(f"a{character}b", longest=9, characters=one) is None
    }
    assert allowed == allowed_by


def test_text_is_stored_without_white_space_around_it() -> None:
    """Lines inside stay, unless the field has one line only."""
    assert clean_text("note", " one\n\n two ", 20) == "one\n\n two"
    assert clean_text("note", " one\n\n two ", 20, one_line=True) == "one two"


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("  ", "Say why."),
        ("x", "Say why."),
        ("x" * 11, "Use at most 10 characters."),
        ("one\0two", BAD_CHARACTER),
    ],
)
def test_a_refusal_says_what_is_wrong(typed: str, words: str) -> None:
    """Too short, too long, or a character that cannot be stored; the refusal names the field."""
    with pytest.raises(Invalid) as refused:
        clean_text("reason", typed, 10, shortest=2, missing="Say why.")
    assert refused.value.fields == {"reason": words}
