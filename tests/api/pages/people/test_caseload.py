"""The caseload, and lists over several caseloads and hubs: access, and people not expected."""

import uuid
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


def test_words_are_shown_only_with_access_to_texts(
    committed: Database, house: House, now: datetime, sit_down: SitDown
) -> None:
    """Offender manager here and support worker there.

    Today shows their own person's words, and the other's answer without words.
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
    """Offender manager here and auditor there: one outcome can be recorded, the other only read."""
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
    """Pat's person, with an entry on every list of Today."""
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


def test_a_coordinator_sees_each_persons_offender_manager(
    house: House, katrina: Person, sit_down: SitDown
) -> None:
    """On signals, replies, appointments, check-ins and people not expected.

    The offender manager's own lists do not repeat it.
    """
    page = sit_down(house.coordinator).open("/today").words
    assert page.count("(Pat Hale)") == 5
    assert "(Pat Hale)" not in sit_down(house.pat).open("/today").words


def test_people_not_expected_but_still_booked_are_on_today(
    house: House, katrina: Person, sit_down: SitDown
) -> None:
    """Remanded with three appointments to come: on Today and on her page, with a link to them.

    An administrator's Today names no person.
    """
    page = sit_down(house.pat).open("/today")
    assert "Remanded in custody. 3 appointments still booked" in page.words
    assert f"/people/{katrina.id}#appointments" in page.html
    hers = sit_down(house.pat).open(f"/people/{katrina.id}")
    assert "Remanded in custody: 3 appointments are still booked . Move or cancel" in hers.words
    for other in (house.other, house.partner, house.administrator):
        assert "still booked" not in sit_down(other).open("/today").words


def test_a_closed_case_is_hidden_without_access_to_texts(
    committed: Database, house: House, now: datetime, sit_down: SitDown
) -> None:
    """One appointment stands.

    The offender manager reads why the person is not expected; a partner sees the appointment only.
    """
    with committed.begin() as session:
        person = builders.person(session, house.pat, contact_status=ContactStatus.CLOSED)
        made = builders.appointment(session, person, now + DAY)
        made.agency_id = house.partner.agency_id
        ensure_involved(session, person.id, house.partner.agency_id, now=now)
    assert "Case closed. 1 appointment still booked" in sit_down(house.pat).open("/today").words
    assert "still booked" not in sit_down(house.partner).open(f"/people/{person.id}").words


def test_people_in_the_community_or_without_bookings_are_not_listed(
    committed: Database, house: House, now: datetime, sit_down: SitDown
) -> None:
    """A person in custody with nothing booked is not listed either."""
    with committed.begin() as session:
        builders.appointment(session, builders.person(session, house.pat), now + DAY)
        builders.person(session, house.pat, number=None, custody_status=CustodyStatus.CUSTODY)
    assert "still booked" not in sit_down(house.pat).open("/today").words


def test_a_shared_number_names_the_other_person_with_access_to_both(
    committed: Database, house: House, now: datetime, sit_down: SitDown
) -> None:
    """The coordinator sees the name; each offender manager sees only that it is another person."""
    with committed.begin() as session:
        hers = builders.person(session, house.pat)
        his = builders.person(session, house.other, first_name="Jay", last_name="Swan")
    signal(committed, hers, SignalKind.NUMBER_SHARED, now)
    assert "Also on Jay Swan" in sit_down(house.coordinator).open("/today").words
    words = sit_down(house.pat).open("/today").words
    assert "Also on a person you cannot see." in words and "Swan" not in words
    assert str(his.id) not in sit_down(house.pat).open(f"/people/{hers.id}").html


def test_a_signals_evidence_is_described_in_words(
    committed: Database, house: House, now: datetime, sit_down: SitDown
) -> None:
    """News links to the person's reports. Outcomes and corrections have plain names."""
    with committed.begin() as session:
        person = builders.person(session, house.pat)
    links = [Evidence(one, str(person.id)) for one in ("self_report", "outcome", "correction")]
    signal(committed, person, SignalKind.WORK_LOSS, now, *links)
    page = sit_down(house.pat).open("/today")
    assert f"/people/{person.id}#told" in page.html
    assert "the outcome recorded, a worker’s correction" in page.words
    assert "self_report" not in page.words


def test_the_caseload_is_searched_and_shows_who_cannot_be_texted(
    committed: Database, house: House, katrina: Person, sit_down: SitDown
) -> None:
    """Search words may come in any order. Each row says whether texts are sent, and why not."""
    with committed.begin() as session:
        builders.person(session, house.pat, number=None, first_name="Ann", last_name="O'Neil")
    visitor = sit_down(house.pat)
    everybody = visitor.open("/caseload").words
    assert "Dodds, Katrina" in everybody and "No mobile number" in everybody
    assert "O'Neil, Ann" not in visitor.open("/caseload?q=kat+dod").words
    assert "O'Neil, Ann" in visitor.open("/caseload?q=o'n").words
    assert "No one on your caseload has “%_”" in visitor.open("/caseload?q=%25_").words
    assert visitor.open("/caseload?after=x").status == 404


def test_a_long_caseload_is_paged(committed: Database, house: House, sit_down: SitDown) -> None:
    """110 people, many with the same name: each on exactly one page."""
    with committed.begin() as session:
        for number in range(110):
            builders.person(session, house.pat, number=None, last_name=f"Smith {number // 30}")
    visitor, address, seen = sit_down(house.pat), "/caseload", []
    while address:
        html = visitor.open(address).html
        seen += [
            part.split('"')[0] for part in html.split('<a class="govuk-link" href="/people/')[1:]
        ]
        following = html.split('href="/caseload?after=')
        address = "/caseload?after=" + following[1].split('"')[0] if len(following) > 1 else ""
    assert len(seen) == len(set(seen)) == 110


def test_a_caseload_address_holds_no_name(
    committed: Database, house: House, sit_down: SitDown
) -> None:
    """Proxies log addresses.

    The next page is requested by an id, which must be on the reader's own list.
    """
    with committed.begin() as session:
        for _ in range(51):
            builders.person(
                session, house.pat, number=None, last_name="Unusual", first_name="Quentin"
            )
        hidden = builders.person(session, house.other, number=None)
    visitor = sit_down(house.pat)
    address = visitor.open("/caseload").html.split('href="/caseload?after=')[1].split('"')[0]
    assert str(uuid.UUID(address)) == address
    assert visitor.open(f"/caseload?after={hidden.id}").status == 404


def test_a_search_with_a_nul_character_finds_no_person(house: House, sit_down: SitDown) -> None:
    """It causes no server error."""
    visitor = sit_down(house.pat)
    assert "No one on your caseload" in visitor.open("/caseload?q=a%00b").words
    assert visitor.open("/book?q=%00").status == 200
    assert visitor.open("/caseload?after=%00").status == 404
