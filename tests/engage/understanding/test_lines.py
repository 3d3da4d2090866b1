"""`engage understand` writes a line for every line that it reads."""

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engage.understanding.interpret import interpret
from engage.understanding.lines import read_lines


def test_one_line_is_written_for_each_line_read() -> None:
    """Intent, confidence, act or human, speaker and danger, in the same order. Problems go to the
    error stream.
    """
    errors = io.StringIO()
    given_lines = [
        "appointment\tyes\n",
        "quiz\tyes\n",
        "no tab here\n",
        "\n",
        "checkin\t2\tand a tab\r\n",
        "none\t\n",
    ]
    out = list(read_lines(given_lines, errors=errors))
    assert out[0] == "confirm\t0.99\tact\tperson\t-"
    assert out[1:4] == ["other\t0.00\thuman\t-\t-"] * 3
    assert out[4].startswith("checkin_answer\t")
    assert out[5].endswith("\thuman\tperson\t-")
    assert [line.split(":")[0] for line in errors.getvalue().splitlines()] == [
        "line 2",
        "line 3",
        "line 4",
    ]
    assert "'quiz'" in errors.getvalue()


@pytest.mark.parametrize(
    ("line", "intent", "speaker", "danger"),
    [
        ("appointment\tthis is his mum he cant come", "decline", "relative", "-"),
        (
            "none\tive took 30 tablets and i dont want to wake up",
            "crisis",
            "person",
            "overdose_or_injury",
        ),
        ("none\tgot nowhere to sleep tonight", "crisis", "person", "nowhere_to_sleep"),
        ("appointment\tLiked “See you on Tuesday at 2pm”", "other", "reaction", "-"),
    ],
)
def test_who_speaks_and_the_most_urgent_danger(
    line: str, intent: str, speaker: str, danger: str
) -> None:
    """They stand after what was printed before there were such columns."""
    (out,) = read_lines([line])
    prompt, _, text = line.partition("\t")
    found = interpret(text, prompt)
    assert found.intent == intent
    before = f"{found.intent.value}\t{found.confidence:.2f}\t{found.act.value}"
    assert out == f"{before}\t{speaker}\t{danger}"


@settings(deadline=None)
@given(st.lists(st.text(max_size=80), max_size=6))
def test_lines_stay_aligned(given_lines: list[str]) -> None:
    """As many lines are written as read, each with five fields."""
    out = list(read_lines(given_lines, errors=io.StringIO()))
    assert len(out) == len(given_lines)
    assert all(len(line.split("\t")) == 5 for line in out)
