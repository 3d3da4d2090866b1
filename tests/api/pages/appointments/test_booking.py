"""Booking, moving, cancelling and recording by page: once only, and without losing input."""

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, time, timedelta

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from api.pages.forms import parse_date, parse_time
from engage.agencies.model import Role, Staff
from engage.appointments.model import (
    Appointment,
    AppointmentState,
    Outcome,
    OutcomeCode,
    Reminder,
    ReminderState,
)
from engage.core.db import Database
from engage.people.model import Person
from engage.people.service import ensure_involved
from tests import builders
from tests.api.pages.conftest import House
from tests.api.pages.visitor import Visitor

SitDown = Callable[[Staff], Visitor]


@pytest.fixture
def katrina(committed: Database, house: House) -> Person:
    """One person of Pat's, who can be texted; the partner's agency works with her."""
    with committed.begin() as session:
        person = builders.person(session, house.pat, legal_status="statutory")
        ensure_involved(session, person.id, house.partner.agency_id, now=builders.NOW)
        return person


@pytest.fixture
def booked(committed: Database, katrina: Person, now: datetime) -> Appointment:
    """An appointment of hers in three days at ten."""
    with committed.begin() as session:
        return builders.appointment(session, katrina, now.replace(hour=10) + timedelta(days=3))


def how_many(database: Database) -> int:
    """The number of appointments in the database."""
    with database.begin() as session:
        return session.scalar(select(func.count()).select_from(Appointment)) or 0


def test_from_today_to_booked_by_choosing_a_person_and_a_time(
    committed: Database, house: House, katrina: Person, sit_down: SitDown
) -> None:
    """Choose the person on Today, type the time and submit: everything else is filled in.

    The next page says which texts are sent when.
    """
    visitor = sit_down(house.pat)
    page = visitor.open("/today")
    assert page.form("/book").fields == {"person": ""} and "Dodds, Katrina" in page.words
    page = visitor.open(f"/book?person={katrina.id}")
    page = visitor.send(page.form("/book", "once"), time="2.30pm")
    assert "Booked" in page.words and "Mon 22 March, 2:30pm" in page.words
    assert "When booked Due: Sat 20 March, 9am" in page.words and "To be sent" in page.words
    with committed.begin() as session:
        made = session.scalars(select(Appointment)).one()
        assert made.starts_at == datetime(2027, 3, 22, 14, 30, tzinfo=UTC)
        assert made.worker_name == "Pat" and made.enforceable and made.minutes == 30


def test_the_page_after_booking_says_why_no_text_will_go(
    committed: Database, house: House, sit_down: SitDown
) -> None:
    """A person without a confirmed number is booked all the same.

    The form and the next page give the reason.
    """
    with committed.begin() as session:
        person = builders.person(session, house.pat, verified=False)
    visitor = sit_down(house.pat)
    page = visitor.open(f"/people/{person.id}/book")
    assert "no texts will be sent: The number is not yet confirmed as theirs" in page.words
    page = visitor.send(page.form("/book", "once"), time="10am")
    assert (
        "No texts will be sent at present: The number is not yet confirmed as theirs" in page.words
    )


def test_a_form_sent_twice_books_once(
    committed: Database, house: House, katrina: Person, sit_down: SitDown
) -> None:
    """A double click, or a reload after submitting, leads to the same appointment."""
    visitor = sit_down(house.pat)
    form = visitor.open(f"/people/{katrina.id}/book").form("/book", "once")
    first, second = (visitor.send(form, time="10am") for _ in range(2))
    assert first.address == second.address and how_many(committed) == 1


def test_a_form_sent_many_times_at_once_books_once(
    app: Flask, committed: Database, house: House, katrina: Person, sit_down: SitDown
) -> None:
    """Four identical requests at once on four connections: one appointment, one address."""
    visitor = sit_down(house.pat)
    form = visitor.open(f"/people/{katrina.id}/book").form("/book", "once")
    cookie = visitor.client.get_cookie("engage")
    assert cookie is not None

    def send(_: int) -> str:
        other = Visitor(app)
        other.client.set_cookie("engage", cookie.value)
        return other.send(form, time="10am").address

    with ThreadPoolExecutor(4) as pool:
        addresses = set(pool.map(send, range(4)))
    assert how_many(committed) == 1 and len(addresses) == 1


