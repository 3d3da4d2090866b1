"""The pages of progress and tests, and the report to the court: a constant number of statements,
the same bytes from the same records, in time.
"""

import time
from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from engage.access.policy import Actor
from engage.agencies.model import Staff
from engage.appointments.kinds import OutcomeCode
from engage.appointments.model import AppointmentState, Outcome
from engage.documents.court_report import facts
from engage.documents.court_report.facts import Attendance
from engage.people.model import Person
from engage.progress.drug_tests.kinds import DrugTestResult
from engage.progress.drug_tests.model import CourtReview
from engage.progress.housing import service as housing
from engage.progress.housing.kinds import HousingStage
from engage.progress.kinds import ReportState
from engage.queries.progress import drug_tests, progress
from tests import builders
from tests.engage.progress import stage
from tests.engage.progress.stage import TODAY
from tests.engage.queries.test_statements import counted


@pytest.fixture
def pat(session: Session) -> Staff:
    """The offender manager."""
    return builders.staff(session, builders.hub(session))


@pytest.fixture
def actor(pat: Staff) -> Actor:
    """The offender manager as actor."""
    return builders.actor(pat)


def full(session: Session, pat: Staff, size: int) -> CourtReview:
    """The review of a person with that many homes, jobs, tests, reviews and appointments."""
    whose = builders.person(session, pat)
    drr = stage.treatment(session, whose, TODAY - timedelta(days=300))
    for number in range(size):
        day = TODAY - timedelta(days=number)
        stage.spell(session, whose, since=day)
        stage.activity(session, whose, started_on=day, agency_id=pat.agency_id)
        stage.drug_test(session, whose, day, requirement_id=drr.id)
        builders.report(session, whose, builders.NOW - timedelta(days=number))
        builders.appointment(session, whose, builders.NOW - timedelta(days=number + 1))
    review = stage.review(session, drr, TODAY + timedelta(days=5))
    for number in range(size - 1):
        at = TODAY - timedelta(days=280 - number)
        stage.review(session, drr, at, held_on=at)
    return review


READERS: dict[str, Callable[[Session, Actor, CourtReview, datetime], object]] = {
    "progress": lambda session, actor, review, now: progress.load(
        session, actor, review.person_id, now=now
    ),
    "tests": lambda session, actor, review, now: drug_tests.load(
        session, actor, review.person_id, now=now
    ),
    "report": lambda session, actor, review, now: facts.load(session, actor, review.id, now=now),
}


@pytest.mark.parametrize("reader", READERS)
def test_much_costs_as_many_statements_as_little(
    reader: str, session: Session, pat: Staff, actor: Actor, now: datetime
) -> None:
    """The count is exactly the same, and small."""
    costs = {}
    for size in (2, 20):
        review = full(session, pat, size)
        session.expunge_all()
        with counted(session) as statements:
            READERS[reader](session, actor, review, now)
        costs[size] = len(statements)
    assert costs[2] == costs[20] <= 20


def test_a_page_says_until_when_somebody_lived_somewhere(
    session: Session, pat: Staff, actor: Actor, now: datetime
) -> None:
    """Until the next undisputed one; disputed ones end nothing and have no end; the current one is
    marked.
    """
    whose = builders.person(session, pat)
    for stage_, days, state in (
        (HousingStage.STREET, 30, ReportState.VERIFIED),
        (HousingStage.HOSTEL, 20, ReportState.DISPUTED),
        (HousingStage.SUPPORTED, 10, ReportState.SELF_REPORTED),
    ):
        stage.spell(session, whose, stage_, TODAY - timedelta(days=days), state=state)
    homes = progress.load(session, actor, whose.id, now=now).homes
    assert [(home.stage, home.until, home.current) for home in homes] == [
        (HousingStage.SUPPORTED, None, True),
        (HousingStage.HOSTEL, None, False),
        (HousingStage.STREET, TODAY - timedelta(days=10), False),
    ]
    assert housing.of_person(session, whose.id, limit=1)[0].stage is HousingStage.SUPPORTED


