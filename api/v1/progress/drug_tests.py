"""`/v1/people/{id}/tests` and `/v1/people/{id}/court-reviews`: drug tests and court reviews, for
systems with health access.
"""

import uuid
from typing import Any

from marshmallow import Schema, fields

from api.access import allow, current_actor, scope
from api.database import now, transaction
from api.v1.fields import Given, Nothing, Words, one_of
from api.v1.once import once
from api.v1.paging import PageQuery, page, page_of, read_day
from api.v1.parsing import Resource
from engage.documents.court_report import facts
from engage.progress.drug_tests import court_reviews, service
from engage.progress.drug_tests.kinds import DrugTestResult
from engage.queries.progress import drug_tests as test_queries
from engage.queries.progress.drug_tests import CourtReviewView, TestView

drug_tests = Resource(
    "drug_tests",
    __name__,
    url_prefix="/v1",
    description="Drug tests and court reviews. They require health access.",
)


class DrugTestOut(Schema):
    """A drug test. It is planned while `result` is null, and `corrected` if another result replaced
    it.
    """

    id = fields.UUID(required=True)
    due_on = fields.Date(required=True)
    result = one_of(DrugTestResult, required=True, allow_none=True)
    note = fields.String(required=True)
    requirement_id = fields.UUID(required=True, allow_none=True)
    recorded_at = fields.AwareDateTime(required=True, allow_none=True)
    corrected = fields.Boolean(required=True)


class ResultIn(Given):
    """The result of a test."""

    result = one_of(DrugTestResult, required=True)
    note = Words(service.LONGEST_NOTE, shortest=0, load_default="")


class DrugTestIn(ResultIn):
    """The result of the test on a day, planned or agreed."""

    due_on = fields.Date(required=True)


class CourtReviewOut(Schema):
    """A court review. It is upcoming until it is held or cancelled. `report_due_on` is the day by
    which its report is due.
    """

    id = fields.UUID(required=True)
    requirement_id = fields.UUID(required=True)
    review_on = fields.Date(required=True)
    report_due_on = fields.Date(required=True)
    report_made_at = fields.AwareDateTime(required=True, allow_none=True)
    held_on = fields.Date(required=True, allow_none=True)
    finding = fields.String(required=True)
    cancelled = fields.Boolean(required=True)


class ReviewIn(Given):
    """The day that the court set."""

    review_on = fields.Date(required=True)


class HeldIn(Given):
    """When the court held the review, and what it found."""

    held_on = fields.Date(required=True)
    finding = Words(court_reviews.LONGEST_FINDING, lines=True, required=True)


class CourtReportOut(Schema):
    """The report to the court. `changed` says whether the record has changed since the report was
    made.
    """

    made = fields.Boolean(required=True)
    changed = fields.Boolean(required=True)
    digest = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "SHA-256 of the report that was made."},
    )
    report = fields.Dict(keys=fields.String(), required=True)


@drug_tests.get("/people/<uuid:person_id>/tests")
@allow(scope("tests:read"))
@drug_tests.reads(PageQuery, location="query")
@drug_tests.answers(200, page_of(DrugTestOut, "DrugTestPage"))
def list_tests(query: dict[str, Any], person_id: uuid.UUID) -> dict[str, Any]:
    """List a person's tests, planned and done, latest first, including corrected results."""
    list_name, limit = f"tests {person_id}", query["limit"]
    before = read_day(query["after"], list_name)
    with transaction() as session:
        rows = test_queries.listed(
            session, current_actor(), person_id, now=now(), before=before, limit=limit + 1
        )
    return page(rows, limit, list_name, lambda row: (row.due_on, row.id))


@drug_tests.post("/people/<uuid:person_id>/tests")
@allow(scope("tests:write"))
@once
@drug_tests.reads(DrugTestIn)
@drug_tests.answers(201, DrugTestOut)
def record_test(body: dict[str, Any], person_id: uuid.UUID) -> TestView:
    """Record the result of a test.

    Nothing is texted. Refused (409, `recorded`) if that day has another result.
    """
    with transaction() as session:
        test = service.record(session, current_actor(), person_id, **body, now=now())
        return test_queries.one(session, test, now=now())


