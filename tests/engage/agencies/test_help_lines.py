"""A hub's help lines: empty at first, named only once checked, and checked again when changed."""

from datetime import date

import pytest
from sqlalchemy.orm import Session

from engage.agencies import help_lines
from engage.agencies.help_line_kinds import HelpLine
from engage.agencies.model import Hub
from engage.core.errors import Invalid
from tests import builders

NOW = builders.NOW
NUMBER = "01632 960 123"


@pytest.fixture
def hub(session: Session) -> Hub:
    """A hub."""
    return builders.hub(session)


def test_a_hub_starts_without_lines(session: Session, hub: Hub) -> None:
    """Nothing is assumed."""
    assert help_lines.lines_of(session, hub.id) == {}
    assert all(help_lines.checked_number(session, hub.id, line) is None for line in HelpLine)


def test_a_number_counts_once_it_is_checked(session: Session, hub: Hub) -> None:
    """Each line by itself; spaces go."""
    args = {"actor": "x", "now": NOW}
    help_lines.record(session, hub, HelpLine.HOUSING, NUMBER, checked_on=None, **args)
    assert help_lines.checked_number(session, hub.id, HelpLine.HOUSING) is None
    day = date(2027, 3, 1)
    help_lines.record(session, hub, HelpLine.HOUSING, NUMBER, checked_on=day, **args)
    assert help_lines.checked_number(session, hub.id, HelpLine.HOUSING) == "01632960123"
    assert help_lines.checked_number(session, hub.id, HelpLine.CHILDREN) is None
    help_lines.record(session, hub, HelpLine.HOUSING, "01632960124", checked_on=None, **args)
    assert help_lines.checked_number(session, hub.id, HelpLine.HOUSING) is None
    help_lines.remove(session, hub, HelpLine.HOUSING, **args)
    help_lines.remove(session, hub, HelpLine.HOUSING, **args)
    assert help_lines.lines_of(session, hub.id) == {}


@pytest.mark.parametrize(
    ("number", "day", "field"),
    [
        ("", date(2027, 3, 1), "number"),
        ("12", date(2027, 3, 1), "number"),
        ("0163296012345", date(2027, 3, 1), "number"),
        ("ring us", date(2027, 3, 1), "number"),
        ("٠١٦٣٢٩٦٠", date(2027, 3, 1), "number"),
        (NUMBER, date(2027, 3, 21), "checked_on"),
    ],
)
def test_a_wrong_number_or_day_is_refused(
    session: Session, hub: Hub, number: str, day: date, field: str
) -> None:
    """Nothing is stored."""
    with pytest.raises(Invalid) as refused:
        help_lines.record(
            session, hub, HelpLine.HOUSING, number, checked_on=day, actor="x", now=NOW
        )
    assert field in refused.value.fields
    assert help_lines.lines_of(session, hub.id) == {}
