"""The page of tests and court reviews, its forms, and the court report as page, PDF and JSON."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from engage.access.model import Disclosure
from engage.agencies.model import Agency, Staff
from engage.core.db import Database
from engage.legal.model import Requirement
from engage.people.model import Person
from engage.people.service import ensure_involved
from engage.progress.drug_tests.kinds import DrugTestResult
from engage.progress.drug_tests.model import CourtReview, DrugTest
from messaging.tables import Message
from tests import builders
from tests.api.conftest import StoppedClock
from tests.api.pages.conftest import House
from tests.api.pages.visitor import Visitor
from tests.engage.progress import stage
from tests.engage.progress.stage import TODAY

SitDown = Callable[[Staff], Visitor]


@pytest.fixture
def katrina(committed: Database, house: House) -> Person:
    """One person of Pat's."""
    with committed.begin() as session:
        return builders.person(session, house.pat)


@pytest.fixture
def drr(committed: Database, katrina: Person) -> Requirement:
    """A drug rehabilitation requirement that has run for five weeks."""
    with committed.begin() as session:
        return stage.treatment(session, katrina, TODAY - timedelta(days=35))


def page_of(katrina: Person) -> str:
    """The address of the page."""
    return f"/people/{katrina.id}/drug-tests"


def test_a_planned_test_gets_its_result_and_a_correction(
    committed: Database, house: House, katrina: Person, drr: Requirement, sit_down: SitDown
) -> None:
    """The page links to the form; the earlier record is shown struck out; nothing is texted."""
    late = TODAY - timedelta(days=2)
    with committed.begin() as session:
        stage.drug_test(session, katrina, late, None, requirement_id=drr.id)
    visitor = sit_down(house.pat)
    page = visitor.open(page_of(katrina))
    assert "a test every week" in page.words and "Not recorded yet" in page.words
    form = visitor.open(f"{page_of(katrina)}/new?day={late.isoformat()}").form("/drug-tests/new")
    assert form.fields["day-day"] == "18"
    assert "Choose a result" in visitor.send(form).words
    page = visitor.send(form, result="positive", note="Lab 7")
    assert "0 negative of 1 recorded, 1 positive" in page.words and "Lab 7" in page.words
    again = visitor.send(
        visitor.open(f"{page_of(katrina)}/new?day={late.isoformat()}").form("/drug-tests/new"),
        result="void",
    )
    assert again.status == 422 and "A result is already recorded for that day" in again.words
    with committed.begin() as session:
        test = session.query(DrugTest).one()
    form = visitor.open(f"/drug-tests/{test.id}/correct").form("/correct")
    assert form.fields["result"] == "positive"
    page = visitor.send(form, result="negative", note="Another's sample")
    assert "1 negative of 1 recorded" in page.words and "corrected since" in page.words
    with committed.begin() as session:
        assert session.query(Message).count() == 0


def test_a_planned_test_is_cancelled(
    committed: Database, house: House, katrina: Person, sit_down: SitDown
) -> None:
    """By a button. It then counts as no test at all."""
    with committed.begin() as session:
        planned = stage.drug_test(session, katrina, TODAY + timedelta(days=3), None)
    visitor = sit_down(house.pat)
    page = visitor.send(visitor.open(page_of(katrina)).form(f"/drug-tests/{planned.id}/call-off"))
    assert "The test is cancelled" in page.words and "No tests are planned" in page.words
    assert visitor.open(f"/drug-tests/{planned.id}/correct").status == 404


def test_tests_require_health_access(
    committed: Database,
    house: House,
    katrina: Person,
    drr: Requirement,
    sit_down: SitDown,
    now: datetime,
) -> None:
    """The drug worker records them and sees no review.

    An auditor is refused, and a stranger gets not found.
    """
    with committed.begin() as session:
        agency = session.query(Agency).filter_by(name="Tyne Recovery").one()
        ensure_involved(session, katrina.id, agency.id, now=now)
        review = stage.review(
            session, drr, TODAY + timedelta(days=5), report_made_at=now, digest="0" * 64
        )
        test = stage.drug_test(session, katrina)
    worker = sit_down(house.partner)
    page = worker.send(
        worker.open(f"{page_of(katrina)}/new").form("/drug-tests/new"),
        day_day="19",
        result="negative",
    )
    assert "2 negative of 2 recorded" in page.words and "Court reviews" not in page.words
    for who, status in ((house.partner, 403), (house.auditor, 403), (house.other, 404)):
        visitor = sit_down(who)
        forged = {"csrf_token": visitor.token(), "finding": "x"}
        for what in ("report", "report.pdf", "report.json", "held"):
            assert visitor.open(f"/court-reviews/{review.id}/{what}").status == status, what
        for what in ("report", "held", "cancel"):
            assert visitor.post(f"/court-reviews/{review.id}/{what}", forged).status == status, what
        assert visitor.open(f"/requirements/{drr.id}/court-review").status == status
        if who is not house.partner:
            assert visitor.open(page_of(katrina)).status == status
            assert visitor.open(f"/drug-tests/{test.id}/correct").status == status
            assert visitor.post(f"/drug-tests/{test.id}/call-off", forged).status == status


