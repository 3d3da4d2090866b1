"""Answers to our numbered questions: the whole text must be the answer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engage.understanding.choices import (
    plain_words,
    read_check,
    read_choice,
    read_name,
    says_yes_to_all,
)


@pytest.mark.parametrize(
    ("text", "count", "wanted"),
    [
        ("1", 2, (0,)),
        ("2.", 2, (1,)),
        (" 2 please x", 2, (1,)),
        ("number 1", 2, (0,)),
        ("option two", 3, (1,)),
        ("the first one", 2, (0,)),
        ("yr ail", 2, (1,)),
        ("3", 2, (0, 1)),
        ("3 for both", 2, (0, 1)),
        ("both", 2, (0, 1)),
        ("y ddau", 2, (0, 1)),
        ("all", 3, (0, 1, 2)),
        ("3", 3, (2,)),
        ("1 and 3", 3, (0, 2)),
        ("1, 2", 3, (0, 1)),
        ("4", 3, None),
        ("0", 2, None),
        ("1 and 4", 3, None),
        ("the one", 2, None),
        ("that one", 2, None),
        ("no 1", 2, None),
        ("not 1", 2, None),
        ("1 yes 2 no", 2, None),
        ("no to both", 2, None),
        ("i cant do 1", 2, None),
        ("yes", 2, None),
        ("", 2, None),
        ("1" * 1600, 2, None),
    ],
)
def test_a_choice_is_the_whole_text(text: str, count: int, wanted: tuple[int, ...] | None) -> None:
    """A text that says more than the number is left to interpretation, so a refusal is never a
    choice.
    """
    assert read_choice(text, count) == wanted


@given(st.text(max_size=60), st.integers(2, 4))
def test_a_choice_is_always_among_what_was_offered(text: str, count: int) -> None:
    """A choice names things that were offered, in order and once each."""
    choice = read_choice(text, count)
    assert choice is None or (
        choice == tuple(sorted(set(choice))) and set(choice) <= set(range(count)) and choice
    )


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("1", True),
        ("yes", True),
        ("Yes it's me", True),
        ("Ie", True),
        ("y", True),
        ("1 yes", True),
        ("yeah this is mate", True),
        ("2", False),
        ("no", False),
        ("No, wrong number", False),
        ("nac ydy", False),
        ("ok", None),
        ("who is this", None),
        ("yes but im not her", None),
        ("1 or 2?", None),
        ("12", None),
        ("", None),
        ("👍", None),
    ],
)
def test_only_a_plain_answer_decides_whose_phone_it_is(text: str, wanted: bool | None) -> None:
    """The wrong phone would get their appointments, so "ok" is no yes."""
    assert read_check(text) is wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Jay", 0),
        ("jay here", 0),
        ("its Jay", 0),
        ("hi it's jay x", 0),
        ("Sian", 1),
        ("SIÂN", 1),
        ("Shan", 1),
        ("tell sian im late", None),
        ("not jay", None),
        ("jay and sian", None),
        ("jays mum", None),
        ("", None),
    ],
)
def test_people_give_only_their_own_name(text: str, wanted: int | None) -> None:
    """A text that mentions a person does not come from them."""
    assert read_name(text, [["Jay"], ["Siân", "Shan"]]) == wanted


def test_a_name_that_two_people_have_picks_neither() -> None:
    """There is no guessing between people with the same name."""
    assert read_name("Jay", [["Jay"], ["Jason", "jay"]]) is None


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("yes both", True), ("Ie i’r ddau", True), ("both", False), ("no to both", False)],
)
def test_yes_to_all_must_be_explicit(text: str, wanted: bool) -> None:
    """Only a whole text that says yes to all of them counts."""
    assert says_yes_to_all(text) is wanted


@given(st.text())
def test_plain_words_twice_change_nothing(text: str) -> None:
    """So two names can be compared after folding both."""
    assert plain_words(plain_words(text)) == plain_words(text)


@pytest.mark.parametrize(
    "text",
    [
        "yes?",
        "1?",
        "yes？",
        "yes؟",
        "1 👎",
        "yes ❌",
        "yes 🙄",
        "yes 🤷",
        "yes :(",
        "y\u0336e\u0336s\u0336",
        "1 \u2717",
    ],
)
def test_a_yes_with_a_question_mark_or_a_doubtful_sign_decides_nothing(text: str) -> None:
    """A stranger answers an unknown number with "Yes?", and a sign can contradict the word before
    it.
    """
    assert read_check(text) is None
    assert read_choice(text.replace("yes", "both"), 2) is None
    assert read_choice(text, 2) is None
    assert says_yes_to_all(text.replace("yes", "yes to both")) is False
    assert read_name(text.replace("yes", "Jay"), [["Jay"], ["Sian"]]) is None


@pytest.mark.parametrize("text", ["1/2", "1 / 2", "1-3", "1–3"])
def test_two_numbers_in_one_are_no_choice(text: str) -> None:
    """1/2 may be one of them or both, and 1-3 may be all three."""
    assert read_choice(text, 4) is None


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("1️⃣", (0,)), ("2 👍🏿", (1,)), ("1 🙂", (0,)), ("1 & 2", (0, 1)), ("both ❤️", (0, 1))],
)
def test_friendly_signs_leave_a_choice_as_it_is(text: str, wanted: tuple[int, ...]) -> None:
    """A thumb, a smile or a framed number contradicts nothing."""
    assert read_choice(text, 2) == wanted
