"""The words that always work, and everything that only looks like one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engage.understanding.keywords import (
    LONGEST,
    WORDS,
    Keyword,
    keyword,
)


@pytest.mark.parametrize(
    ("body", "meant"),
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
def test_a_word_is_known_in_any_case_and_with_any_punctuation(body: str, meant: Keyword) -> None:
    """Phones put capitals, full stops and curly marks around what people type."""
    assert keyword(body) is meant


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
def test_what_says_more_is_no_keyword(body: str) -> None:
    """Only the whole text counts: the rest is read for what it means."""
    assert keyword(body) is None


@given(
    st.sampled_from(sorted(WORDS)),
    st.text(alphabet=" .,!?-\"'\t\n\u200d", max_size=10),
    st.text(alphabet=" .,!?-\"'\t\n\u200d", max_size=10),
    st.booleans(),
)
def test_marks_and_case_never_change_a_word(word: str, before: str, after: str, loud: bool) -> None:
    """Whatever stands around it, the word is the same word."""
    assert keyword(before + (word.upper() if loud else word.title()) + after) is WORDS[word]


@given(st.text(max_size=LONGEST * 2))
def test_no_text_is_too_strange(body: str) -> None:
    """Never a failure; and a keyword only where its letters are what was typed."""
    assert keyword(body) in {None, *Keyword}


@given(
    st.sampled_from(sorted(WORDS)),
    st.text(alphabet="abcdefghijklmnopqrstuvwxyz0123456789", min_size=1),
)
def test_another_word_beside_it_makes_it_no_keyword(word: str, more: str) -> None:
    """`next thing` is not NEXT."""
    assert keyword(f"{word} {more}") is WORDS.get(f"{word} {more}")
