"""`engage understand` writes a line for every line that it reads."""

import io

from hypothesis import given, settings
from hypothesis import strategies as st

from engage.understanding.lines import read_lines


def test_one_line_is_written_for_each_line_read() -> None:
    """Intent, confidence and act or human, in the same order. Problems go to the error stream."""
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
    assert out[0] == "confirm\t0.99\tact"
    assert out[1:4] == ["other\t0.00\thuman"] * 3
    assert out[4].startswith("checkin_answer\t")
    assert out[5].endswith("\thuman")
    assert [line.split(":")[0] for line in errors.getvalue().splitlines()] == [
        "line 2",
        "line 3",
        "line 4",
    ]
    assert "'quiz'" in errors.getvalue()


@settings(deadline=None)
@given(st.lists(st.text(max_size=80), max_size=6))
def test_lines_stay_aligned(given_lines: list[str]) -> None:
    """As many lines are written as read, each with three fields."""
    out = list(read_lines(given_lines, errors=io.StringIO()))
    assert len(out) == len(given_lines)
    assert all(len(line.split("\t")) == 3 for line in out)
