"""Record access on the pages: agreements, emergencies, limits by name, access history, merging."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from engage.access.model import SharingAgreement
from engage.access.sharing import RecordPart, open_part
from engage.agencies.model import AgencyKind, Role, Staff
from engage.core.db import Database
from engage.people.model import Involvement, Person
from tests import builders
from tests.api.conftest import StoppedClock
from tests.api.pages.conftest import House
from tests.api.pages.visitor import Visitor

SitDown = Callable[[Staff], Visitor]
AGREED = {
    "purpose": "to place people in housing",
    "lawful_basis": "public task",
    "starts_on-day": "20",
    "starts_on-month": "3",
    "starts_on-year": "2027",
    "ends_on-day": "19",
    "ends_on-month": "3",
    "ends_on-year": "2028",
}


@pytest.fixture
def katrina(committed: Database, house: House) -> Person:
    """One person of Pat's, with whom the partner's agency works."""
    with committed.begin() as session:
        made = builders.person(session, house.pat, crn="X320741")
        session.add(
            Involvement(person_id=made.id, agency_id=house.partner.agency_id, since=builders.NOW)
        )
        return made


def test_an_agreement_is_recorded_shown_and_ended(
    committed: Database, house: House, sit_down: SitDown
) -> None:
    """The page shows what it opens, for what purpose, and who recorded it."""
    visitor = sit_down(house.coordinator)
    form = visitor.open("/agreements").form(field="purpose")
    page = visitor.send(form, agency=str(house.partner.agency_id), fields="plan", **AGREED)
    assert (
        "In force Tyne Recovery 20 March 2027 to 19 March 2028 Sees: Plan: needs and actions"
        in page.words
    )
    assert (
        "For: to place people in housing Lawful basis: public task Recorded by Chidi Okafor"
        in page.words
    )
    with committed.begin() as session:
        made = session.scalars(select(SharingAgreement)).one()
    page = visitor.post(f"/agreements/{made.id}/end", {"csrf_token": visitor.token()})
    assert "The agreement has ended." in visitor.open("/agreements").words + page.words
    again = visitor.post(f"/agreements/{made.id}/end", {"csrf_token": visitor.token()})
    assert "already ended" in visitor.open("/agreements").words + again.words


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"purpose": ""}, "Say what the agency needs it for"),
        ({"ends_on-year": "2026"}, "The last day must not be before the first day."),
        ({"ends_on-year": "2031"}, "at most 3 years"),
        ({"agency": "nobody"}, "Choose an agency of this hub’s area."),
        ({"fields": "everything"}, "There is a problem"),
        ({"ends_on-month": "13"}, "Enter a real date"),
    ],
)
def test_an_invalid_agreement_is_refused(
    house: House, sit_down: SitDown, given: dict[str, str], words: str
) -> None:
    """The error stands beside the field, and nothing is recorded."""
    visitor = sit_down(house.coordinator)
    form = visitor.open("/agreements").form(field="purpose")
    whole = {"agency": str(house.partner.agency_id), "fields": "plan", **AGREED, **given}
    page = visitor.send(form, **whole)
    assert page.status == 422 and words in page.words
    assert "None. Every agency sees only its own part." in page.words


def test_a_view_under_an_agreement_is_shown_as_a_disclosure(
    committed: Database, house: House, katrina: Person, sit_down: SitDown, clock: StoppedClock
) -> None:
    """Recipient, part, reason and basis are shown. Below them stands who viewed the record."""
    with committed.begin() as session:
        session.add(
            SharingAgreement(
                hub_id=house.hub.id,
                agency_id=house.partner.agency_id,
                purpose="to treat them",
                lawful_basis="consent",
                fields=["plan"],
                starts_on=clock.at.date(),
                ends_on=clock.at.date(),
                recorded_by="system",
                recorded_at=clock.at,
            )
        )
    with committed.begin() as session:
        partner = builders.actor(session.get_one(Staff, house.partner.id))
        open_part(session, partner, katrina.id, RecordPart.PLAN, now=clock.at, what="plan")
    words = sit_down(house.auditor).open(f"/people/{katrina.id}/record-access").words
    assert (
        "Recipient: Tyne Recovery by Jo Lamb What: Plan: needs and actions Why: to treat them "
        "consent" in words
    )
    assert "Who: Jo Lamb What: Plan" in words and "Viewed who has seen the record" in words


def test_an_agreement_can_open_the_appointments_of_every_agency(
    committed: Database, house: House, katrina: Person, sit_down: SitDown, clock: StoppedClock
) -> None:
    """It shows the time, the agency and the outcome, not the place or the worker.

    Without an agreement the appointments are not available.
    """
    address = f"/people/{katrina.id}/shared-appointments"
    with committed.begin() as session:
        person = session.get_one(Person, katrina.id)
        builders.appointment(session, person, clock.at + timedelta(days=1), enforceable=True)
        for days in range(31):
            builders.appointment(
                session, person, clock.at - timedelta(days=days + 1), agency_name="Tyne Recovery"
            )
    jo = sit_down(house.partner)
    assert jo.open(address).status == 403
    assert "Shared appointments" not in jo.open(f"/people/{katrina.id}").words
    with committed.begin() as session:
        session.add(
            SharingAgreement(
                hub_id=house.hub.id,
                agency_id=house.partner.agency_id,
                purpose="to fit in with others",
                lawful_basis="public task",
                fields=["appointments"],
                starts_on=clock.at.date(),
                ends_on=clock.at.date(),
                recorded_by="system",
                recorded_at=clock.at,
            )
        )
    assert "Shared appointments" in jo.open(f"/people/{katrina.id}").words
    page = jo.open(address)
    assert (
        "Sun 21 March, 9am 2027 With: Probation Office" in page.words
        and "enforceable" in page.words
    )
    assert "Bridge St" not in page.words and "Pat" not in page.words
    place = page.html.split("before=")[1].split('"')[0]
    earlier = jo.open(f"{address}?before={place}").words
    assert "Earlier" in earlier and "Probation" not in earlier
    assert jo.open(f"{address}?before=x").status == 404
    seen = sit_down(house.pat).open(f"/people/{katrina.id}/record-access").words
    assert "Recipient: Tyne Recovery by Jo Lamb" in seen


def test_who_may_see_the_access_history(house: House, katrina: Person, sit_down: SitDown) -> None:
    """Staff who read the whole case may; an agency and other offender managers may not."""
    address = f"/people/{katrina.id}/record-access"
    for who, status in (
        (house.pat, 200),
        (house.coordinator, 200),
        (house.auditor, 200),
        (house.partner, 403),
        (house.other, 404),
        (house.administrator, 404),
    ):
        assert sit_down(who).open(address).status == status, who.name
    assert sit_down(house.pat).open(f"{address}?before=x").status == 404
    assert "Change who may see this record" not in sit_down(house.pat).open(address).words
    refused = sit_down(house.pat)
    token = refused.token()
    for what in ("restricted", "staff", f"staff/{house.other.id}/remove"):
        assert refused.post(f"{address}/{what}", {"csrf_token": token}).status == 403


def test_a_record_is_opened_in_an_emergency_and_closes_again(
    house: House, katrina: Person, sit_down: SitDown, clock: StoppedClock
) -> None:
    """Its offender manager sees who opened it and why; the other worker may only read it."""
    dai = sit_down(house.other)
    assert dai.open(f"/people/{katrina.id}").status == 404
    form = dai.open("/emergency").form(field="crn")
    page = dai.send(form, crn="x320741", reason="Found hurt in the street, needs help")
    assert "Its offender manager has been told." in page.words and "Katrina Dodds" in page.words
    assert "Book an appointment" not in page.words
    assert dai.open(f"/people/{katrina.id}/details").status == 403
    again = dai.send(form, crn="X320741", reason="Found hurt in the street, needs help")
    assert again.status == 422 and "open to you already" in again.words
    pat = sit_down(house.pat)
    assert "Dai Rees opened this record in an emergency" in pat.open("/today").words
    seen = pat.open(f"/people/{katrina.id}/record-access").words
    assert "Still open Reason: Found hurt in the street, needs help" in seen
    clock.at += timedelta(hours=4)
    dai = sit_down(house.other)
    assert dai.open(f"/people/{katrina.id}").status == 404


@pytest.mark.parametrize(
    ("crn", "reason", "status", "words"),
    [
        (
            "X999999",
            "Found hurt in the street, needs help",
            404,
            "cannot open a record with this CRN",
        ),
        ("X320741", "urgent", 422, "20 to 500 characters"),
        ("", "", 422, "Enter the CRN"),
    ],
)
def test_an_invalid_emergency_request_does_not_open_a_record(
    house: House, katrina: Person, sit_down: SitDown, crn: str, reason: str, status: int, words: str
) -> None:
    """The error says what to do."""
    visitor = sit_down(house.other)
    page = visitor.send(visitor.open("/emergency").form(field="crn"), crn=crn, reason=reason)
    assert page.status == status and words in page.words
    assert sit_down(house.auditor).open("/emergency").status == 403


def test_a_record_is_restricted_and_staff_are_admitted_or_excluded(
    committed: Database, house: House, katrina: Person, sit_down: SitDown
) -> None:
    """The worker who restricts it is admitted; another coordinator only once named.

    Excluded staff see nothing.
    """
    with committed.begin() as session:
        hub = session.merge(house.hub)
        ann = builders.staff(
            session, hub, Role.SUPERVISOR, name="Ann Bold", email="ann@probation.example"
        )
        ann.password_hash = house.pat.password_hash
    chidi, other = sit_down(house.coordinator), sit_down(ann)
    address = f"/people/{katrina.id}/record-access"
    chidi.send(chidi.open(address).form(action="/restricted"), restricted="y")
    words = chidi.open(address).words
    assert (
        "Restricted. Only the offender manager, Pat Hale," in words
        and "Chidi Okafor Admitted" in words
    )
    assert other.open(address).status == 404
    form = chidi.open(address).form(field="staff")
    assert chidi.send(form, staff=str(ann.id), excluded="in").status == 200
    assert other.open(address).status == 200
    assert "Ann Bold Excluded" in chidi.send(form, staff=str(ann.id), excluded="out").words
    assert other.open(address).status == 404
    for who, refusal in (
        (house.pat, "the offender manager"),
        (house.coordinator, "shut yourself out"),
    ):
        page = chidi.send(form, staff=str(who.id), excluded="out")
        assert page.status == 422 and refusal in page.words
    assert chidi.send(form, staff="nobody", excluded="out").status == 422
    chidi.post(f"{address}/staff/{ann.id}/remove", {"csrf_token": chidi.token()})
    assert "Ann Bold Excluded" not in chidi.open(address).words


def test_two_records_are_compared_merged_and_separated(
    committed: Database, house: House, katrina: Person, sit_down: SitDown
) -> None:
    """The page shows them side by side. The merge leaves one; undoing it restores both."""
    with committed.begin() as session:
        twin = builders.person(session, house.pat, crn="X320742", last_name="Dodd", number=None)
    chidi = sit_down(house.coordinator)
    address = f"/people/{katrina.id}/merge"
    page = chidi.open(f"{address}?crn=x320742")
    assert "Kept: Katrina Dodds Removed: Katrina Dodd Differs" in page.words
    page = chidi.send(page.form(field="reason"), reason="Same date of birth and prison number")
    assert "X320742 , Katrina Dodd, merged on 20 March 2027: Same date of birth" in page.words
    assert chidi.open(f"/people/{twin.id}").status == 404
    chidi.send(page.form(action="/undo"))
    assert chidi.open(f"/people/{twin.id}").status == 200
    for crn, words in (("X320741", "the record itself"), ("X999999", "no record with this CRN")):
        page = chidi.open(f"{address}?crn={crn}")
        assert words in page.words
    assert sit_down(house.pat).open(address).status == 403


def test_an_agency_of_another_area_is_not_offered(
    committed: Database, house: House, sit_down: SitDown
) -> None:
    """The list holds the agencies of the hub's area."""
    with committed.begin() as session:
        elsewhere = builders.hub(session, "Gwent")
        builders.agency(session, elsewhere, "Far Charity", AgencyKind.CHARITY)
    assert "Far Charity" not in sit_down(house.coordinator).open("/agreements").words
