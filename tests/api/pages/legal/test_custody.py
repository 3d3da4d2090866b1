"""Custody, arrests and the intelligence flag on the legal page and its forms."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from engage.access.model import Disclosure, SharingAgreement
from engage.access.policy import SYSTEM
from engage.agencies.model import AgencyKind, Role, Staff
from engage.core.db import Database
from engage.core.model import AccessRecord
from engage.legal import intelligence
from engage.legal.model import CustodySpell, IntelligenceFlag, Offence
from engage.people.model import CustodyStatus, Person
from engage.people.service import ensure_involved
from tests import builders
from tests.api.pages.conftest import House
from tests.api.pages.legal.test_legal import day
from tests.api.pages.visitor import Visitor
from tests.engage.legal import scenes
from tests.engage.legal.scenes import TODAY

SitDown = Callable[[Staff], Visitor]


@pytest.fixture
def katrina(committed: Database, house: House) -> Person:
    """One person of Pat's."""
    with committed.begin() as session:
        return builders.person(session, house.pat)


def test_custody_is_recorded_and_ended(
    committed: Database, house: House, katrina: Person, sit_down: SitDown
) -> None:
    """The release date may be added later.

    The plan shows its due day. After release the spell is closed.
    """
    visitor, address = sit_down(house.pat), f"/people/{katrina.id}"
    form = visitor.open(f"{address}/custody/new").form(field="once")
    given: dict[str, Any] = {"kind": "remand", "prison": "HMP Durham", **day("since", 1, 3, 2027)}
    refused = visitor.send(form, sentence="30", **given)
    assert refused.status == 422 and "on remand there is no sentence yet" in refused.words
    page = visitor.send(form, **given)
    assert "On remand since 1 March 2027, HMP Durham" in page.words, page.words
    assert "Release Not known" in page.words
    again = visitor.send(visitor.open(f"{address}/custody/new").form(field="once"), **given)
    assert again.status == 422 and "already recorded as in prison" in again.words
    with committed.begin() as session:
        spell = session.query(CustodySpell).one()
        assert session.get_one(Person, katrina.id).custody_status is CustodyStatus.REMAND
    form = visitor.open(f"/custody/{spell.id}/change").form(field="sentence")
    page = visitor.send(form, kind="custody", sentence="120", **day("release_on", 1, 4, 2027))
    assert (
        "Sentenced since 1 March 2027" in page.words
        and "1 April 2027, as expected now" in page.words
    )
    assert "Due 18 March 2027" in page.words and "engage-overdue" in page.html
    whole = visitor.open(address)
    assert "Leaves prison soon" in whole.words and f"{address}/legal#prison" in whole.html
    page = visitor.send(
        visitor.open(f"/custody/{spell.id}/plan").form(field="home"), home="A flat in Byker"
    )
    assert "Home A flat in Byker" in page.words and "Made by Pat Hale, 20 March 2027" in page.words
    page = visitor.send(
        visitor.open(f"/custody/{spell.id}/release").form(field="on-day"), **day("on", 20, 3, 2027)
    )
    assert (
        "Not in prison" in page.words
        and "Earlier" in page.words
        and "In the community" in page.words
    )
    refused = visitor.post(
        f"/custody/{spell.id}/release",
        {"csrf_token": visitor.token(), "on-day": "20", "on-month": "3", "on-year": "2027"},
    )
    assert refused.status == 422 and "They have left prison." in refused.words


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"home": ""}, "Say where they will live"),
        ({"home": "x" * 201}, "Use at most 200 characters"),
        ({"home": "A flat", "note": "n" * 501}, "Use at most 500 characters"),
    ],
)
def test_an_invalid_release_plan_is_refused(
    committed: Database,
    house: House,
    katrina: Person,
    sit_down: SitDown,
    given: dict[str, Any],
    words: str,
) -> None:
    """The error stands beside the field."""
    with committed.begin() as session:
        spell = scenes.in_prison(session, katrina)
    visitor = sit_down(house.pat)
    page = visitor.send(visitor.open(f"/custody/{spell.id}/plan").form(field="home"), **given)
    assert page.status == 422 and words in page.words


def test_a_supervisor_neither_sees_nor_loses_health_details(
    committed: Database, house: House, katrina: Person, sit_down: SitDown
) -> None:
    """The field is not on the form, and its stored value stays."""
    with committed.begin() as session:
        spell = scenes.in_prison(session, katrina)
        lead = builders.staff(
            session, house.hub, Role.SUPERVISOR, name="Sam Shaw", email="sam@x.example"
        )
        lead.password_hash = session.get_one(Staff, house.pat.id).password_hash
    pat, sam = sit_down(house.pat), sit_down(lead)
    form = pat.open(f"/custody/{spell.id}/plan").form(field="health")
    assert (
        "Goes on with a script" in pat.send(form, home="Flat", health="Goes on with a script").words
    )
    page = sam.open(f"/people/{katrina.id}/legal")
    assert "with a script" not in page.html and "Not shown to your role" in page.words
    form = sam.open(f"/custody/{spell.id}/plan").form(field="home")
    assert "health" not in form.fields and form.fields["home"] == "Flat"
    sam.send(form, home="Hostel")
    words = pat.open(f"/people/{katrina.id}/legal").words
    assert "Home Hostel" in words and "Goes on with a script" in words


