"""Every kind of entry on the pages of progress, tests and court reviews, and their addresses."""

from datetime import timedelta

from sqlalchemy.orm import Session

from engage.people.model import Person
from engage.progress.activities.kinds import ActivityEnding, ActivityKind
from engage.progress.drug_tests.kinds import DrugTestResult
from engage.progress.housing.kinds import HousingStage
from engage.progress.kinds import ReportState
from tests import builders
from tests.engage.progress import stage
from tests.engage.progress.stage import TODAY


def fill(session: Session, whose: Person) -> list[str]:
    """Add the rows. Returns the addresses that show them."""
    week = timedelta(days=7)
    news = builders.report(session, whose, builders.NOW - week)
    hostel = stage.spell(session, whose, HousingStage.HOSTEL, TODAY - 9 * week, note="w" * 120)
    stage.spell(session, whose, since=TODAY - week, state=ReportState.SELF_REPORTED)
    job = stage.activity(session, whose, started_on=TODAY - 5 * week, name="Warehouse " + "w" * 60)
    stage.activity(
        session,
        whose,
        ActivityKind.COURSE,
        TODAY - 8 * week,
        name="CSCS card",
        ended_on=TODAY - week,
        ending=ActivityEnding.FINISHED,
        state=ReportState.DISPUTED,
        judged_by="system",
        judged_at=builders.NOW,
        judged_note="The college knows nothing of it",
    )
    drr = stage.treatment(session, whose, TODAY - 10 * week)
    stage.review(session, drr, TODAY - 5 * week, held_on=TODAY - 5 * week, finding="Goes on. " * 20)
    review = stage.review(session, drr, TODAY + week)
    for weeks, result in enumerate(DrugTestResult, start=1):
        test = stage.drug_test(
            session, whose, TODAY - weeks * week, result, requirement_id=drr.id, note="Lab 7"
        )
    for days in (-2, 5):
        stage.drug_test(session, whose, TODAY + timedelta(days=days), None, requirement_id=drr.id)
    return [
        f"/people/{whose.id}/progress",
        f"/people/{whose.id}/housing/new?report={news.id}",
        f"/people/{whose.id}/activities/new",
        f"/housing/{hostel.id}/dispute",
        f"/activities/{job.id}/end",
        f"/activities/{job.id}/dispute",
        f"/people/{whose.id}/drug-tests",
        f"/people/{whose.id}/drug-tests/new",
        f"/drug-tests/{test.id}/correct",
        f"/requirements/{drr.id}/court-review",
        f"/court-reviews/{review.id}/held",
        f"/court-reviews/{review.id}/report",
    ]