@drug_tests.post("/tests/<uuid:test_id>/correct")
@allow(scope("tests:write"))
@once
@drug_tests.reads(ResultIn)
@drug_tests.answers(200, DrugTestOut)
def correct_test(body: dict[str, Any], test_id: uuid.UUID) -> TestView:
    """Correct a result.

    The answer is the new result with a new id. The old one stays on record as corrected.
    """
    with transaction() as session:
        test = service.correct(session, current_actor(), test_id, **body, now=now())
        return test_queries.one(session, test, now=now())


@drug_tests.post("/tests/<uuid:test_id>/call-off")
@allow(scope("tests:write"))
@once
@drug_tests.reads(Nothing, required=False)
@drug_tests.answers(200, DrugTestOut)
def call_off_test(_body: dict[str, Any], test_id: uuid.UUID) -> TestView:
    """Call off a planned test. It does not count."""
    with transaction() as session:
        test = service.call_off(session, current_actor(), test_id, now=now())
        return test_queries.one(session, test, now=now())


@drug_tests.get("/people/<uuid:person_id>/court-reviews")
@allow(scope("tests:read"))
@drug_tests.answers(200, page_of(CourtReviewOut, "CourtReviewPage"))
def list_court_reviews(person_id: uuid.UUID) -> dict[str, Any]:
    """List a person's court reviews, latest first, at most 20."""
    with transaction() as session:
        rows = test_queries.reviews_of(session, current_actor(), person_id, now=now())
    return {"items": rows, "next": None}


@drug_tests.post("/requirements/<uuid:requirement_id>/court-review")
@allow(scope("tests:write"))
@once
@drug_tests.reads(ReviewIn)
@drug_tests.answers(201, CourtReviewOut)
def set_court_review(body: dict[str, Any], requirement_id: uuid.UUID) -> CourtReviewView:
    """Set the day of the next court review.

    It must be at least a month after the previous one. It replaces the planned review.
    """
    with transaction() as session:
        row = court_reviews.set_review(session, current_actor(), requirement_id, **body, now=now())
        return test_queries.review(session, row)


@drug_tests.post("/court-reviews/<uuid:review_id>/held")
@allow(scope("tests:write"))
@once
@drug_tests.reads(HeldIn)
@drug_tests.answers(200, CourtReviewOut)
def hold_court_review(body: dict[str, Any], review_id: uuid.UUID) -> CourtReviewView:
    """Record what the court found.

    The next review is planned if the order says how often.
    """
    with transaction() as session:
        row = court_reviews.record_review(session, current_actor(), review_id, **body, now=now())
        return test_queries.review(session, row)


@drug_tests.post("/court-reviews/<uuid:review_id>/cancel")
@allow(scope("tests:write"))
@once
@drug_tests.reads(Nothing, required=False)
@drug_tests.answers(200, CourtReviewOut)
def cancel_court_review(_body: dict[str, Any], review_id: uuid.UUID) -> CourtReviewView:
    """Cancel a court review."""
    with transaction() as session:
        row = court_reviews.cancel(session, current_actor(), review_id, now=now())
        return test_queries.review(session, row)


@drug_tests.get("/court-reviews/<uuid:review_id>/report")
@allow(scope("tests:read"))
@drug_tests.answers(200, CourtReportOut)
def get_court_report(review_id: uuid.UUID) -> dict[str, Any]:
    """Get the report for a court review: as it was made, or as it would be now."""
    with transaction() as session:
        found = facts.load(session, current_actor(), review_id, now=now())
    return _report(found)


@drug_tests.post("/court-reviews/<uuid:review_id>/report")
@allow(scope("tests:write"))
@once
@drug_tests.reads(Nothing, required=False)
@drug_tests.answers(200, CourtReportOut)
def make_court_report(_body: dict[str, Any], review_id: uuid.UUID) -> dict[str, Any]:
    """Make the report for a court review. The disclosure to the court is recorded."""
    with transaction() as session:
        facts.make(session, current_actor(), review_id, now=now())
        found = facts.load(session, current_actor(), review_id, now=now())
    return _report(found)


def _report(found: facts.ReportPage) -> dict[str, Any]:
    return {
        "made": found.made,
        "changed": found.changed,
        "digest": found.review.digest,
        "report": facts.as_json(found.report),
    }
