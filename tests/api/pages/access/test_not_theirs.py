"""Indirect routes disclose and change nothing: a referral, a pack, a list, the feed of events."""

import threading
from collections.abc import Callable, Mapping

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from engage.access.health_redaction import NOT_SHOWN
from engage.agencies.model import Hub, Role, Staff
from engage.cohort import assessments, meetings
from engage.cohort.model import Assessment, Referral
from engage.core.db import Database
from engage.core.errors import NotFound
from engage.people.model import Person, RecordAccess
from engage.plan.kinds import Pathway
from engage.progress.drug_tests import service as drug_tests
from engage.progress.drug_tests.kinds import DrugTestResult
from engage.signals import SignalKind, raise_signal
from tests import builders, case_builders
from tests.api.conftest import KeyMaker
from tests.api.pages.conftest import House
from tests.api.pages.visitor import Visitor
from tests.engage.cohort.table import JUDGED, call, enrol, refer

SitDown = Callable[[Staff], Visitor]
SAYS = "Detox at the Limes"


@pytest.fixture
def katrina(committed: Database, house: House) -> Person:
    """Pat's person, on the cohort and assessed, with a late health action and a positive test."""
    with committed.begin() as session:
        made = builders.person(session, session.get_one(Staff, house.pat.id), crn="X320741")
        pat = builders.actor(session.get_one(Staff, house.pat.id))
        enrol(session, made)
        assessments.assess_person(session, pat, made.id, JUDGED, now=builders.NOW)
        case_builders.action(session, made, what=SAYS, pathway=Pathway.DRUGS_AND_ALCOHOL)
        drug_tests.record(
            session,
            pat,
            made.id,
            due_on=builders.NOW.date(),
            result=DrugTestResult.POSITIVE,
            now=builders.NOW,
        )
        return made


def referred(database: Database, by: Staff, hub: Hub) -> Referral:
    """Katrina, referred by an actor who knows her CRN."""
    with database.begin() as session:
        return refer(session, builders.actor(session.get_one(Staff, by.id)), hub, crn="X320741")


def judge(database: Database, by: Staff, referral: Referral) -> None:
    """Assess the person of a referral."""
    with database.begin() as session:
        actor = builders.actor(session.get_one(Staff, by.id))
        assessments.assess_referral(session, actor, referral.id, JUDGED, now=builders.NOW)


def versions(database: Database) -> int:
    """The number of assessments."""
    with database.begin() as session:
        return session.scalar(select(func.count(Assessment.id))) or 0


def test_a_referral_does_not_open_the_assessment(
    committed: Database, house: House, katrina: Person, sit_down: SitDown
) -> None:
    """Another offender manager refers Pat's person.

    They can neither read nor change her assessment. Pat can do both.
    """
    made = referred(committed, house.other, house.hub)
    visitor = sit_down(house.other)
    page = visitor.open(f"/referrals/{made.id}")
    assert page.status == 200 and "shop theft" not in page.words and "/assess" not in page.html
    assert visitor.open(f"/referrals/{made.id}/assess").status == 403
    with pytest.raises(NotFound):
        judge(committed, house.other, made)
    assert versions(committed) == 1
    pats = sit_down(house.pat).open(f"/referrals/{made.id}")
    assert "shop theft" in pats.words and "/assess" in pats.html


def test_excluded_staff_read_no_assessment_through_a_referral(
    committed: Database, house: House, katrina: Person, sit_down: SitDown
) -> None:
    """A coordinator excluded from the record sees what their own agency sent, and nothing more."""
    made = referred(committed, house.coordinator, house.hub)
    with committed.begin() as session:
        session.add(
            RecordAccess(person_id=katrina.id, staff_id=house.coordinator.id, excluded=True)
        )
    page = sit_down(house.coordinator).open(f"/referrals/{made.id}")
    assert page.status == 200 and "shop theft" not in page.words and "/assess" not in page.html
    with pytest.raises(NotFound):
        judge(committed, house.coordinator, made)
    assert versions(committed) == 1


def test_an_api_key_cannot_assess_a_person_it_may_not_see(
    client: FlaskClient, key: KeyMaker, place: tuple[Hub, Staff], committed: Database
) -> None:
    """A system that merely referred the CRN cannot add an assessment to a restricted record."""
    with committed.begin() as session:
        builders.person(
            session, session.get_one(Staff, place[1].id), crn="X555555", restricted=True
        )
    headers = key("referrals:write", "referrals:read")
    body = {
        "agency": "Probation",
        "first_name": "R",
        "last_name": "T",
        "reasons": "x",
        "crn": "X555555",
    }
    made = client.post("/v1/referrals", json=body, headers=headers).get_json()
    answer = client.post(
        f"/v1/referrals/{made['id']}/assessments",
        json={"harm_to_others": "high", "harm_to_self": "low"},
        headers=headers,
    )
    assert answer.status_code == 404 and versions(committed) == 0


