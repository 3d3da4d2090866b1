"""Meetings on the pages: from the call to the minutes, the decisions, and the case pack."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from engage.agencies.model import Hub, Staff
from engage.cohort import enrolments
from engage.cohort.model import Enrolment
from engage.core.db import Database
from engage.people.model import Person
from tests import builders
from tests.api.pages.conftest import House
from tests.api.pages.visitor import Visitor
from tests.engage.cohort.table import (
    TODAY,
    call,
    enrol,
    item_of,
    refer,
)

SitDown = Callable[[Staff], Visitor]


@pytest.fixture
def katrina(committed: Database, house: House) -> Person:
    """One person of Pat's, on the cohort, whose review is due."""
    with committed.begin() as session:
        found = builders.person(session, house.pat)
        enrol(session, found, due_on=TODAY)
        return found


def called(database: Database, house: House, days: int = 0) -> str:
    """The address of a meeting in so many days."""
    with database.begin() as session:
        keeper = builders.actor(session.get_one(Staff, house.coordinator.id))
        hub = session.get_one(Hub, house.hub.id)
        return f"/meetings/{call(session, keeper, hub, held_on=TODAY + timedelta(days=days)).id}"


def test_a_meeting_from_call_to_minutes(
    committed: Database, house: House, katrina: Person, sit_down: SitDown
) -> None:
    """Referral adopted, review retained, attendance, minutes.

    Once closed, it offers nothing more.
    """
    with committed.begin() as session:
        pat = builders.actor(session.get_one(Staff, house.pat.id))
        refer(session, pat, session.get_one(Hub, house.hub.id), crn="X555555")
    visitor = sit_down(house.coordinator)
    meeting = visitor.send(visitor.open("/meetings/new").form(field="chair"), chair="Chidi Okafor")
    assert (
        "Review due" in meeting.words
        and "Referred" in meeting.words
        and "Katrina Dodds" in meeting.words
    )
    for name, decision, given in (
        (
            "Ryan Tate",
            "adopt",
            {
                "cohort": "fixed",
                "strand": "catch_and_control",
                "rag": "red",
                "lead_agency": str(house.pat.agency_id),
                "offender_manager": str(house.pat.id),
            },
        ),
        ("Katrina Dodds", "retain", {"rag": "amber"}),
    ):
        address = next(
            href for href in _links(meeting.html, "/agenda/") if name in visitor.open(href).words
        )
        form = visitor.open(f"{address}/{decision}").form(field="reason")
        refused = visitor.send(form, reason="High predictor")
        assert refused.status == 422 and "Choose red, amber or green" in refused.words
        meeting = visitor.send(form, **given, reason="High predictor")
        assert "The decision is recorded" in meeting.words, meeting.words
        assert visitor.open(f"{address}/{decision}").status == 409
    assert "Adopted" in meeting.words and "Retained" in meeting.words
    with committed.begin() as session:
        ryan = session.query(Person).filter_by(crn="X555555").one()
        assert enrolments.open_enrolment(session, ryan.id) is not None
    minutes = visitor.open(f"{meeting.address}/minutes").form(field="minutes")
    token = minutes.fields["csrf_token"]
    close = {"csrf_token": token, "minutes": "X555555 adopted.", "close": "yes"}
    assert (
        "Record which agencies attended first"
        in visitor.post(f"{meeting.address}/minutes", close).words
    )
    came = visitor.open(f"{meeting.address}/attendance").form(field="chair")
    agency = str(house.pat.agency_id)
    assert "Present: Pat" in visitor.send(came, came=agency, **{f"names-{agency}": "Pat"}).words
    closed = visitor.post(f"{meeting.address}/minutes", close)
    assert "The meeting is closed" in closed.words and "X555555 adopted." in closed.words
    assert visitor.open(f"{meeting.address}/attendance").status == 403
    assert "2 of 2" in visitor.open("/meetings").words


def _links(html: str, start: str) -> list[str]:
    return [part.split('"')[0] for part in html.split('href="')[1:] if part.startswith(start)]


