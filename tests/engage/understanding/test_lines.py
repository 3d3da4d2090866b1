"""`engage understand`: a line out for every line in."""

import io

from hypothesis import given, settings
from hypothesis import strategies as st

from engage.understanding.lines import read_lines


def test_one_line_out_for_each_line_in() -> None:
    """Intent, confidence and act or human, in the order of the input; what cannot be read is said
    on the side.
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
def test_lines_stay_aligned_whatever_comes(given_lines: list[str]) -> None:
    """As many out as in, each of three fields."""
    out = list(read_lines(given_lines, errors=io.StringIO()))
    assert len(out) == len(given_lines)
    assert all(len(line.split("\t")) == 3 for line in out)