def test_the_same_form_with_other_details_is_not_a_repeat(
    committed: Database, house: House, katrina: Person, sit_down: SitDown
) -> None:
    """A submitted form sent again with another time is refused with a warning.

    Submitted again, it books.
    """
    visitor = sit_down(house.pat)
    form = visitor.open(f"/people/{katrina.id}/book").form("/book", "once")
    visitor.send(form, time="10am")
    refused = visitor.send(form, time="3pm")
    assert refused.status == 422 and "was already sent with other details" in refused.words
    again = visitor.send(refused.form("/book", "once"))
    assert "Booked" in again.words and how_many(committed) == 2


@pytest.mark.parametrize(
    ("filled", "words"),
    [
        ({"time": ""}, "Enter a time, such as 10am or 2:30pm"),
        ({"time": "half ten"}, "Enter a time, such as 10am or 2:30pm"),
        ({"time": "3"}, "morning or the afternoon"),
        ({"date_day": "31", "date_month": "4"}, "Enter a real date"),
        ({"date_day": "", "date_year": ""}, "The date must include a day and a year"),
        ({"date_day": "19", "date_month": "3"}, "past"),
        ({"date_year": "2031"}, "2 years"),
        ({"date_day": "28", "date_month": "3", "time": "1:30am"}, "does not exist"),
        ({"minutes": "0"}, "1 to 1440"),
        ({"minutes": "-30"}, "1 to 1440"),
        ({"minutes": "soon"}, "Enter a whole number"),
        ({"worker": ""}, "Enter who they will see"),
        ({"worker": "P" * 41}, "at most 40"),
        ({"place": "x" * 121}, "at most 120"),
        ({"place_alias": "x" * 61}, "at most 60"),
        ({"agency": str(uuid.UUID(int=1))}, "Choose the agency"),
        ({"agency": "nonsense"}, "Choose the agency"),
        ({"type": "party"}, "Not a valid choice"),
        ({"once": "mine"}, "Reload the page"),
        ({"worker": "Pat\x00"}, "character that is not allowed"),
    ],
)
def test_an_invalid_booking_is_refused_and_no_input_is_lost(
    filled: dict[str, str],
    words: str,
    committed: Database,
    house: House,
    katrina: Person,
    sit_down: SitDown,
) -> None:
    """For each wrong value the summary gives the reason, input is kept and nothing is booked."""
    visitor = sit_down(house.pat)
    form = visitor.open(f"/people/{katrina.id}/book").form("/book", "once")
    page = visitor.send(form, **{"time": "10am", "place_alias": "the blue door", **filled})
    assert page.status == 422 and words in page.words and how_many(committed) == 0
    kept = page.form("/book", "once").fields
    assert filled.get("place_alias", "the blue door") == kept["place_alias"]
    assert kept["time"] == filled.get("time", "10am")
    assert kept["minutes"] == filled.get("minutes", "30")


def test_a_clash_is_reported_and_can_be_overruled(
    committed: Database, house: House, katrina: Person, booked: Appointment, sit_down: SitDown
) -> None:
    """A second appointment at the same time is refused first; ticking the box books it."""
    visitor = sit_down(house.pat)
    form = visitor.open(f"/people/{katrina.id}/book").form("/book", "once")
    refused = visitor.send(form, time="10:15", date_day="23", date_month="mar")
    assert refused.status == 422 and "even though they have another appointment" in refused.words
    assert "Booked" in visitor.send(refused.form("/book", "once"), clash="y").words
    assert how_many(committed) == 2