def test_a_mismatch_with_the_custody_status_is_shown(
    committed: Database, house: House, katrina: Person, sit_down: SitDown
) -> None:
    """If the details say prison and no custody is recorded, or the reverse, the page says so."""
    with committed.begin() as session:
        session.get_one(Person, katrina.id).custody_status = CustodyStatus.CUSTODY
    visitor, address = sit_down(house.pat), f"/people/{katrina.id}/legal"
    assert "no time in prison is recorded." in visitor.open(address).words
    with committed.begin() as session:
        scenes.in_prison(session, katrina)
    assert "at-odds" not in visitor.open(address).html
    with committed.begin() as session:
        session.get_one(Person, katrina.id).custody_status = CustodyStatus.COMMUNITY
    assert "A time in prison is open below" in visitor.open(address).words


def test_an_arrest_is_recorded_and_withdrawn(
    committed: Database, house: House, katrina: Person, sit_down: SitDown
) -> None:
    """It is struck through, and no longer offered for withdrawal.

    The police coordinator may record one.
    """
    visitor, address = sit_down(house.coordinator), f"/people/{katrina.id}"
    form = visitor.open(f"{address}/offences/new").form(field="once")
    refused = visitor.send(form, kind="arrest", **day("happened_on", 21, 3, 2027))
    assert refused.status == 422 and "Enter the offence" in refused.words
    page = visitor.send(
        form, kind="arrest", what="Theft from a shop", **day("happened_on", 20, 3, 2027)
    )
    assert "Arrest recorded." in page.words and "Arrest: Theft from a shop" in page.words
    with committed.begin() as session:
        offence = session.query(Offence).one()
    page = visitor.send(page.form(f"/offences/{offence.id}/withdraw"))
    assert "<s>Arrest: Theft from a shop</s>" in page.html and "Withdrawn" in page.words
    assert "/withdraw" not in page.html
    assert (
        visitor.post(f"/offences/{offence.id}/withdraw", {"csrf_token": visitor.token()}).status
        == 200
    )
    assert sit_down(house.auditor).open(f"{address}/offences/new").status == 403


def test_the_flag_is_for_police_and_the_offender_manager_only(
    committed: Database, house: House, katrina: Person, sit_down: SitDown
) -> None:
    """A probation coordinator cannot tell that the flag exists.

    A police coordinator sets and ends it.
    """
    with committed.begin() as session:
        builders.agency(session, house.hub, "Northumbria Police", AgencyKind.POLICE)
        officer = builders.staff(
            session, house.hub, Role.COORDINATOR, name="Jan Roe", email="jan@police.example",
            agency_name="Northumbria Police",
        )  # fmt: skip
        officer.password_hash = session.get_one(Staff, house.pat.id).password_hash
    police, address = sit_down(officer), f"/people/{katrina.id}"
    page = police.send(
        police.open(f"{address}/flag").form(field="on-day"), **day("on", 19, 3, 2027)
    )
    assert "The flag is set." in page.words and "19 March 2027, Current" in page.words
    stale = {
        "csrf_token": police.token(),
        "on-day": "20",
        "on-month": "3",
        "on-year": "2027",
        "set": "yes",
    }
    refused = police.post(f"{address}/flag", stale)
    assert refused.status == 422 and "There is already a current flag" in refused.words
    pat = sit_down(house.pat)
    assert "19 March 2027, Current" in pat.open(f"{address}/legal").words
    for staff in (house.coordinator, house.auditor):
        visitor = sit_down(staff)
        assert "ntelligence" not in visitor.open(f"{address}/legal").html
        assert visitor.open(f"{address}/flag").status == 403
    page = pat.send(
        pat.open(f"{address}/flag").form(field="on-day"), end="yes", **day("on", 20, 3, 2027)
    )
    assert "19 March 2027 to 20 March 2027" in page.words and "Set the flag" in page.words
    with committed.begin() as session:
        assert session.query(IntelligenceFlag).one().ended_by == f"staff:{house.pat.id}"


def test_an_agreement_opens_the_page_and_nothing_more(
    committed: Database, house: House, katrina: Person, sit_down: SitDown
) -> None:
    """A partner whose agency may see legal matters reads them, which is a disclosure.

    The flag, health and forms are not shown.
    """
    visitor, address = sit_down(house.partner), f"/people/{katrina.id}/legal"
    with committed.begin() as session:
        ensure_involved(session, katrina.id, house.partner.agency_id, now=builders.NOW)
        scenes.order(session, katrina)
        intelligence.flag(session, SYSTEM, katrina.id, on=TODAY, now=builders.NOW)
    assert visitor.open(address).status == 403
    with committed.begin() as session:
        session.add(
            SharingAgreement(
                hub_id=house.hub.id, agency_id=house.partner.agency_id, purpose="Resettlement",
                lawful_basis="Public task", fields=["legal"], starts_on=TODAY, ends_on=TODAY,
                recorded_by="system", recorded_at=builders.NOW,
            )
        )  # fmt: skip
    page = visitor.open(address)
    assert page.status == 200 and "Community order In force" in page.words
    assert "ntelligence" not in page.html and "Record an order" not in page.words
    with committed.begin() as session:
        assert session.query(Disclosure).one().fields == ["legal"]
        looked = session.scalars(
            select(AccessRecord.what).where(AccessRecord.person_id == katrina.id)
        ).all()
        assert "legal.page" in looked
