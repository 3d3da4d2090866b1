"""Lists over several caseloads and hubs: whose each person is, what may be read of them, and who is
not expected any more.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from engage.agencies.model import Membership, Role, Staff
from engage.appointments.model import AppointmentState
from engage.core.db import Database
from engage.people.model import ContactStatus, CustodyStatus, Person
from engage.people.service import ensure_involved
from engage.progress.check_ins.model import CheckIn, CheckInState
from engage.signals import Evidence, SignalKind
from tests import builders
from tests.api.pages.conftest import House
from tests.api.pages.signals.made import heard, signal
from tests.api.pages.visitor import Visitor
from tests.engage.conversation.phones import asked, says

SitDown = Callable[[Staff], Visitor]
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def test_words_are_shown_of_those_whose_texts_one_may_read(
    committed: Database, house: House, now: datetime, sit_down: SitDown
) -> None:
    """Offender manager here and support worker there: their own person's words stand on Today, the
    other's answer without its words.
    """
    with committed.begin() as session:
        there = builders.hub(session, "Teesside")
        session.add(Membership(staff_id=house.pat.id, hub_id=there.id, role=Role.SUPPORT_WORKER))
        own = builders.person(session, house.pat, number="+447700900301")
        far = builders.person(
            session, builders.staff(session, there), number="+447700900302", first_name="Jay"
        )
        for person, number, words in (
            (own, "+447700900301", "Yes"),
            (far, "+447700900302", "I'll be there"),
        ):
            ensure_involved(session, person.id, house.pat.agency_id, now=now)
            made = builders.appointment(session, person, now + HOUR)
            made.agency_id = house.pat.agency_id
            asked(session, made, now - HOUR, to=number)
            says(session, words, now, number=number)
        session.flush()
    page = sit_down(house.pat).open("/today")
    assert "Katrina Dodds" in page.words and "Jay Dodds" in page.words
    assert page.words.count("Will come") == 2
    assert "“Yes”" in page.words and "I'll be there" not in page.words


def test_only_what_may_be_recorded_is_offered(
    committed: Database, house: House, now: datetime, sit_down: SitDown
) -> None:
    """Offender manager here and auditor there: one can be recorded, the other is only looked at."""
    with committed.begin() as session:
        there = builders.hub(session, "Teesside")
        session.add(Membership(staff_id=house.pat.id, hub_id=there.id, role=Role.AUDITOR))
        own = builders.person(session, house.pat)
        far = builders.person(session, builders.staff(session, there), number=None)
        ids = [builders.appointment(session, one, now - HOUR).id for one in (own, far)]
    page = sit_down(house.pat).open("/today")
    assert f"/appointments/{ids[0]}/outcome" in page.html
    assert (
        f"/appointments/{ids[1]}" in page.html
        and f"/appointments/{ids[1]}/outcome" not in page.html
    )


@pytest.fixture
def katrina(committed: Database, house: House, now: datetime) -> Person:
    """Pat's person, with something on every list of Today."""
    with committed.begin() as session:
        person = builders.person(session, house.pat, custody_status=CustodyStatus.REMAND)
        for days in (1, 2, 9):
            builders.appointment(session, person, now + days * DAY)
        builders.appointment(session, person, now + DAY, state=AppointmentState.CANCELLED)
        builders.appointment(session, person, now - DAY)
        session.add(
            CheckIn(
                person_id=person.id,
                due_on=now.date() - 2 * DAY,
                due_at=now - 2 * DAY,
                closes_at=now - DAY,
                state=CheckInState.UNANSWERED,
            )
        )
    signal(committed, person, SignalKind.CALL_REQUESTED, now)
    heard(committed, person, "my nan has the dog", now, needs_human=True)
    return person


def test_a_coordinator_sees_whose_each_person_is(
    house: House, katrina: Person, sit_down: SitDown
) -> None:
    """On signals, replies, appointments, check-ins and who is not expected; whose own they are is
    not told so on each line.
    """
    page = sit_down(house.coordinator).open("/today").words
    assert page.count("(Pat Hale)") == 5
    assert "(Pat Hale)" not in sit_down(house.pat).open("/today").words


def test_who_is_not_expected_and_still_booked_stands_on_today(
    house: House, katrina: Person, sit_down: SitDown
) -> None:
    """Remanded with three appointments to come: on Today and on her page, with the way to them; an
    administrator's Today knows nobody.
    """
    page = sit_down(house.pat).open("/today")
    assert "Remanded in custody. 3 appointments still booked" in page.words
    assert f"/people/{katrina.id}#appointments" in page.html
    hers = sit_down(house.pat).open(f"/people/{katrina.id}")
    assert "Remanded in custody: 3 appointments are still booked . Move or cancel" in hers.words
    for other in (house.other, house.partner, house.administrator):
        assert "still booked" not in sit_down(other).open("/today").words


def test_a_closed_case_is_not_told_to_those_who_read_no_texts(
    committed: Database, house: House, now: datetime, sit_down: SitDown
) -> None:
    """One appointment stands: the offender manager reads why nobody is expected; a partner sees the
    appointment and no more.
    """
    with committed.begin() as session:
        person = builders.person(session, house.pat, contact_status=ContactStatus.CLOSED)
        made = builders.appointment(session, person, now + DAY)
        made.agency_id = house.partner.agency_id
        ensure_involved(session, person.id, house.partner.agency_id, now=now)
    assert "Case closed. 1 appointment still booked" in sit_down(house.pat).open("/today").words
    assert "still booked" not in sit_down(house.partner).open(f"/people/{person.id}").words


def test_nobody_is_not_expected_while_in_the_community(
    committed: Database, house: House, now: datetime, sit_down: SitDown
) -> None:
    """Neither is somebody in custody of whom nothing is booked."""
    with committed.begin() as session:
        builders.appointment(session, builders.person(session, house.pat), now + DAY)
        builders.person(session, house.pat, number=None, custody_status=CustodyStatus.CUSTODY)
    assert "still booked" not in sit_down(house.pat).open("/today").words


def test_a_shared_number_names_the_other_to_whoever_may_see_both(
    committed: Database, house: House, now: datetime, sit_down: SitDown
) -> None:
    """The coordinator reads who it is; each offender manager that it is somebody."""
    with committed.begin() as session:
        hers = builders.person(session, house.pat)
        his = builders.person(session, house.other, first_name="Jay", last_name="Swan")
    signal(committed, hers, SignalKind.NUMBER_SHARED, now)
    assert "Also on Jay Swan" in sit_down(house.coordinator).open("/today").words
    words = sit_down(house.pat).open("/today").words
    assert "Also on a person you cannot see." in words and "Swan" not in words
    assert str(his.id) not in sit_down(house.pat).open(f"/people/{hers.id}").html


def test_what_stands_behind_a_signal_is_said_in_words(
    committed: Database, house: House, now: datetime, sit_down: SitDown
) -> None:
    """News that a worker wrote down leads to it; an outcome and a correction are named as people
    name them.
    """
    with committed.begin() as session:
        person = builders.person(session, house.pat)
    links = [Evidence(one, str(person.id)) for one in ("self_report", "outcome", "correction")]
    signal(committed, person, SignalKind.WORK_LOSS, now, *links)
    page = sit_down(house.pat).open("/today")
    assert f"/people/{person.id}#told" in page.html
    assert "the outcome recorded, a worker’s correction" in page.words
    assert "self_report" not in page.words
