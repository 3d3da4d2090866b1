"""Referrals on the pages: any agency sends them, coordinators sort them, managers assess them."""

from collections.abc import Callable

import pytest

from engage.agencies.model import AgencyKind, Hub, Role, Staff
from engage.cohort.model import Assessment, Referral, ReferralState
from engage.core.db import Database
from tests import builders
from tests.api.pages.conftest import House
from tests.api.pages.visitor import Visitor
from tests.engage.cohort.table import BORN, call, refer

SitDown = Callable[[Staff], Visitor]
RYAN = {"first_name": "Ryan", "last_name": "Tate", "reasons": "Shop theft every week"}


def sent(database: Database, by: Staff, hub: Hub, **given: object) -> Referral:
    """A referral by an actor."""
    with database.begin() as session:
        return refer(session, builders.actor(session.get_one(Staff, by.id)), hub, **given)  # type: ignore[arg-type]


def test_a_support_worker_refers_and_sees_the_outcome(
    committed: Database, house: House, sit_down: SitDown
) -> None:
    """Sent twice it is one referral. They see what their agency sent, not the queue."""
    sent(committed, house.pat, house.hub, first_name="Someone", last_name="Else")
    visitor = sit_down(house.partner)
    form = visitor.open("/referrals/new").form(field="reasons")
    for _ in range(2):
        page = visitor.send(form, **RYAN, need_health="y", crn="x 123456", date_of_birth_day="")
        assert (
            "Referral of Ryan Tate" in page.words
            and "X123456" in page.words
            and "Health" in page.words
        )
    listed = visitor.open("/referrals").words
    assert "Sent by your agency" in listed and "Ryan Tate" in listed and "Someone" not in listed
    with committed.begin() as session:
        assert session.query(Referral).count() == 2


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"first_name": ""}, "Enter their first name"),
        ({"reasons": " "}, "Give the reason for the referral"),
        ({"crn": "123"}, "Enter one letter and six digits"),
        (
            {"date_of_birth-day": "3", "date_of_birth-month": "3", "date_of_birth-year": "2030"},
            "in the past",
        ),
        ({"at_arrest": "y"}, "Only the police select"),
        ({"hub": "elsewhere"}, "Choose a hub"),
    ],
)
def test_invalid_input_is_reported_and_nothing_saved(
    committed: Database, house: House, sit_down: SitDown, changes: dict[str, str], words: str
) -> None:
    """The form keeps what was typed."""
    visitor = sit_down(house.partner)
    form = visitor.open("/referrals/new").form(field="reasons")
    page = visitor.post(form.action, {**form.fields, **RYAN, **changes})
    assert page.status == 422 and words in page.words
    with committed.begin() as session:
        assert session.query(Referral).count() == 0


def test_the_coordinator_sees_possible_duplicates_and_joins_two(
    committed: Database, house: House, sit_down: SitDown
) -> None:
    """Matched by CRN, or by name and date of birth. The second keeps its words under the first."""
    with committed.begin() as session:
        known = builders.person(
            session, house.pat, first_name="Ryan", last_name="Tate", date_of_birth=BORN
        )
    first = sent(committed, house.pat, house.hub, date_of_birth=BORN)
    second = sent(committed, house.partner, house.hub, reasons="Begging by the bank")
    visitor = sit_down(house.coordinator)
    queue = visitor.open("/referrals").words
    assert "the same name and date of birth" in queue and "a date of birth is missing" in queue
    page = visitor.open(f"/referrals/{second.id}")
    assert f"/people/{known.id}" in page.html
    joined = visitor.send(page.form(f"/referrals/{second.id}/duplicate"))
    assert "Merged with another" in joined.words
    assert "Begging by the bank" in visitor.open(f"/referrals/{first.id}").words


def test_a_referral_is_identified_by_crn(
    committed: Database, house: House, sit_down: SitDown
) -> None:
    """The CRN links the existing record; a CRN with a pending referral is refused."""
    with committed.begin() as session:
        known = builders.person(session, house.pat, crn="X777777")
    made = sent(committed, house.partner, house.hub)
    visitor = sit_down(house.coordinator)
    form = visitor.open(f"/referrals/{made.id}").form("/identify")
    page = visitor.send(form, crn="X777777")
    assert f"/people/{known.id}" in page.html and "Open the record" in page.words
    again = sent(committed, house.partner, house.hub)
    refused = visitor.send(visitor.open(f"/referrals/{again.id}").form("/identify"), crn="X777777")
    assert refused.status == 422 and "already waits" in refused.words


