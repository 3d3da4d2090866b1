"""Only mobile numbers are texted, and staff are told why a number is not accepted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messaging.numbers import NumberProblem, parse_mobile


@pytest.mark.parametrize(
    "typed",
    [
        "+447700900123",
        "07700 900123",
        "07700 900 123",
        "07700-900-123",
        "0044 7700 900123",
        "+44 (0)7700 900123",
        "7700900123",
        "٠٧٧٠٠٩٠٠١٢٣",
        "\uff10\uff17\uff17\uff10\uff10\uff19\uff10\uff10\uff11\uff12\uff13",
        " 07700\u00a0900123 ",
        "07700\u2013900123",
    ],
)
def test_a_mobile_as_people_type_it(typed: str) -> None:
    """However it is written, it is the same number."""
    assert parse_mobile(typed) == "+447700900123"


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "missing"),
        ("   ", "missing"),
        ("077009001", "too_short"),
        ("+4477009001", "too_short"),
        ("12", "too_short"),
        ("none", "not_a_number"),
        ("07700900123 (mum)", "not_a_number"),
        ("07700900123 / 07700900124", "not_a_number"),
        ("0770090012345", "not_a_number"),
        ("=07700900123", "not_a_number"),
        ("\x0007700900123", "not_a_number"),
        ("+", "not_a_number"),
        ("0191 498 0110", "landline"),
        ("020 7946 0000", "landline"),
        ("01632 960001", "landline"),
        ("070 1234 5678", "landline"),
        ("+48 600 100 200", "foreign"),
        ("+33 6 12 34 56 78", "foreign"),
    ],
)
def test_anything_else_is_refused_with_a_reason(typed: str, reason: str) -> None:
    """Each kind of wrong number has its own reason and words."""
    with pytest.raises(NumberProblem) as refused:
        parse_mobile(typed)
    assert refused.value.reason == reason
    assert refused.value.words


@given(st.text(max_size=60))
def test_any_text_is_parsed_or_refused(typed: str) -> None:
    """Whatever is typed, the result is a number in E.164 or a NumberProblem."""
    try:
        result = parse_mobile(typed)
    except NumberProblem as problem:
        result = problem.reason
    assert result.startswith("+44") or result in {
        "missing",
        "too_short",
        "not_a_number",
        "landline",
        "foreign",
    }