def test_older_results_are_on_further_pages(
    committed: Database, house: House, katrina: Person, sit_down: SitDown
) -> None:
    """Twenty-five to a page, each exactly once. An invalid position shows the first page."""
    with committed.begin() as session:
        for days in range(30):
            stage.drug_test(session, katrina, TODAY - timedelta(days=days))
    visitor = sit_down(house.pat)
    page = visitor.open(page_of(katrina))
    assert page.html.count("Correct<span") == 25
    older = page.html.split("before=")[1].split('"')[0]
    assert visitor.open(f"{page_of(katrina)}?before={older}").html.count("Correct<span") == 5
    assert visitor.open(f"{page_of(katrina)}?before=x_y").html.count("Correct<span") == 25


def test_a_court_review_is_scheduled_and_its_outcome_recorded(
    committed: Database, house: House, katrina: Person, drr: Requirement, sit_down: SitDown
) -> None:
    """A day that is too soon is refused with the earliest one.

    Once held, the next is planned. A button cancels a review.
    """
    visitor = sit_down(house.pat)
    address = f"/requirements/{drr.id}/court-review"
    form = visitor.open(address).form("/court-review")
    page = visitor.send(form)
    assert "20 March 2027" in page.words and "due 13 March 2027" in page.words
    with committed.begin() as session:
        review = session.query(CourtReview).one()
    form = visitor.open(f"/court-reviews/{review.id}/held").form("/held")
    assert "Say what the court found" in visitor.send(form, finding=" ").words
    page = visitor.send(form, finding="Goes on, doing well")
    assert "Goes on, doing well" in page.words and "20 April 2027" in page.words
    refused = visitor.send(visitor.open(address).form("/court-review"), day_day="19")
    assert refused.status == 422 and "20 April 2027 or later" in refused.words
    with committed.begin() as session:
        planned = session.query(CourtReview).filter_by(held_on=None).one()
    page = visitor.send(visitor.open(page_of(katrina)).form(f"/court-reviews/{planned.id}/cancel"))
    assert "The review is cancelled" in page.words and "20 April 2027" not in page.words


def test_the_report_to_the_court(
    committed: Database,
    house: House,
    katrina: Person,
    drr: Requirement,
    sit_down: SitDown,
    clock: StoppedClock,
    now: datetime,
) -> None:
    """Facts with their counts.

    Once made, it has a digest and is logged as a disclosure; later records show as changes.
    """
    with committed.begin() as session:
        review = stage.review(session, drr, TODAY + timedelta(days=5))
        for days, result in ((21, DrugTestResult.POSITIVE), (14, DrugTestResult.NEGATIVE)):
            stage.drug_test(
                session, katrina, TODAY - timedelta(days=days), result, requirement_id=drr.id
            )
        stage.drug_test(session, katrina, TODAY - timedelta(days=7), None, requirement_id=drr.id)
        stage.spell(session, katrina)
        stage.activity(session, katrina, name="The bakery")
        builders.appointment(session, katrina, now - timedelta(days=3))
    visitor = sit_down(house.pat)
    address = f"/court-reviews/{review.id}/report"
    page = visitor.open(address)
    assert "This report has not been made yet" in page.words
    assert "Positive 1 of 2" in page.words and "Planned, no result recorded 1" in page.words
    assert "No final outcome recorded 1 of 1" in page.words and "Work: The bakery" in page.words
    page = visitor.send(page.form("/report"))
    assert "The report is made" in page.words and "Known by SHA-256" in page.words
    clock.at = now + timedelta(minutes=20)
    assert "Known by SHA-256" in visitor.open(address).words
    paper = visitor.client.get(f"{address}.pdf")
    assert paper.data.startswith(b"%PDF") and "attachment" in paper.headers["Content-Disposition"]
    plain = json.loads(visitor.client.get(f"{address}.json").data)
    assert plain["counts"]["positive"] == 1 and plain["home"]["stage"] == "social_tenancy"
    with committed.begin() as session:
        given = session.query(Disclosure).one()
        assert (given.recipient, given.agreement_id) == ("Newcastle Crown Court", None)
        stage.drug_test(session, katrina, TODAY - timedelta(days=1))
    page = visitor.open(address)
    assert "have changed since this report was made" in page.words and "Known by" not in page.words
    page = visitor.send(page.form("/report"))
    assert "Known by SHA-256" in page.words and "Negative 2 of 3" in page.words