def test_the_report_counts_what_was_recorded_since_the_review_before(
    session: Session, pat: Staff, actor: Actor, now: datetime
) -> None:
    """Rules 8 and 13: current results, appointments by outcome; nothing cancelled, earlier or
    disputed.
    """
    whose = builders.person(session, pat)
    drr = stage.treatment(session, whose, TODAY - timedelta(days=60))
    held = TODAY - timedelta(days=28)
    stage.review(session, drr, held, held_on=held, finding="Goes on")
    review = stage.review(session, drr, TODAY + timedelta(days=5))
    stage.drug_test(session, whose, held, DrugTestResult.POSITIVE)
    stage.drug_test(
        session, whose, TODAY - timedelta(days=9), DrugTestResult.POSITIVE, superseded_at=now
    )
    stage.drug_test(session, whose, TODAY - timedelta(days=9), DrugTestResult.NEGATIVE)
    stage.drug_test(session, whose, TODAY - timedelta(days=2), None)
    stage.drug_test(session, whose, TODAY, None)
    stage.activity(session, whose, state=ReportState.DISPUTED)
    codes = (
        OutcomeCode.ATTENDED_COMPLIED,
        OutcomeCode.ATTENDED_FAILED_TO_COMPLY,
        OutcomeCode.ABSENT_MEDICAL,
        OutcomeCode.UNACCEPTABLE_ABSENCE,
        OutcomeCode.SENT_HOME_SERVICE,
        OutcomeCode.FAILED_TO_ATTEND,
        None,
    )
    for number, code in enumerate(codes):
        made = builders.appointment(session, whose, now - timedelta(days=number + 1))
        if code is not None:
            session.add(
                Outcome(
                    appointment_id=made.id,
                    code=code,
                    recorded_by="system",
                    recorded_at=now,
                    note="",
                )
            )
    builders.appointment(session, whose, now - timedelta(days=40))
    builders.appointment(session, whose, now - timedelta(days=1), state=AppointmentState.CANCELLED)
    builders.appointment(session, whose, now + timedelta(days=1))
    report = facts.load(session, actor, review.id, now=now).report
    assert [(line.due_on, line.result) for line in report.tests] == [
        (TODAY - timedelta(days=9), DrugTestResult.NEGATIVE)
    ]
    assert (report.counts.asked, report.not_recorded, report.earlier_finding) == (1, 1, "Goes on")
    assert report.attendance == Attendance(
        7, attended=2, acceptable=1, unacceptable=1, sent_home=1, open=2
    )
    assert (report.from_on, report.until_on, report.activities) == (
        held + timedelta(days=1),
        TODAY,
        (),
    )


def test_a_report_that_was_made_stays_the_same_until_the_records_change(
    session: Session, pat: Staff, actor: Actor, now: datetime
) -> None:
    """Its bytes stay those of the moment when it was made, for every reader at any time; a
    correction shows.
    """
    review = full(session, pat, 3)
    facts.make(session, actor, review.id, now=now)
    later = facts.load(session, actor, review.id, now=now + timedelta(days=3))
    assert later.made and not later.changed and facts.digest(later.report) == review.digest
    stage.drug_test(session, later.person, TODAY - timedelta(days=100))
    assert facts.load(session, actor, review.id, now=now + timedelta(days=3)).changed


def test_the_report_of_a_long_order_is_there_at_once(
    session: Session, pat: Staff, actor: Actor, now: datetime
) -> None:
    """Three hundred tests and as many appointments: under 300 ms of this process's own time."""
    whose = builders.person(session, pat)
    drr = stage.treatment(session, whose, TODAY - timedelta(days=300))
    review = stage.review(session, drr, TODAY + timedelta(days=5))
    for number in range(300):
        stage.drug_test(session, whose, TODAY - timedelta(days=number))
        builders.appointment(session, whose, now - timedelta(days=number))
    began = time.process_time()
    report = facts.load(session, actor, review.id, now=now).report
    assert time.process_time() - began < 0.3 and len(report.tests) == 300
    assert report.from_on == date(2026, 5, 24)


def test_a_person_without_records_has_a_page(
    session: Session, pat: Staff, actor: Actor, now: datetime
) -> None:
    """Nothing recorded is nothing, not a failure."""
    whose: Person = builders.person(session, pat)
    page = progress.load(session, actor, whose.id, now=now)
    tests = drug_tests.load(session, actor, whose.id, now=now)
    assert (page.homes, page.activities, page.news, page.stable) == ((), (), (), (False, False))
    assert (tests.done, tests.reviews, tests.counts.asked) == ((), (), 0)
