"""`/v1/people/{id}/needs`, `/v1/people/{id}/actions`, `/v1/actions/{id}` and
`/v1/people/{id}/milestones`: the plan, and what was reached.
"""

import uuid
from datetime import date
from typing import Any

from marshmallow import Schema, fields
from sqlalchemy.orm import Session

from api.access import allow, current_actor, scope
from api.database import now, transaction
from api.v1.fields import Day, Flag, Given, Whole, Words, one_of
from api.v1.once import once
from api.v1.paging import PageQuery, page, page_of, read, read_moment
from api.v1.parsing import Resource
from engage.agencies.lookups import agency_in
from engage.cohort.kinds import MilestoneKind
from engage.plan import actions, needs
from engage.plan.actions import NewAction
from engage.plan.kinds import ActionClass, ActionState, Approval, Pathway
from engage.plan.open_record import LONGEST_NOTE
from engage.queries.cohort import milestones
from engage.queries.cohort.milestones import MilestoneView
from engage.queries.plan import actions as insight
from engage.queries.plan import plan as plans
from engage.queries.plan.actions import ActionView
from engage.queries.plan.plan import NeedView
from messaging.states import MessageStatus

plan = Resource(
    "plan", __name__, url_prefix="/v1", description="Needs, actions and what was reached."
)


class ScoreOut(Schema):
    """How great a need was found: 0 none, 1 some, 2 great, 3 urgent."""

    score = fields.Integer(required=True)
    at = fields.AwareDateTime(required=True)


class NeedOut(Schema):
    """A need as it stands, null where nobody has scored it, with the scores before. Where it is
    `hidden` it is a matter of health that the key may not see.
    """

    pathway = one_of(Pathway, required=True)
    score = fields.Integer(required=True, allow_none=True)
    note = fields.String(required=True)
    at = fields.AwareDateTime(required=True, allow_none=True)
    earlier = fields.List(fields.Nested(ScoreOut), required=True)
    hidden = fields.Boolean(required=True)


class NeedsOut(Schema):
    """The need of each pathway."""

    items = fields.List(fields.Nested(NeedOut), required=True)


class ScoreIn(Given):
    """How great a need is now: 0 none, 1 some, 2 great, 3 urgent."""

    pathway = one_of(Pathway, required=True)
    score = Whole(0, 3, required=True)
    note = Words(LONGEST_NOTE, lines=True, shortest=0, load_default="")


class ActionIn(Given):
    """What is to be done. `agency` is an agency of the hub's area by name, `responsible` one of its
    people, `text` what the person is told when the offender manager has agreed: one plain text of
    at most 160 characters.
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
    """One action of a plan. Where it is `hidden` it is a matter of health that the key may not see.

    `text_status` is the state of its text; where none went, `not_texted` has every reason.
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
    """When it was done, from the day it was proposed until today."""

    done_on = Day(required=True)
    note = Words(LONGEST_NOTE, lines=True, shortest=0, load_default="")


class WithdrawIn(Given):
    """Why it is not done after all."""

    reason = Words(LONGEST_NOTE, lines=True, required=True)


class ChangeIn(Given):
    """Who of its agency does it, and by when."""

    responsible = Words(actions.LONGEST_RESPONSIBLE, required=True)
    due_on = Day(required=True)


