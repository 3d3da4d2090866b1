"""Which of the times offered a text picks: strictly, in English and Welsh, and never one of two
that both fit.
"""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engage.texts.times import day_of, time_of
from engage.texts.values import fold
from engage.understanding.time_choices import NONE_OF_THEM, read_time_choice

TODAY = date(2027, 3, 20)
TUE, WED, THU = (
    datetime(2027, 3, 23, 14, tzinfo=UTC),
    datetime(2027, 3, 24, 10, tzinfo=UTC),
    datetime(2027, 3, 25, 16, tzinfo=UTC),
)
STARTS = [TUE, WED, THU]
FIRST = datetime(2027, 3, 20, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "picked"),
    [
        ("1", 1),
        ("2 please", 2),
        ("Option 3 thank you", 3),
        ("number one", 1),
        ("3 is good for me", 3),
        ("three x", 3),
        ("first", 1),
        ("the second one", 2),
        ("il take the last one", 3),
        ("thurs", 3),
        ("the wed one", 2),
        ("tuesday 2pm works", 1),
        ("10am", 2),
        ("at 10", 2),
        ("10.00 a.m.", 2),
        ("14:00", 1),
        ("can i have the tuesday", 1),
        ("tue 2", 1),
        ("2 wed", 2),
        ("24th", 2),
        ("Wed 24 March 10:00am", 2),
        ("3 👍", 3),
        ("un", 1),
        ("yr ail", 2),
        ("y cyntaf, diolch", 1),
        ("dydd mercher", 2),
        ("yr un dydd Iau os gwelwch yn dda", 3),
        ("2yh", 1),
        ("2yp", 1),
        ("Maw 23 Maw 2yp", 1),
        ("Wed 24 Mar 10am", 2),
        ("am 10yb", 2),
        ("Mer 24 Mawrth 10:00yb", 2),
        ("rhif 3", 3),
        ("0", NONE_OF_THEM),
        ("none of these sorry", NONE_OF_THEM),
        ("neither", NONE_OF_THEM),
        ("dim un", NONE_OF_THEM),
    ],
)
def test_a_plain_choice(text: str, picked: int) -> None:
    """As people write it, in both languages."""
    assert read_time_choice(text, STARTS, TODAY) == picked


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yes",
        "ok",
        "no",
        "ill wed",
        "ill tomorrow",
        "for the last time",
        "2 day",
        "4",
        "25",
        "1 wed",
        "2 or 3",
        "2 and 3",
        "2/3",
        "1-3",
        "both",
        "any",
        "not wed",
        "anything but wed",
        "cant do wed",
        "wed?",
        "3 👎",
        "2 but can it be 11 not 10",
        "2:30",
        "2 call me",
        "tuesday next week",
        "0 got anything on friday",
        "3 if im still alive lol",
        "saturday",
        "1 2 3",
        "২",
        "9" * 400,
    ],
)
def test_no_plain_choice(text: str) -> None:
    """A text that says more, refuses something, or fits none or several of the times picks none."""
    assert read_time_choice(text, STARTS, TODAY) is None


@pytest.mark.parametrize(
    ("text", "picked"),
    [
        ("wed", None),
        ("wed 2", 2),
        ("10am", 1),
        ("the wed one", None),
        ("wed 2pm", 2),
        ("2", 2),
        ("2pm", 2),
    ],
)
def test_two_times_on_one_day(text: str, picked: int | None) -> None:
    """Of Wednesday at ten and at two, `wed 2` is the second by its number and by the clock."""
    assert read_time_choice(text, [WED, WED.replace(hour=14), THU], TODAY) == picked


@pytest.mark.parametrize("text", ["midday", "wed noon", "canol dydd", "Mer 24 Maw canol dydd"])
def test_midday_is_a_time(text: str) -> None:
    """As our own texts name it."""
    assert read_time_choice(text, [TUE, WED.replace(hour=12), THU], TODAY) == 2


def test_a_number_that_could_be_an_hour_is_not_guessed() -> None:
    """Of Wednesday at two and Wednesday at ten, `wed 2` is the first by the clock and the second by
    the number.
    """
    assert read_time_choice("wed 2", [WED.replace(hour=14), WED], TODAY) is None


def test_today_and_tomorrow_count_from_the_day_of_writing() -> None:
    """A day later the same word names another day."""
    starts = [datetime(2027, 3, 21, 9, tzinfo=UTC), datetime(2027, 3, 22, 9, tzinfo=UTC)]
    assert read_time_choice("tomorrow", starts, date(2027, 3, 20)) == 1
    assert read_time_choice("yfory", starts, date(2027, 3, 21)) == 2
    assert read_time_choice("2moz pls", starts, date(2027, 3, 22)) is None


moments = st.integers(0, 14 * 24 * 60).map(lambda minutes: FIRST + timedelta(minutes=minutes))
offers = st.lists(moments, min_size=1, max_size=3, unique=True)
words = st.lists(
    st.sampled_from(
        [
            "1",
            "2",
            "3",
            "one",
            "two",
            "first",
            "last",
            "the",
            "wed",
            "tue",
            "mawrth",
            "10",
            "10am",
            "2pm",
            "24",
            "24th",
            "march",
            "at",
            "am",
            "un",
            "yes",
            "please",
            "not",
            "or",
            "none",
            "0",
            "dim",
        ]
    ),
    max_size=8,
).map(" ".join)


@given(offers, st.one_of(st.text(max_size=60), words))
def test_any_text_picks_a_time_offered_or_none(starts: list[datetime], text: str) -> None:
    """No text raises or picks a time that was not offered."""
    assert read_time_choice(text, starts, TODAY) in (None, *range(len(starts) + 1))


@given(offers, st.sampled_from(["en", "cy"]), st.data())
def test_the_wording_of_the_offer_picks_its_time(
    starts: list[datetime], language: str, data: st.DataObject
) -> None:
    """Day, month and time as our own texts write them pick exactly that time."""
    index = data.draw(st.integers(0, len(starts) - 1))
    moment = starts[index]
    text = fold(f"{day_of(moment, UTC, language)} {time_of(moment, UTC, language)}")
    assert read_time_choice(text, starts, TODAY) == index + 1


@given(offers, words, st.sampled_from(["not", "dont", "cant", "no", "but", "or", "nid", "ddim"]))
def test_a_text_with_a_denial_never_picks(starts: list[datetime], text: str, denial: str) -> None:
    """A refusal is never read as a choice."""
    assert read_time_choice(f"{denial} {text} wed", starts, TODAY) is None


@given(moments)
def test_a_day_that_two_times_share_picks_neither(one: datetime) -> None:
    """Only what distinguishes them picks one."""
    later = one + timedelta(minutes=30 if one.hour < 23 else -30)
    assert read_time_choice(f"{one:%A}", [one, later], TODAY) is None
    assert read_time_choice(f"{one:%A}", [one, one + timedelta(days=7)], TODAY) is None