def test_a_person_is_found_by_name_or_crn(
    committed: Database, house: House, katrina: Person, sit_down: SitDown
) -> None:
    """One match opens the form, several are listed, and no match says so."""
    with committed.begin() as session:
        builders.person(session, house.pat, number=None, first_name="Kath", last_name="Oliver")
    visitor = sit_down(house.coordinator)
    assert visitor.open(f"/book?q={katrina.crn.lower()}").address.endswith("/book")
    assert visitor.open("/book?q=dodds+kat").address == f"/people/{katrina.id}/book"
    both = visitor.open("/book?q=kat").words
    assert "Dodds, Katrina" in both and "Oliver, Kath" in both
    assert "You have no one to book with" in visitor.open("/book?q=%25").words
    assert visitor.open("/book?person=nonsense").status == 200


def test_a_support_worker_books_for_their_own_agency_alone(
    committed: Database, house: House, katrina: Person, sit_down: SitDown
) -> None:
    """The form offers no other agency, and a forged one is refused."""
    visitor = sit_down(house.partner)
    page = visitor.open(f"/people/{katrina.id}/book")
    form = page.form("/book", "once")
    assert form.fields["agency"] == str(house.partner.agency_id) and "Probation" not in page.words
    assert visitor.send(form, time="10am", agency=str(house.pat.agency_id)).status == 422
    assert "Booked" in visitor.send(form, time="10am").words


@pytest.mark.parametrize(
    ("who", "status"), [("other", 404), ("auditor", 403), ("administrator", 404)]
)
def test_staff_who_may_not_book_are_refused(
    who: str, status: int, committed: Database, house: House, katrina: Person, sit_down: SitDown
) -> None:
    """Both the form and a forged post are refused."""
    visitor = sit_down(getattr(house, who))
    assert visitor.open(f"/people/{katrina.id}/book").status == status
    sent = visitor.post(
        f"/people/{katrina.id}/book", {"csrf_token": visitor.token(), "time": "10am"}
    )
    assert sent.status == status and how_many(committed) == 0


def test_an_appointment_is_moved(
    committed: Database, house: House, booked: Appointment, sit_down: SitDown
) -> None:
    """The form shows the current time. The new time is saved, and the reminders follow it."""
    visitor = sit_down(house.pat)
    form = visitor.open(f"/appointments/{booked.id}/move").form("/move")
    assert (form.fields["date-day"], form.fields["time"]) == ("23", "10:00")
    page = visitor.send(form, time="14:45")
    assert "The appointment is moved" in page.words and "Tue 23 March, 2:45pm" in page.words
    with committed.begin() as session:
        assert session.get_one(Appointment, booked.id).revision == 2


def test_an_appointment_is_cancelled_with_a_reason(
    committed: Database, house: House, booked: Appointment, sit_down: SitDown
) -> None:
    """Without a reason it stays booked.

    With one it is cancelled, the reason is shown, and it cannot be cancelled again.
    """
    visitor = sit_down(house.pat)
    form = visitor.open(f"/appointments/{booked.id}/cancel").form("/cancel")
    assert visitor.send(form).status == 422
    page = visitor.send(form, reason="The worker is ill")
    assert "Cancelled because The worker is ill" in page.words
    assert visitor.send(form, reason="Again").status == 422
    with committed.begin() as session:
        assert session.get_one(Appointment, booked.id).state is AppointmentState.CANCELLED
        assert not session.scalars(
            select(Reminder).where(
                Reminder.state == ReminderState.PLANNED, Reminder.kind != "called_off"
            )
        ).all()


def test_an_outcome_is_recorded_and_corrected(
    committed: Database, house: House, katrina: Person, sit_down: SitDown, now: datetime
) -> None:
    """The first record stays visible after a second replaces it."""
    with committed.begin() as session:
        past = builders.appointment(session, katrina, now - timedelta(hours=3))
    visitor = sit_down(house.pat)
    form = visitor.open(f"/appointments/{past.id}/outcome").form("/outcome")
    assert "Choose what happened" in visitor.send(form).words
    page = visitor.send(form, code="AFTA", note="Rang, no answer")
    assert "Failed to attend (evidence awaited)" in page.words and "Rang, no answer" in page.words
    page = visitor.send(
        visitor.open(f"/appointments/{past.id}/outcome").form("/outcome"), code="AAME"
    )
    assert (
        "Acceptable absence: medical" in page.words
        and "Earlier outcomes Failed to attend" in page.words
    )
    with committed.begin() as session:
        codes = session.scalars(select(Outcome.code).order_by(Outcome.recorded_at)).all()
        assert set(codes) == {OutcomeCode.FAILED_TO_ATTEND, OutcomeCode.ABSENT_MEDICAL}


