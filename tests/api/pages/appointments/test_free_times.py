"""Free times: their page, leave for a person to rebook, and moves by text on Today."""

from collections.abc import Callable
from datetime import timedelta

from engage.agencies.model import Staff
from engage.appointments.free_times.model import FreeTime, SlotOffer
from engage.core.db import Database
from engage.people.model import Person
from tests import builders
from tests.api.pages.conftest import House
from tests.api.pages.visitor import Page, Visitor

SitDown = Callable[[Staff], Visitor]


def add(visitor: Visitor, **values: str) -> Page:
    """Fill in the form, for Monday ten o'clock by default."""
    form = visitor.open("/free-times").form("/free-times", "minutes")
    given = {
        "date_day": "22",
        "date_month": "3",
        "date_year": "2027",
        "time": "10am",
        "place_alias": "the hall",
    }
    return visitor.send(form, **{**given, **values})


def test_a_worker_adds_their_own_weekly_times_and_withdraws_one(
    house: House, sit_down: SitDown, committed: Database
) -> None:
    """Three weeks are three rows; each can be withdrawn; the page says what happened."""
    visitor = sit_down(house.partner)
    page = add(visitor, weeks="3")
    assert "3 free times added." in page.words and page.words.count("the hall") == 3
    page = visitor.send(page.form("/withdraw"))
    assert "The free time is withdrawn." in page.words
    with committed.begin() as session:
        rows = session.query(FreeTime).order_by(FreeTime.starts_at).all()
        assert [one.withdrawn_at is None for one in rows] == [False, True, True]
        assert {one.worker_id for one in rows} == {house.partner.id}


def test_only_coordinators_and_supervisors_manage_other_workers_times(
    house: House, sit_down: SitDown
) -> None:
    """A worker may choose only themselves.

    They see no other worker's times, and a forged form is refused.
    """
    other = f"{house.hub.id}_{house.pat.id}"
    assert "1 free time added." in add(sit_down(house.coordinator), worker=other).words
    partner = sit_down(house.partner)
    page = partner.open("/free-times")
    assert "Pat Hale" not in page.words and "None yet" in page.words
    page = add(partner, worker=other)
    assert page.status == 422 and "Choose a worker" in page.words


def test_an_auditor_and_an_administrator_have_no_free_times(
    house: House, sit_down: SitDown
) -> None:
    """They may see no person."""
    for one in (house.auditor, house.administrator):
        assert sit_down(one).open("/free-times").status == 403


def test_an_error_is_shown_beside_the_field(house: House, sit_down: SitDown) -> None:
    """Past times, too many weeks, half a date."""
    visitor = sit_down(house.pat)
    assert "The time is in the past" in add(visitor, date_day="19").words
    assert "from 1 to 8" in add(visitor, weeks="9").words
    assert "Enter a real date" in add(visitor, date_day="31", date_month="2").words


def test_another_workers_time_is_not_found(
    house: House, sit_down: SitDown, committed: Database
) -> None:
    """404 for a worker who may not see it."""
    add(sit_down(house.pat))
    with committed.begin() as session:
        made = session.query(FreeTime).one()
    visitor = sit_down(house.partner)
    page = visitor.post(f"/free-times/{made.id}/withdraw", {"csrf_token": visitor.token()})
    assert page.status == 404


def person_of(house: House, committed: Database) -> Person:
    """A person of Pat's."""
    with committed.begin() as session:
        return builders.person(session, house.pat)


def test_the_offender_manager_ticks_that_a_person_may_rebook(
    house: House, sit_down: SitDown, committed: Database
) -> None:
    """It is off at first; the person's page shows the day from which it is allowed."""
    person = person_of(house, committed)
    visitor = sit_down(house.pat)
    assert "Another time by text Not allowed" in visitor.open(f"/people/{person.id}").words
    form = visitor.open(f"/people/{person.id}/details").form("/details")
    assert "rebooking" not in form.fields
    visitor.send(form, rebooking="y")
    assert (
        "Another time by text Allowed since Sat 20 March"
        in visitor.open(f"/people/{person.id}").words
    )
    with committed.begin() as session:
        assert session.get_one(Person, person.id).rebooking_allowed_by == f"staff:{house.pat.id}"


def test_today_shows_appointments_moved_by_text(
    house: House, sit_down: SitDown, committed: Database
) -> None:
    """Staff who may see the person see both times, until staff move the appointment themselves."""
    person, now = person_of(house, committed), builders.NOW
    with committed.begin() as session:
        booked = builders.appointment(session, person, now + timedelta(days=4), revision=2)
        session.add(
            SlotOffer(
                person_id=person.id,
                appointment_id=booked.id,
                revision=1,
                number="+447700900101",
                options=[],
                offered_at=now - timedelta(hours=1),
                held_until=now,
                open_until=now,
                closed_at=now,
                from_starts_at=now + timedelta(days=2),
                moved_revision=2,
            )
        )
    words = sit_down(house.pat).open("/today").words
    assert "Moved by text" in words and "Wed 24 March, 9am with Pat was Mon 22 March, 9am" in words
    assert "Moved by text" not in sit_down(house.other).open("/today").words
    with committed.begin() as session:
        session.merge(booked).revision = 3
    assert "Moved by text" not in sit_down(house.pat).open("/today").words