class MilestoneOut(Schema):
    """Something reached (rule 16): `step` is how many days, appointments, tests or groups.
    `text_status` is the state of the text that praised.
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
    """What a person needs, by pathway, and how that changed. Matters of health only for a key with
    `health:read` too.
    """
    with transaction() as session:
        return {"items": plans.needs(session, current_actor(), person_id, now=now())}


@plan.post("/people/<uuid:person_id>/needs")
@allow(scope("case:write"))
@once
@plan.reads(ScoreIn)
@plan.answers(201, NeedsOut)
def score_need(given: dict[str, Any], person_id: uuid.UUID) -> dict[str, tuple[NeedView, ...]]:
    """Say how great a need is now; earlier scores stay. A matter of health needs `health:read` too."""
    with transaction() as session:
        needs.score(session, current_actor(), person_id, **given, now=now())
        return {"items": plans.needs(session, current_actor(), person_id, now=now())}


@plan.get("/people/<uuid:person_id>/actions")
@allow(scope("case:read"))
@plan.reads(PageQuery, location="query")
@plan.answers(200, page_of(ActionOut, "ActionPage"))
def list_actions(query: dict[str, Any], person_id: uuid.UUID) -> dict[str, Any]:
    """The actions of a person's plan in any state, latest proposed first."""
    what, limit = f"actions {person_id}", query["limit"]
    after = read_moment(query["after"], what)
    with transaction() as session:
        rows = plans.listed(
            session, current_actor(), person_id, now=now(), after=after, limit=limit + 1
        )
    return page(rows, limit, what, lambda row: (row.proposed_at, row.id))


@plan.post("/people/<uuid:person_id>/actions")
@allow(scope("case:write"))
@once
@plan.reads(ActionIn)
@plan.answers(201, ActionOut)
def propose_action(given: dict[str, Any], person_id: uuid.UUID) -> ActionView:
    """Propose an action. It waits for the offender manager, who agrees on their own page, or is
    live at once by their standing approval.
    """
    with transaction() as session:
        agency = agency_in(session, current_actor().hub_id, given.pop("agency"))
        new = NewAction(**given, agency_id=agency.id)
        made = actions.propose(session, current_actor(), person_id, new, now=now())
        return _shown(session, made.id)


@plan.get("/actions/<uuid:action_id>")
@allow(scope("case:read"))
@plan.answers(200, ActionOut)
def get_action(action_id: uuid.UUID) -> ActionView:
    """One action."""
    with transaction() as session:
        return _shown(session, action_id)


@plan.post("/actions/<uuid:action_id>/done")
@allow(scope("case:write"))
@once
@plan.reads(DoneIn)
@plan.answers(200, ActionOut)
def finish_action(given: dict[str, Any], action_id: uuid.UUID) -> ActionView:
    """A live action was done."""
    with transaction() as session:
        actions.finish(session, current_actor(), action_id, **given, now=now())
        return _shown(session, action_id)


@plan.post("/actions/<uuid:action_id>/withdraw")
@allow(scope("case:write"))
@once
@plan.reads(WithdrawIn)
@plan.answers(200, ActionOut)
def withdraw_action(given: dict[str, Any], action_id: uuid.UUID) -> ActionView:
    """An action is not done after all; a text of it that has not gone is called back."""
    with transaction() as session:
        actions.withdraw(session, current_actor(), action_id, **given, now=now())
        return _shown(session, action_id)


@plan.post("/actions/<uuid:action_id>/change")
@allow(scope("case:write"))
@once
@plan.reads(ChangeIn)
@plan.answers(200, ActionOut)
def change_action(given: dict[str, Any], action_id: uuid.UUID) -> ActionView:
    """Somebody else of the agency does it, or by another day."""
    with transaction() as session:
        actions.change(session, current_actor(), action_id, **given, now=now())
        return _shown(session, action_id)


@plan.get("/people/<uuid:person_id>/milestones")
@allow(scope("case:read"))
@plan.reads(PageQuery, location="query")
@plan.answers(200, page_of(MilestoneOut, "MilestonePage"))
def list_milestones(query: dict[str, Any], person_id: uuid.UUID) -> dict[str, Any]:
    """What a person has reached, latest first. Runs of tests only for a key with `health:read` too."""
    what, limit = f"milestones {person_id}", query["limit"]
    place = read(query["after"], what)
    after = None if place is None else (date.fromisoformat(place[0]), uuid.UUID(place[1]))
    with transaction() as session:
        rows: tuple[MilestoneView, ...] = milestones.listed(
            session, current_actor(), person_id, now=now(), after=after, limit=limit + 1
        )
    return page(rows, limit, what, lambda row: (row.reached_on, row.id))


def _shown(session: Session, action_id: uuid.UUID) -> ActionView:
    return insight.action(session, current_actor(), action_id, now=now())