def test_attendance_cannot_be_recorded_before_it_began(
    house: House, booked: Appointment, sit_down: SitDown
) -> None:
    """Before the start only an absence known beforehand is offered."""
    visitor = sit_down(house.pat)
    assert "Record a known absence" in visitor.open(f"/appointments/{booked.id}").words
    form = visitor.open(f"/appointments/{booked.id}/outcome").form("/outcome")
    assert visitor.send(form, code="ATTC").status == 422


def test_a_support_worker_cannot_find_another_agencys_appointment(
    house: House, booked: Appointment, sit_down: SitDown
) -> None:
    """A partner sees and changes its own bookings only."""
    visitor = sit_down(house.partner)
    token = visitor.token()
    assert visitor.open(f"/appointments/{booked.id}").status == 404
    for what in ("move", "cancel", "outcome"):
        assert visitor.open(f"/appointments/{booked.id}/{what}").status == 404
        assert (
            visitor.post(f"/appointments/{booked.id}/{what}", {"csrf_token": token}).status == 404
        )


def test_an_auditor_reads_an_appointment_and_changes_nothing(
    house: House, booked: Appointment, sit_down: SitDown
) -> None:
    """No button is offered, and a forged post is refused."""
    visitor = sit_down(house.auditor)
    page = visitor.open(f"/appointments/{booked.id}")
    assert page.status == 200 and "Move" not in page.words and "Cancel the" not in page.words
    token = visitor.token()
    sent = visitor.post(f"/appointments/{booked.id}/cancel", {"csrf_token": token, "reason": "hm"})
    assert sent.status == 403


def test_a_coordinator_sees_their_own_hub_only(
    committed: Database, house: House, booked: Appointment, sit_down: SitDown
) -> None:
    """A coordinator of another hub finds nothing of this one."""
    with committed.begin() as session:
        far = builders.hub(session, "Teesside")
        stranger = builders.staff(session, far, Role.COORDINATOR, name="Sam Far")
        stranger.password_hash = house.pat.password_hash
    assert sit_down(stranger).open(f"/appointments/{booked.id}").status == 404


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("10am", time(10)),
        ("10 AM", time(10)),
        ("9.30am", time(9, 30)),
        ("9:30", time(9, 30)),
        ("14:00", time(14)),
        ("1400", time(14)),
        ("2pm", time(14)),
        ("2:05 p.m.", time(14, 5)),
        ("12am", time(0)),
        ("12pm", time(12)),
        ("midday", time(12)),
        ("0930", time(9, 30)),
        ("23:59", time(23, 59)),
    ],
)
def test_times_are_read_as_people_type_them(typed: str, meant: time) -> None:
    """Dots, colons, am and pm, with and without spaces."""
    assert parse_time(typed) == meant


@pytest.mark.parametrize(
    "typed", ["", "25:00", "13pm", "0am", "9:60", "10-30", "٣pm", "1:2:3", "noonish"]
)
def test_an_invalid_time_is_refused(typed: str) -> None:
    """The form does not guess what was meant."""
    with pytest.raises(ValueError, match="Enter a time"):
        parse_time(typed)


@given(st.text(max_size=12), st.text(max_size=12), st.text(max_size=12))
def test_a_date_is_read_or_refused_and_nothing_else(day: str, month: str, year: str) -> None:
    """Any input in the three boxes gives a date or an error message."""
    found = None
    with suppress(ValueError):
        found = parse_date(day, month, year)
    assert found is None or found.year == int(year)
