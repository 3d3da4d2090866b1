"""`/v1/people/{id}/self-reports` and `/v1/self-reports`: what people report about their lives,
verified or disputed by staff.
"""

import uuid
from typing import Any

from marshmallow import Schema, fields

from api.access import allow, current_actor, scope
from api.database import now, transaction
from api.v1.fields import Given, Moment, Words, one_of
from api.v1.once import once
from api.v1.paging import PageQuery, page, page_of, read_moment
from api.v1.parsing import Resource
from engage.progress import service
from engage.progress.kinds import ReportFact, ReportKind, ReportState
from engage.queries.progress import self_reports
from engage.queries.progress.self_reports import ReportView

progress = Resource(
    "progress",
    __name__,
    url_prefix="/v1",
    description="What people report about their lives.",
)


class SelfReportOut(Schema):
    """A self-report. If `hidden`, it is about health and the key has no health access: only its day
    is shown.

    `words` is null if the key may not read the person's texts, and empty after they were erased.
    """

    id = fields.UUID(required=True)
    kind = one_of(ReportKind, required=True)
    fact = one_of(ReportFact, required=True, allow_none=True)
    said_at = fields.AwareDateTime(required=True)
    by_text = fields.Boolean(required=True)
    words = fields.String(required=True, allow_none=True)
    state = one_of(ReportState, required=True, allow_none=True)
    judged_at = fields.AwareDateTime(required=True, allow_none=True)
    judged_note = fields.String(required=True, allow_none=True)
    hidden = fields.Boolean(required=True)


class SelfReportIn(Given):
    """A self-report. `fact` must belong to `kind`. Without a fact, the note says what the person
    reported.
    """

    kind = one_of(ReportKind, required=True)
    fact = one_of(ReportFact, load_default=None, allow_none=True)
    said_at = Moment(required=True)
    note = Words(service.LONGEST_NOTE, lines=True, load_default="")


class VerifyIn(Given):
    """How it was verified. Optional."""

    note = Words(service.LONGEST_NOTE, lines=True, load_default="")


class DisputeIn(Given):
    """What a worker found instead."""

    note = Words(service.LONGEST_NOTE, lines=True, required=True)


@progress.get("/people/<uuid:person_id>/self-reports")
@allow(scope("progress:read"))
@progress.reads(PageQuery, location="query")
@progress.answers(200, page_of(SelfReportOut, "SelfReportPage"))
def list_self_reports(query: dict[str, Any], person_id: uuid.UUID) -> dict[str, Any]:
    """List a person's self-reports, latest first.

    Health details require `health:read`.
    """
    return _page(query, person_id, health=False)


@progress.get("/people/<uuid:person_id>/self-reports/health")
@allow(scope("health:read"))
@progress.reads(PageQuery, location="query")
@progress.answers(200, page_of(SelfReportOut, "HealthReportPage"))
def list_health_reports(query: dict[str, Any], person_id: uuid.UUID) -> dict[str, Any]:
    """List a person's self-reports about health, latest first."""
    return _page(query, person_id, health=True)


@progress.post("/people/<uuid:person_id>/self-reports")
@allow(scope("progress:write"))
@once
@progress.reads(SelfReportIn)
@progress.answers(201, SelfReportOut)
def add_self_report(body: dict[str, Any], person_id: uuid.UUID) -> ReportView:
    """Record a self-report.

    A report about health also requires `health:read`.
    """
    with transaction() as session:
        report = service.add(session, current_actor(), person_id, **body, now=now())
        return self_reports.one(session, current_actor(), report)


@progress.post("/self-reports/<uuid:report_id>/verify")
@allow(scope("progress:write"))
@once
@progress.reads(VerifyIn, required=False)
@progress.answers(200, SelfReportOut)
def verify_self_report(body: dict[str, Any], report_id: uuid.UUID) -> ReportView:
    """Record that a self-report was verified."""
    with transaction() as session:
        report = service.verify(session, current_actor(), report_id, note=body["note"], now=now())
        return self_reports.one(session, current_actor(), report)


@progress.post("/self-reports/<uuid:report_id>/dispute")
@allow(scope("progress:write"))
@once
@progress.reads(DisputeIn)
@progress.answers(200, SelfReportOut)
def dispute_self_report(body: dict[str, Any], report_id: uuid.UUID) -> ReportView:
    """Dispute a self-report. What the person said stays unchanged."""
    with transaction() as session:
        report = service.dispute(session, current_actor(), report_id, note=body["note"], now=now())
        return self_reports.one(session, current_actor(), report)


def _page(query: dict[str, Any], person_id: uuid.UUID, *, health: bool) -> dict[str, Any]:
    list_name = f"{'health' if health else 'self'} reports {person_id}"
    after, limit = read_moment(query["after"], list_name), query["limit"]
    with transaction() as session:
        rows = self_reports.listed(
            session,
            current_actor(),
            person_id,
            now=now(),
            after=after,
            limit=limit + 1,
            health=health,
        )
    return page(rows, limit, list_name, lambda row: (row.said_at, row.id))
