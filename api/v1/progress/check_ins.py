"""`/v1/people/{id}/check-in-plan` and `/v1/people/{id}/check-ins`: how often a person is asked how
things are, and the answers.
"""

import uuid
from datetime import date
from typing import Any

from marshmallow import Schema, fields

from api.access import allow, current_actor, scope
from api.database import now, transaction
from api.v1.fields import Given, Nothing, Whole, one_of
from api.v1.once import once
from api.v1.paging import PageQuery, page, page_of, read
from api.v1.parsing import Resource
from engage.core.errors import NotFound
from engage.progress.check_ins import service
from engage.progress.check_ins.model import CheckInPlan, CheckInState, HelpSaid
from engage.progress.check_ins.rules import Schedule
from engage.queries.progress import check_ins as check_in_queries

check_ins = Resource(
    "check_ins",
    __name__,
    url_prefix="/v1",
    description="How often people are asked how things are, and their answers.",
)


class PlanIn(Given):
    """How often to ask: every 1, 2, 4 or 8 weeks, on a weekday (0 is Monday), at an hour of the
    hub's clock.
    """

    every_weeks = Whole(1, 8, required=True)
    weekday = Whole(0, 6, required=True)
    hour = Whole(0, 23, required=True)


class PlanOut(Schema):
    """How often the person is asked. `next_at` is null while check-ins are off."""

    every_weeks = fields.Integer(required=True)
    weekday = fields.Integer(required=True)
    hour = fields.Integer(required=True)
    next_at = fields.AwareDateTime(required=True, allow_none=True)
    set_at = fields.AwareDateTime(required=True)


class CheckInOut(Schema):
    """A check-in. `value` is 1 good, 2 OK, 3 not great, 4 need help; `earlier` has the answers
    before it. An unanswered check-in is never a breach.

    `words` is what the person wrote beside the number. `reasons` says why it was not sent, did not
    arrive or ended early.
    """

    id = fields.UUID(required=True)
    due_on = fields.Date(required=True)
    state = one_of(CheckInState, required=True)
    asked_at = fields.AwareDateTime(required=True, allow_none=True)
    closes_at = fields.AwareDateTime(required=True, allow_none=True)
    nudged = fields.Boolean(required=True)
    value = fields.Integer(required=True, allow_none=True)
    words = fields.String(required=True)
    answered_at = fields.AwareDateTime(required=True, allow_none=True)
    earlier = fields.List(fields.Integer(), required=True)
    call = one_of(HelpSaid, required=True, allow_none=True)
    reasons = fields.List(fields.String(), required=True)


@check_ins.get("/people/<uuid:person_id>/check-in-plan")
@allow(scope("people:read"))
@check_ins.answers(200, PlanOut)
def get_check_in_plan(person_id: uuid.UUID) -> CheckInPlan:
    """Get a person's check-in plan. 404 if it was never set."""
    with transaction() as session:
        found = service.read_plan(session, current_actor(), person_id, now=now())
        if found is None:
            raise NotFound("This person has no check-ins.")
        return found


@check_ins.post("/people/<uuid:person_id>/check-in-plan")
@allow(scope("people:write"))
@once
@check_ins.reads(PlanIn)
@check_ins.answers(200, PlanOut)
def set_check_in_plan(body: dict[str, Any], person_id: uuid.UUID) -> CheckInPlan | None:
    """Start or change check-ins.

    The person is asked from the next day of the plan. Refused (409, `not_approved`) while texts to
    them are not approved.
    """
    with transaction() as session:
        return service.set_plan(session, current_actor(), person_id, Schedule(**body), now=now())


@check_ins.post("/people/<uuid:person_id>/check-in-plan/end")
@allow(scope("people:write"))
@once
@check_ins.reads(Nothing, required=False)
@check_ins.answers(200, PlanOut)
def end_check_in_plan(_body: dict[str, Any], person_id: uuid.UUID) -> CheckInPlan:
    """Stop check-ins and cancel texts that wait. 404 if they were never set."""
    with transaction() as session:
        found = service.set_plan(session, current_actor(), person_id, None, now=now())
        if found is None:
            raise NotFound("This person has no check-ins.")
        return found


@check_ins.get("/people/<uuid:person_id>/check-ins")
@allow(scope("messages:read"))
@check_ins.reads(PageQuery, location="query")
@check_ins.answers(200, page_of(CheckInOut, "CheckInPage"))
def list_check_ins(query: dict[str, Any], person_id: uuid.UUID) -> dict[str, Any]:
    """List a person's check-ins with their answers, newest first."""
    list_name, limit = f"check-ins {person_id}", query["limit"]
    place = read(query["after"], list_name)
    before = None if place is None else date.fromisoformat(place[0])
    with transaction() as session:
        rows = check_in_queries.listed(
            session, current_actor(), person_id, before=before, limit=limit + 1, now=now()
        )
    return page(rows, limit, list_name, lambda row: (row.due_on,))
