"""`/v1/people/{id}/needs`, `/v1/people/{id}/actions`, `/v1/actions/{id}` and
`/v1/people/{id}/milestones`: a person's plan and milestones.
"""

import uuid
from typing import Any

from marshmallow import Schema, fields
from sqlalchemy.orm import Session

from api.access import allow, current_actor, scope
from api.database import now, transaction
from api.v1.fields import Day, Flag, Given, Whole, Words, one_of
from api.v1.once import once
from api.v1.paging import PageQuery, page, page_of, read_day, read_moment
from api.v1.parsing import Resource
from engage.agencies.lookups import agency_in
from engage.cohort.kinds import MilestoneKind
from engage.plan import actions, needs
from engage.plan.actions import NewAction
from engage.plan.kinds import ActionClass, ActionState, Approval, Pathway
from engage.plan.open_record import LONGEST_NOTE
from engage.queries.cohort import milestones
from engage.queries.cohort.milestones import MilestoneView
from engage.queries.plan import actions as action_queries
from engage.queries.plan import plan as plan_queries
from engage.queries.plan.actions import ActionView
from engage.queries.plan.plan import NeedView
from messaging.states import MessageStatus

plan = Resource("plan", __name__, url_prefix="/v1", description="Needs, actions and milestones.")


class ScoreOut(Schema):
    """A score of a need: 0 none, 1 some, 2 great, 3 urgent."""

    score = fields.Integer(required=True)
    at = fields.AwareDateTime(required=True)


class NeedOut(Schema):
    """A need with its current score, null if it has no score, and its earlier scores. If `hidden`,
    it is a health need and the key has no health access.
    """

    pathway = one_of(Pathway, required=True)
    score = fields.Integer(required=True, allow_none=True)
    note = fields.String(required=True)
    at = fields.AwareDateTime(required=True, allow_none=True)
    earlier = fields.List(fields.Nested(ScoreOut), required=True)
    hidden = fields.Boolean(required=True)


class NeedsOut(Schema):
    """The need on each pathway."""

    items = fields.List(fields.Nested(NeedOut), required=True)


class ScoreIn(Given):
    """A new score of a need: 0 none, 1 some, 2 great, 3 urgent."""

    pathway = one_of(Pathway, required=True)
    score = Whole(0, 3, required=True)
    note = Words(LONGEST_NOTE, lines=True, shortest=0, load_default="")


class ActionIn(Given):
    """An action to propose. `agency` is the name of an agency of the hub's area, `responsible` one
    of its workers. `text` is sent to the person when the offender manager has agreed: one plain
    text of at most 160 characters.
    """

    pathway = one_of(Pathway, required=True)
    action_class = one_of(ActionClass, required=True)
    what = Words(actions.LONGEST_WHAT, lines=True, required=True)
    agency = Words(80, required=True)
    responsible = Words(actions.LONGEST_RESPONSIBLE, required=True)
    due_on = Day(required=True)
    exit_plan = Flag(load_default=False)
    text = Words(actions.LONGEST_TEXT, lines=True, shortest=0, load_default="")


class ActionOut(Schema):
    """An action of a plan. If `hidden`, it is about health and the key has no health access.

    `text_status` is the status of its text. If no text went, `not_texted` has every reason.
    """

    id = fields.UUID(required=True)
    person_id = fields.UUID(required=True)
    pathway = one_of(Pathway, required=True, allow_none=True)
    action_class = one_of(ActionClass, required=True)
    what = fields.String(required=True, allow_none=True)
    agency = fields.String(required=True, attribute="agency_name")
    responsible = fields.String(required=True)
    due_on = fields.Date(required=True)
    overdue = fields.Boolean(required=True)
    exit_plan = fields.Boolean(required=True)
    state = one_of(ActionState, required=True)
    text = fields.String(required=True, allow_none=True)
    text_status = one_of(MessageStatus, required=True, allow_none=True)
    not_texted = fields.String(required=True, allow_none=True)
    proposed_at = fields.AwareDateTime(required=True)
    approval = one_of(Approval, required=True, allow_none=True)
    approved_at = fields.AwareDateTime(required=True, allow_none=True)
    done_on = fields.Date(required=True, allow_none=True)
    ended_at = fields.AwareDateTime(required=True, allow_none=True)
    ended_note = fields.String(required=True)
    hidden = fields.Boolean(required=True)


class DoneIn(Given):
    """When the action was done: a day from its proposal to today."""

    done_on = Day(required=True)
    note = Words(LONGEST_NOTE, lines=True, shortest=0, load_default="")


class WithdrawIn(Given):
    """Why the action is withdrawn."""

    reason = Words(LONGEST_NOTE, lines=True, required=True)


class ChangeIn(Given):
    """The worker of its agency who is responsible, and the due date."""

    responsible = Words(actions.LONGEST_RESPONSIBLE, required=True)
    due_on = Day(required=True)


class MilestoneOut(Schema):
    """A milestone (rule 16). `step` is the number of days, appointments, tests or groups.
    `text_status` is the status of the text of praise.
    """

    id = fields.UUID(required=True)
    kind = one_of(MilestoneKind, required=True)
    step = fields.Integer(required=True)
    reached_on = fields.Date(required=True)
    text_status = one_of(MessageStatus, required=True, allow_none=True, attribute="status")
    not_praised = fields.String(required=True, allow_none=True)


