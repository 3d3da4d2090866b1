"""Check-ins on the pages: set by staff who manage the person, answers shown, silence noted."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from engage.agencies.model import Staff
from engage.conversation import intake
from engage.core.db import Database
from engage.people.model import Person
from engage.progress.check_ins import lifecycle
from engage.progress.check_ins.model import CheckInPlan
from tests import builders
from tests.api.conftest import StoppedClock
from tests.api.pages.conftest import House
from tests.api.pages.visitor import Visitor
from tests.engage.conversation.phones import text_in
from tests.engage.progress.check_ins.stage import CLOSES, DUE, asked

SitDown = Callable[[Staff], Visitor]


@pytest.fixture
def katrina(committed: Database, house: House) -> Person:
    """One person of Pat's, who can be texted."""
    with committed.begin() as session:
        return builders.person(session, house.pat)


def test_check_ins_are_set_changed_and_switched_off(
    committed: Database, house: House, katrina: Person, sit_down: SitDown
) -> None:
    """The person's page says how often they are sent and when the next is due."""
    visitor = sit_down(house.pat)
    address = f"/people/{katrina.id}/check-ins"
    assert "Check-ins Off." in visitor.open(f"/people/{katrina.id}").words
    page = visitor.send(
        visitor.open(address).form(field="weekday"), every="2", weekday="1", hour="10"
    )
    assert "Every 2 weeks on Tuesday at 10:00, next Tue 23 March, 10am." in page.words
    form = visitor.open(address).form(field="weekday")
    assert (form.fields["every"], form.fields["weekday"], form.fields["hour"]) == ("2", "1", "10")
    assert "Check-ins Off." in visitor.send(form, every="off").words
    with committed.begin() as session:
        plan = session.get_one(CheckInPlan, katrina.id)
        assert plan.next_at is None and plan.set_by == f"staff:{house.pat.id}"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (
            {"every": "1", "hour": "8"},
            "Choose an hour in which this person is texted: 9:00 to 20:00.",
        ),
        ({}, "Say how often, or not at all"),
        ({"every": "3"}, "Not a valid choice"),
        ({"every": "1", "weekday": "9"}, "Not a valid choice"),
    ],
)
def test_an_error_is_shown_beside_the_field(
    house: House, katrina: Person, sit_down: SitDown, given: dict[str, str], words: str
) -> None:
    """Nothing is saved, and the form keeps what was chosen."""
    visitor = sit_down(house.pat)
    page = visitor.send(
        visitor.open(f"/people/{katrina.id}/check-ins").form(field="weekday"), **given
    )
    assert page.status == 422 and words in page.words


def test_without_approval_of_texts_it_is_refused(
    committed: Database, house: House, katrina: Person, sit_down: SitDown
) -> None:
    """The message says what to do first."""
    with committed.begin() as session:
        session.get_one(Person, katrina.id).texts_approved_at = None
    visitor = sit_down(house.pat)
    page = visitor.send(
        visitor.open(f"/people/{katrina.id}/check-ins").form(field="weekday"), every="1"
    )
    assert page.status == 422 and "Approve texts to this person first" in page.words


def test_who_may_not_set_them(house: House, katrina: Person, sit_down: SitDown) -> None:
    """Another offender manager gets not found; an auditor reads the answers and changes nothing."""
    address = f"/people/{katrina.id}/check-ins"
    for staff, status in (
        (house.other, 404),
        (house.partner, 404),
        (house.auditor, 403),
        (house.administrator, 404),
    ):
        visitor = sit_down(staff)
        assert visitor.open(address).status == status
        token = visitor.token()
        assert visitor.post(address, {"csrf_token": token, "every": "1"}).status == status
    assert "Change check-ins" not in sit_down(house.auditor).open(f"/people/{katrina.id}").words


def test_answers_are_shown_with_earlier_ones_and_comments(
    committed: Database, house: House, katrina: Person, clock: StoppedClock, sit_down: SitDown
) -> None:
    """The last answer, earlier answers, their own words, and a signal."""
    with committed.begin() as session:
        asked(session, session.get_one(Person, katrina.id))
    for count, body in enumerate(["2", "3 bit rubbish"]):
        with committed.begin() as session:
            at = DUE + timedelta(minutes=count)
            intake.handle(session, text_in(session, body, at), at)
    clock.at = DUE + timedelta(hours=1)
    words = sit_down(house.pat).open(f"/people/{katrina.id}").words
    assert (
        "Tue 23 March Answer: 3: Not great Earlier answers: 2 OK In their words: “bit rubbish”"
        in words
    )
    assert "Says they are not doing well" in words


def test_silence_is_noted_and_is_not_a_breach(
    committed: Database, house: House, katrina: Person, clock: StoppedClock, sit_down: SitDown
) -> None:
    """For a week it is a line on Today and on the person's page.

    It raises no signal, and other staff do not see it.
    """
    with committed.begin() as session:
        asked(session, session.get_one(Person, katrina.id))
    with committed.begin() as session:
        lifecycle.advance(session, now=CLOSES)
    clock.at = CLOSES + timedelta(hours=1)
    line = "Katrina Dodds : Check-in of Tue 23 March not answered. This is not a breach."
    visitor = sit_down(house.pat)
    today = visitor.open("/today").words
    assert line in today and "No signals are open" in today
    assert "Not answered. This is not a breach." in visitor.open(f"/people/{katrina.id}").words
    assert "not answered" not in sit_down(house.other).open("/today").words
    clock.at = CLOSES + timedelta(days=8)
    assert "not answered" not in sit_down(house.pat).open("/today").words
