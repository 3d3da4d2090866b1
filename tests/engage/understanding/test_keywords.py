"""Keywords, and texts that only look like one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engage.understanding.keywords import MAX_LENGTH, WORDS, Keyword, keyword


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("NEXT", Keyword.NEXT),
        ("nesaf?", Keyword.NEXT),
        (" Week. ", Keyword.WEEK),
        ("WYTHNOS", Keyword.WEEK),
        ("Progress!!", Keyword.PROGRESS),
        ("cynnydd", Keyword.PROGRESS),
        ("WHO CAN SEE THIS?", Keyword.WHO_SEES),
        ("who can\nsee  this", Keyword.WHO_SEES),
        ("PWY SY'N GWELD HYN", Keyword.WHO_SEES),
        ("pwy sy’n gweld hyn?", Keyword.WHO_SEES),
        ('"HELP"', Keyword.HELP),
        ("Cymorth", Keyword.HELP),
        ("ＮＥＸＴ\u200b", Keyword.NEXT),
    ],
)
def test_case_and_punctuation_do_not_matter(body: str, expected: Keyword) -> None:
    """Phones add capitals, full stops and curly quotes to what people type."""
    assert keyword(body) is expected


@pytest.mark.parametrize(
    "body",
    [
        "",
        " . ",
        "next week",
        "help me",
        "help 😭",
        "this week is bad",
        "who can see this?? my mate saw it",
        "weeks",
        "in progress",
        "n e x t",
        "stop",
        "start",
        "WEEK " * 400,
        "\x00\ud800",
    ],
)
def test_a_longer_text_is_no_keyword(body: str) -> None:
    """A keyword is the whole text; other texts are interpreted."""
    assert keyword(body) is None


@given(
    st.sampled_from(sorted(WORDS)),
    st.text(alphabet=" .,!?-\"'\t\n\u200d", max_size=10),
    st.text(alphabet=" .,!?-\"'\t\n\u200d", max_size=10),
    st.booleans(),
)
def test_marks_and_case_never_change_a_keyword(
    word: str, before: str, after: str, upper: bool
) -> None:
    """Marks and spaces around a keyword make no difference."""
    assert keyword(before + (word.upper() if upper else word.title()) + after) is WORDS[word]


@given(st.text(max_size=MAX_LENGTH * 2))
def test_no_text_raises(body: str) -> None:
    """Any text is a keyword or none."""
    assert keyword(body) in {None, *Keyword}


@given(
    st.sampled_from(sorted(WORDS)),
    st.text(alphabet="abcdefghijklmnopqrstuvwxyz0123456789", min_size=1),
)
def test_a_second_word_makes_it_no_keyword(word: str, more: str) -> None:
    """`next thing` is not NEXT."""
    assert keyword(f"{word} {more}") is WORDS.get(f"{word} {more}")
