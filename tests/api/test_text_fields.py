"""The check for text fields: accepted text can be stored and displayed correctly."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.text_fields import problem_with


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