@plan.get("/people/<uuid:person_id>/needs")
@allow(scope("case:read"))
@plan.answers(200, NeedsOut)
def get_needs(person_id: uuid.UUID) -> dict[str, tuple[NeedView, ...]]:
    """List a person's needs by pathway, with earlier scores.

    Health needs also require `health:read`.
    """
    with transaction() as session:
        return {"items": plan_queries.list_needs(session, current_actor(), person_id, now=now())}


@plan.post("/people/<uuid:person_id>/needs")
@allow(scope("case:write"))
@once
@plan.reads(ScoreIn)
@plan.answers(201, NeedsOut)
def score_need(body: dict[str, Any], person_id: uuid.UUID) -> dict[str, tuple[NeedView, ...]]:
    """Score a need. Earlier scores stay.

    A health need also requires `health:read`.
    """
    with transaction() as session:
        needs.score(session, current_actor(), person_id, **body, now=now())
        return {"items": plan_queries.list_needs(session, current_actor(), person_id, now=now())}


@plan.get("/people/<uuid:person_id>/actions")
@allow(scope("case:read"))
@plan.reads(PageQuery, location="query")
@plan.answers(200, page_of(ActionOut, "ActionPage"))
def list_actions(query: dict[str, Any], person_id: uuid.UUID) -> dict[str, Any]:
    """List the actions of a person's plan in any state, latest proposal first."""
    list_name, limit = f"actions {person_id}", query["limit"]
    after = read_moment(query["after"], list_name)
    with transaction() as session:
        rows = plan_queries.list_actions(
            session, current_actor(), person_id, now=now(), after=after, limit=limit + 1
        )
    return page(rows, limit, list_name, lambda row: (row.proposed_at, row.id))


@plan.post("/people/<uuid:person_id>/actions")
@allow(scope("case:write"))
@once
@plan.reads(ActionIn)
@plan.answers(201, ActionOut)
def propose_action(body: dict[str, Any], person_id: uuid.UUID) -> ActionView:
    """Propose an action.

    It waits until the offender manager agrees on a staff page. With their standing approval it is
    live at once.
    """
    with transaction() as session:
        agency = agency_in(session, current_actor().hub_id, body.pop("agency"))
        new = NewAction(**body, agency_id=agency.id)
        made = actions.propose(session, current_actor(), person_id, new, now=now())
        return _shown(session, made.id)


@plan.get("/actions/<uuid:action_id>")
@allow(scope("case:read"))
@plan.answers(200, ActionOut)
def get_action(action_id: uuid.UUID) -> ActionView:
    """Get an action."""
    with transaction() as session:
        return _shown(session, action_id)


@plan.post("/actions/<uuid:action_id>/done")
@allow(scope("case:write"))
@once
@plan.reads(DoneIn)
@plan.answers(200, ActionOut)
def finish_action(body: dict[str, Any], action_id: uuid.UUID) -> ActionView:
    """Record that a live action was done."""
    with transaction() as session:
        actions.finish(session, current_actor(), action_id, **body, now=now())
        return _shown(session, action_id)


@plan.post("/actions/<uuid:action_id>/withdraw")
@allow(scope("case:write"))
@once
@plan.reads(WithdrawIn)
@plan.answers(200, ActionOut)
def withdraw_action(body: dict[str, Any], action_id: uuid.UUID) -> ActionView:
    """Withdraw an action. Its text is cancelled if it has not been sent."""
    with transaction() as session:
        actions.withdraw(session, current_actor(), action_id, **body, now=now())
        return _shown(session, action_id)


@plan.post("/actions/<uuid:action_id>/change")
@allow(scope("case:write"))
@once
@plan.reads(ChangeIn)
@plan.answers(200, ActionOut)
def change_action(body: dict[str, Any], action_id: uuid.UUID) -> ActionView:
    """Change who is responsible for an action, and its due date."""
    with transaction() as session:
        actions.change(session, current_actor(), action_id, **body, now=now())
        return _shown(session, action_id)


@plan.get("/people/<uuid:person_id>/milestones")
@allow(scope("case:read"))
@plan.reads(PageQuery, location="query")
@plan.answers(200, page_of(MilestoneOut, "MilestonePage"))
def list_milestones(query: dict[str, Any], person_id: uuid.UUID) -> dict[str, Any]:
    """List a person's milestones, latest first.

    Milestones about drug tests also require `health:read`.
    """
    list_name, limit = f"milestones {person_id}", query["limit"]
    after = read_day(query["after"], list_name)
    with transaction() as session:
        rows: tuple[MilestoneView, ...] = milestones.list_milestones(
            session, current_actor(), person_id, now=now(), after=after, limit=limit + 1
        )
    return page(rows, limit, list_name, lambda row: (row.reached_on, row.id))


def _shown(session: Session, action_id: uuid.UUID) -> ActionView:
    return action_queries.action(session, current_actor(), action_id, now=now())
