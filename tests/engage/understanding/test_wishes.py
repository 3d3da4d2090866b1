"""The days and times that people wish for, as they stand in the text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engage.understanding import wishes
from engage.understanding.language.normalise import normalise


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("nowt before 12 please", "nowt before 12"),
        ("anything after 3 is canny", "anything after 3"),
        ("half 4 or later", "half 4 or later"),
        ("wednesdays are best", "wednesdays are best"),
        ("not fridays, mosque", "not fridays"),
        ("could do tuesday at 10", "tue at 10"),
        ("mornings are out from monday", "mornings are out, from mon"),
        ("yeah 11 would suit", "11"),
        ("11am or 2pm", "11 am or 2 pm"),
        ("byse 11 yn grêt", "11"),
        ("dim cyn 12 plis", "dim cyn 12"),
        ("bore dydd mawrth", "bore dydd mawrth"),
    ],
)
def test_the_words_that_name_a_time(text: str, words: str) -> None:
    """Nothing of the rest goes along, such as the reason."""
    line = normalise(text).line
    assert wishes.words(line) == words
    assert wishes.names_time(line)


@pytest.mark.parametrize(
    "text", ["see you", "i took 2 tablets", "cheers", "thursday", "my lad is 11"]
)
def test_other_texts_name_no_time(text: str) -> None:
    """A number by itself, or the day of the appointment, is no wish."""
    assert not wishes.names_time(normalise(text).line)


@given(st.text(max_size=300))
def test_any_text_gives_at_most_so_many_characters(text: str) -> None:
    """It never raises."""
    assert len(wishes.words(normalise(text).line)) <= wishes.LONGEST