def test_withdrawing_a_referral_needs_a_reason(
    committed: Database, house: House, sit_down: SitDown
) -> None:
    """It then stays on record."""
    made = sent(committed, house.partner, house.hub)
    visitor = sit_down(house.partner)
    form = visitor.open(f"/referrals/{made.id}/withdraw").form(field="why")
    assert visitor.send(form, why=" ").status == 422
    assert "is withdrawn" in visitor.send(form, why="Has moved").words
    assert visitor.open(f"/referrals/{made.id}/withdraw").status == 403
    with committed.begin() as session:
        assert session.get_one(Referral, made.id).state is ReferralState.WITHDRAWN


def test_who_sees_a_referral(committed: Database, house: House, sit_down: SitDown) -> None:
    """Another agency's worker does not find it.

    An auditor reads and changes nothing. An administrator refers no person.
    """
    made = sent(committed, house.pat, house.hub)
    assert sit_down(house.partner).open(f"/referrals/{made.id}").status == 404
    auditor = sit_down(house.auditor)
    page = auditor.open(f"/referrals/{made.id}")
    assert (
        page.status == 200
        and "Withdraw the referral" not in page.words
        and "/assess" not in page.html
    )
    token = auditor.token()
    for what in ("identify", "duplicate", "withdraw", "assess"):
        values = {"csrf_token": token, "crn": "X123456", "why": "x", "of": str(made.id)}
        values |= {"harm_to_others": "low", "harm_to_self": "low"}
        assert auditor.post(f"/referrals/{made.id}/{what}", values).status in (403, 422), what
    assert sit_down(house.administrator).open("/referrals/new").status == 403
    with committed.begin() as session:
        assert session.get_one(Referral, made.id).state is ReferralState.WAITING
        assert session.query(Assessment).count() == 0


def test_only_police_can_say_that_the_referral_follows_an_arrest(
    committed: Database, house: House, sit_down: SitDown
) -> None:
    """Staff of other agencies are not asked."""
    with committed.begin() as session:
        builders.agency(session, house.hub, "Police", AgencyKind.POLICE)
        kit = builders.staff(
            session, house.hub, Role.SUPPORT_WORKER, name="Kit Ward", agency_name="Police"
        )
        kit.password_hash = session.get_one(Staff, house.pat.id).password_hash
    assert "point of arrest" not in sit_down(house.partner).open("/referrals/new").words
    visitor = sit_down(kit)
    page = visitor.send(visitor.open("/referrals/new").form(field="reasons"), **RYAN, at_arrest="y")
    assert "At arrest" in page.words


def test_the_next_meeting_is_shown(
    committed: Database, house: House, sit_down: SitDown, now: object
) -> None:
    """Its day, or the day by which one is due."""
    made = sent(committed, house.pat, house.hub)
    visitor = sit_down(house.coordinator)
    assert "no meeting is called; one is due by Sat 20 March" in visitor.open("/referrals").words
    with committed.begin() as session:
        call(session, builders.actor(session.get_one(Staff, house.coordinator.id)), house.hub)
    assert "the next meeting is on Sat 20 March" in visitor.open(f"/referrals/{made.id}").words


def test_assessing_makes_versions(committed: Database, house: House, sit_down: SitDown) -> None:
    """For a referral and for a person. Pounds are stored as pence; invalid values are refused."""
    with committed.begin() as session:
        katrina = builders.person(session, house.pat)
    made = sent(committed, house.partner, house.hub)
    visitor = sit_down(house.pat)
    assert visitor.open(f"/referrals/{made.id}").status == 404
    keeper = sit_down(house.coordinator)
    form = keeper.open(f"/referrals/{made.id}/assess").form(field="predictor")
    assert "Choose the risk of harm to others" in keeper.send(form, harm_to_self="low").words
    given = {
        "harm_to_others": "high",
        "harm_to_self": "low",
        "cost_pounds": "12000",
        "need_health": "3",
    }
    page = keeper.send(form, **given)
    assert "Version 1" in page.words and "£12,000" in page.words and "Health: urgent" in page.words
    address = f"/people/{katrina.id}/assessments"
    form = visitor.open(f"{address}/new").form(field="predictor")
    assert visitor.send(form, **{**given, "predictor_score": "60"}).status == 422
    assert "Version 1" in visitor.send(form, **given).words
    shown = sit_down(house.auditor).open(address)
    assert "High" in shown.words and "urgent" not in shown.words
    assert sit_down(house.auditor).open(f"{address}/new").status == 403