@pytest.mark.parametrize(("role", "told"), [(Role.SUPERVISOR, False), (Role.COORDINATOR, True)])
def test_the_case_pack_hides_health_without_health_access(
    committed: Database, house: House, katrina: Person, sit_down: SitDown, role: Role, told: bool
) -> None:
    """The pack shows an overdue treatment action and its due date, not what it is.

    The page and the PDF agree.
    """
    with committed.begin() as session:
        reader = builders.staff(session, house.hub, role, name="Mo Grant", email="mo@hub.example")
        reader.password_hash = session.get_one(Staff, house.pat.id).password_hash
    page = sit_down(reader).open(f"/people/{katrina.id}/case-pack").words
    assert (SAYS in page) is told and (NOT_SHOWN in page) is not told


def test_the_caseload_counts_no_health_signal_without_health_access(
    committed: Database, house: House, katrina: Person, sit_down: SitDown
) -> None:
    """A positive test is a signal to Pat; a supervisor's list does not count it."""
    with committed.begin() as session:
        boss = builders.staff(
            session, house.hub, Role.SUPERVISOR, name="Mo Grant", email="mo@hub.example"
        )
        boss.password_hash = session.get_one(Staff, house.pat.id).password_hash
    assert "1 high" in sit_down(house.pat).open("/caseload").words
    listed = sit_down(boss).open("/caseload").words
    assert "Dodds" in listed and "1 high" not in listed


def feed(client: FlaskClient, headers: Mapping[str, str]) -> str:
    """The whole feed, once it has entries.

    Events wait for transactions that other tests on the server still hold open.
    """
    for _ in range(200):
        answer = client.get("/v1/events?limit=500", headers=headers)
        if answer.get_json()["next"] != "0.0":
            return answer.text
        threading.Event().wait(0.05)
    raise AssertionError("no event came")


def test_the_feed_shows_no_test_to_a_key_without_health_access(
    client: FlaskClient, key: KeyMaker, place: tuple[Hub, Staff], committed: Database
) -> None:
    """Neither a kind nor the target of a signal reveals it.

    With the health scope the test appears, but never its result.
    """
    with committed.begin() as session:
        om = session.get_one(Staff, place[1].id)
        tested = builders.person(session, om)
        drug_tests.record(
            session,
            builders.actor(om),
            tested.id,
            due_on=builders.NOW.date(),
            result=DrugTestResult.POSITIVE,
            now=builders.NOW,
        )
        raise_signal(
            session,
            SignalKind.COURT_REVIEW_SOON,
            person_id=tested.id,
            hub_id=tested.hub_id,
            cause="a",
            why="Court review soon.",
            evidence=[],
            now=builders.NOW,
        )
    plain = feed(client, key("events:read"))
    assert "test.recorded" not in plain and '"type":"test"' not in plain.replace(" ", "")
    assert "health" in plain and "positive" not in plain and "court_review" not in plain
    cared = feed(client, key("events:read", "tests:read"))
    assert "test.recorded" in cared and "positive" not in cared


def test_a_key_that_adds_an_agenda_item_reads_no_minutes(
    client: FlaskClient, key: KeyMaker, place: tuple[Hub, Staff], committed: Database
) -> None:
    """The answer to `case:write` alone omits the minutes; `meetings:read` reads them."""
    with committed.begin() as session:
        asked = builders.person(session, session.get_one(Staff, place[1].id))
        keeper = builders.actor(
            builders.staff(session, session.get_one(Hub, place[0].id), Role.COORDINATOR)
        )
        meeting = call(session, keeper, session.get_one(Hub, place[0].id))
        meetings.write_minutes(
            session, keeper, meeting.id, minutes="Of Ryan: sells again", now=builders.NOW
        )
    address = f"/v1/meetings/{meeting.id}/people"
    body = {"person_id": str(asked.id)}
    answer = client.post(address, json=body, headers=key("case:write"))
    assert answer.status_code == 200 and "sells again" not in answer.text
    assert (
        "sells again" in client.get(f"/v1/meetings/{meeting.id}", headers=key("meetings:read")).text
    )