def test_who_sees_which_people_of_a_meeting(
    committed: Database, house: House, katrina: Person, sit_down: SitDown
) -> None:
    """An offender manager sees their own people, and how many others there are.

    An auditor sees all; a support worker has no access.
    """
    address = called(committed, house)
    assert "Katrina Dodds" in sit_down(house.pat).open(address).words
    other = sit_down(house.other).open(address).words
    assert "Katrina" not in other and "1 more on the agenda that you cannot see" in other
    auditor = sit_down(house.auditor)
    page = auditor.open(address)
    assert "Katrina Dodds" in page.words and "Decide" not in page.words
    assert auditor.post(f"{address}/agenda", {"csrf_token": auditor.token()}).status == 403
    for staff in (house.partner, house.administrator):
        visitor = sit_down(staff)
        assert visitor.open(address).status == 404 and visitor.open("/meetings").status == 403
        assert ">Meetings<" not in visitor.open("/today").html


def test_no_decision_before_the_day_or_by_other_staff(
    committed: Database, house: House, katrina: Person, sit_down: SitDown
) -> None:
    """The page says so, and a forged form is refused."""
    address = called(committed, house, days=3)
    with committed.begin() as session:
        from engage.cohort.meeting_model import Meeting

        item = item_of(session, session.query(Meeting).one(), katrina).id
    visitor = sit_down(house.coordinator)
    assert "Decisions are recorded on the day" in visitor.open(address).words
    forged = {"csrf_token": visitor.token(), "rag": "green", "reason": "x"}
    assert visitor.post(f"/agenda/{item}/retain", forged).status == 422
    pat = sit_down(house.pat)
    forged["csrf_token"] = pat.token()
    assert pat.post(f"/agenda/{item}/retain", forged).status == 403
    assert pat.open(f"/agenda/{item}").status == 403


def test_a_second_meeting_on_the_day_is_refused(
    committed: Database, house: House, sit_down: SitDown
) -> None:
    """So are other invalid days. An offender manager cannot call a meeting."""
    called(committed, house)
    visitor = sit_down(house.coordinator)
    form = visitor.open("/meetings/new").form(field="chair")
    assert "There is already a meeting on that day" in visitor.send(form).words
    far = visitor.send(form, date_year="2031")
    assert far.status == 422 and "in the next year" in far.words
    assert sit_down(house.pat).open("/meetings/new").status == 403


def test_the_case_pack_is_one_page_and_a_pdf(
    committed: Database, house: House, katrina: Person, sit_down: SitDown
) -> None:
    """It is for staff who read the case; each view is logged; a support worker has no access."""
    address = f"/people/{katrina.id}/case-pack"
    page = sit_down(house.coordinator).open(address)
    for words in (
        "Fixed: neighbourhood crime",
        "Catch and Control",
        "Amber",
        "The rules suggest",
        "Tests",
    ):
        assert words in page.words, words
    assert "Intelligence" not in page.words.split("Case pack", 2)[2]
    auditor = sit_down(house.auditor)
    assert "None recorded" not in auditor.open(address).words
    with auditor.client.get(f"{address}.pdf") as paper:
        assert paper.mimetype == "application/pdf" and paper.data.startswith(b"%PDF")
        assert f"case-pack-{katrina.crn}.pdf" in paper.headers["Content-Disposition"]
    for staff in (house.other, house.partner):
        for where in (address, f"{address}.pdf"):
            assert sit_down(staff).open(where).status == 404
    with committed.begin() as session:
        from engage.core.model import AccessRecord

        assert session.query(AccessRecord).filter_by(what="case pack").count() == 3


def test_asking_for_a_meeting(
    committed: Database, house: House, katrina: Person, sit_down: SitDown
) -> None:
    """The pack offers it to staff who manage the person, not to an auditor."""
    with committed.begin() as session:
        for one in session.query(Enrolment):
            session.delete(one)
    address = called(committed, house)
    visitor = sit_down(house.pat)
    page = visitor.send(visitor.open(f"/people/{katrina.id}/case-pack").form("/agenda"))
    assert "They are on the agenda." in page.words
    assert "Requested" in visitor.open(address).words
    auditor = sit_down(house.auditor)
    assert "Put on the agenda" not in auditor.open(f"/people/{katrina.id}/case-pack").words
    forged = {"csrf_token": auditor.token(), "meeting": address.rpartition("/")[2]}
    assert auditor.post(f"/people/{katrina.id}/agenda", forged).status == 403
