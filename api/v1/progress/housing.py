"""`/v1/people/{id}/housing` and `/v1/people/{id}/activities`: where people live and what they take
part in, self-reported or verified.
"""

import uuid
from typing import Any

from marshmallow import Schema, fields

from api.access import allow, current_actor, scope
from api.database import now, transaction
from api.v1.fields import Flag, Given, Id, Words, one_of
from api.v1.once import once
from api.v1.paging import page_of
from api.v1.parsing import Resource
from api.v1.progress.self_reports import DisputeIn, VerifyIn
from engage.progress.activities import service as activities
from engage.progress.activities.kinds import ActivityEnding, ActivityKind
from engage.progress.housing import service
from engage.progress.housing.kinds import HousingStage
from engage.progress.kinds import ReportState
from engage.queries.progress import progress as progress_queries
from engage.queries.progress.progress import ActivityView, HousingView

housing = Resource(
    "housing",
    __name__,
    url_prefix="/v1",
    description="Where people live, and what they take part in.",
)


class Judgement(Schema):
    """The state of a record: self-reported until a worker verifies or disputes it."""

    state = one_of(ReportState, required=True, attribute="standing.state")
    recorded_at = fields.AwareDateTime(required=True, attribute="standing.recorded_at")
    judged_at = fields.AwareDateTime(required=True, allow_none=True, attribute="standing.judged_at")
    judged_note = fields.String(required=True, attribute="standing.judged_note")


class HousingOut(Judgement):
    """Where a person lives from a day on. `until` is the day on which the next undisputed record
    starts. A disputed record does not count.
    """

    id = fields.UUID(required=True)
    stage = one_of(HousingStage, required=True)
    since = fields.Date(required=True)
    until = fields.Date(required=True, allow_none=True)
    current = fields.Boolean(required=True)
    note = fields.String(required=True)


class HousingIn(Given):
    """Where a person lives from a day on. `sure` means that a worker verified it. `report_id` is
    the self-report that it comes from, if any.
    """

    stage = one_of(HousingStage, required=True)
    since = fields.Date(required=True)
    sure = Flag(required=True)
    note = Words(service.LONGEST_NOTE, shortest=0, load_default="")
    report_id = Id(load_default=None, allow_none=True)


class ActivityOut(Judgement):
    """Something that a person takes or took part in. Treatment requires health access."""

    id = fields.UUID(required=True)
    kind = one_of(ActivityKind, required=True)
    name = fields.String(required=True)
    agency = fields.String(required=True, allow_none=True)
    started_on = fields.Date(required=True)
    ended_on = fields.Date(required=True, allow_none=True)
    ending = one_of(ActivityEnding, required=True, allow_none=True)


class ActivityIn(Given):
    """Something that a person takes part in. `agency` is the name of an agency of the area."""

    kind = one_of(ActivityKind, required=True)
    name = Words(activities.LONGEST_NAME, required=True)
    started_on = fields.Date(required=True)
    sure = Flag(required=True)
    agency = Words(120, load_default=None, allow_none=True)
    report_id = Id(load_default=None, allow_none=True)


class EndIn(Given):
    """How and when it ended."""

    ended_on = fields.Date(required=True)
    ending = one_of(ActivityEnding, required=True)


@housing.get("/people/<uuid:person_id>/housing")
@allow(scope("case:read"))
@housing.answers(200, page_of(HousingOut, "HousingPage"))
def list_housing(person_id: uuid.UUID) -> dict[str, Any]:
    """List where a person lives and lived, latest first, at most 50."""
    with transaction() as session:
        rows = progress_queries.homes(session, current_actor(), person_id, now=now())
    return {"items": rows, "next": None}


@housing.post("/people/<uuid:person_id>/housing")
@allow(scope("case:write"))
@once
@housing.reads(HousingIn)
@housing.answers(201, HousingOut)
def record_housing(body: dict[str, Any], person_id: uuid.UUID) -> HousingView:
    """Record where a person lives."""
    with transaction() as session:
        spell = service.record(session, current_actor(), person_id, **body, now=now())
        return progress_queries.home(session, spell, now=now())


@housing.post("/housing/<uuid:spell_id>/verify")
@allow(scope("case:write"))
@once
@housing.reads(VerifyIn, required=False)
@housing.answers(200, HousingOut)
def verify_housing(body: dict[str, Any], spell_id: uuid.UUID) -> HousingView:
    """Record that housing was verified."""
    with transaction() as session:
        spell = service.verify(session, current_actor(), spell_id, note=body["note"], now=now())
        return progress_queries.home(session, spell, now=now())


@housing.post("/housing/<uuid:spell_id>/dispute")
@allow(scope("case:write"))
@once
@housing.reads(DisputeIn)
@housing.answers(200, HousingOut)
def dispute_housing(body: dict[str, Any], spell_id: uuid.UUID) -> HousingView:
    """Dispute a housing record. It stays on record but does not count."""
    with transaction() as session:
        spell = service.dispute(session, current_actor(), spell_id, note=body["note"], now=now())
        return progress_queries.home(session, spell, now=now())


@housing.get("/people/<uuid:person_id>/activities")
@allow(scope("case:read"))
@housing.answers(200, page_of(ActivityOut, "ActivityPage"))
def list_activities(person_id: uuid.UUID) -> dict[str, Any]:
    """List a person's activities, latest first, at most 50.

    Treatment requires `tests:read` or `health:read`.
    """
    with transaction() as session:
        rows = progress_queries.listed(session, current_actor(), person_id, now=now())
    return {"items": rows, "next": None}


@housing.post("/people/<uuid:person_id>/activities")
@allow(scope("case:write"))
@once
@housing.reads(ActivityIn)
@housing.answers(201, ActivityOut)
def record_activity(body: dict[str, Any], person_id: uuid.UUID) -> ActivityView:
    """Record an activity.

    Treatment also requires `health:read`.
    """
    with transaction() as session:
        found = activities.start(session, current_actor(), person_id, **body, now=now())
        return progress_queries.activity_views(session, [found])[0]


@housing.post("/activities/<uuid:activity_id>/end")
@allow(scope("case:write"))
@once
@housing.reads(EndIn)
@housing.answers(200, ActivityOut)
def end_activity(body: dict[str, Any], activity_id: uuid.UUID) -> ActivityView:
    """Record the end of an activity."""
    with transaction() as session:
        found = activities.end(session, current_actor(), activity_id, **body, now=now())
        return progress_queries.activity_views(session, [found])[0]


@housing.post("/activities/<uuid:activity_id>/verify")
@allow(scope("case:write"))
@once
@housing.reads(VerifyIn, required=False)
@housing.answers(200, ActivityOut)
def verify_activity(body: dict[str, Any], activity_id: uuid.UUID) -> ActivityView:
    """Record that an activity was verified."""
    with transaction() as session:
        found = activities.verify(
            session, current_actor(), activity_id, note=body["note"], now=now()
        )
        return progress_queries.activity_views(session, [found])[0]


@housing.post("/activities/<uuid:activity_id>/dispute")
@allow(scope("case:write"))
@once
@housing.reads(DisputeIn)
@housing.answers(200, ActivityOut)
def dispute_activity(body: dict[str, Any], activity_id: uuid.UUID) -> ActivityView:
    """Dispute an activity. It stays on record but does not count."""
    with transaction() as session:
        found = activities.dispute(
            session, current_actor(), activity_id, note=body["note"], now=now()
        )
        return progress_queries.activity_views(session, [found])[0]
