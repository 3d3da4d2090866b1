"""Approval of actions: single or standing, and only by the offender manager."""

import uuid

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engage.access.policy import Actor, ActorKind
from engage.agencies.model import AgencyKind
from engage.core.errors import (
    Forbidden,
    Invalid,
)
from engage.people.model import Involvement
from engage.plan import actions, approvals
from engage.plan.kinds import ActionClass, ActionState, Approval
from engage.plan.model import StandingApproval
from messaging.states import MessageStatus
from tests import builders
from tests.engage.plan.stage import TEXT, live, proposed, stage, texts

NOW = builders.NOW


def test_nothing_is_live_before_the_offender_manager_approves(session: Session) -> None:
    """A coordinator's proposal waits, and so does its text. The offender manager's approval
    releases both and involves the agency.
    """
    at = stage(session)
    drugs = builders.agency(session, at.hub, "Tyne Recovery", AgencyKind.CHARITY)
    waiting = proposed(session, at, agency_id=drugs.id, responsible="Sam", text=TEXT)
    assert waiting.state is ActionState.PROPOSED and texts(session, at) == []
    actions.approve(session, at.om, waiting.id, now=NOW)
    assert (waiting.state, waiting.approval) == (ActionState.LIVE, Approval.SINGLE)
    assert waiting.approved_by == at.om.label
    (text,) = texts(session, at)
    assert (text.body, text.status, waiting.message_id) == (TEXT, MessageStatus.QUEUED, text.id)
    involved = select(func.count()).where(Involvement.agency_id == drugs.id)
    assert session.scalar(involved) == 1
    actions.approve(session, at.om, waiting.id, now=NOW)
    assert len(texts(session, at)) == 1


def test_an_offender_managers_own_proposal_is_approved(session: Session) -> None:
    """It is live at once, disruption too; and a disruption has no text."""
    at = stage(session)
    made = live(session, at, action_class=ActionClass.DISRUPT)
    assert made.state is ActionState.LIVE and made.text is None


def test_only_the_offender_manager_approves(session: Session) -> None:
    """Neither a coordinator, nor the agency that does it, nor the API."""
    at = stage(session)
    waiting = proposed(session, at)
    key = Actor(ActorKind.KEY, hub_id=at.hub.id, scopes=frozenset({"case:write"}))
    for actor in (at.police, at.worker, key):
        with pytest.raises(Forbidden):
            actions.approve(session, actor, waiting.id, now=NOW)
    assert waiting.state is ActionState.PROPOSED


def test_a_standing_approval_makes_its_class_live_until_it_ends(session: Session) -> None:
    """By class and agency. It no longer counts with another offender manager."""
    at = stage(session)
    given = approvals.give(
        session,
        at.om,
        at.katrina.id,
        action_class=ActionClass.SUPPORT,
        agency_id=at.housing.id,
        now=NOW,
    )
    first = proposed(session, at)
    assert (first.state, first.approval) == (ActionState.LIVE, Approval.STANDING)
    assert first.approved_by == at.om.label
    other = proposed(session, at, action_class=ActionClass.INTERVENE)
    assert other.state is ActionState.PROPOSED
    assert proposed(session, at, action_class=ActionClass.DISRUPT).state is ActionState.PROPOSED
    at.katrina.offender_manager_id = builders.staff(session, at.hub, name="Dai Rees").id
    session.flush()
    assert proposed(session, at).state is ActionState.PROPOSED
    at.katrina.offender_manager_id = at.manager.id
    session.flush()
    approvals.end(session, at.om, given.id, now=NOW)
    assert proposed(session, at).state is ActionState.PROPOSED


def test_who_may_give_a_standing_approval_and_for_what(session: Session) -> None:
    """Only the offender manager, never for disruption or an agency of another area; repeating it
    returns the approval in force.
    """
    at = stage(session)
    elsewhere = builders.agency(session, builders.hub(session, "Gwent"), "Probation")
    support = ActionClass.SUPPORT

    def give(
        actor: Actor, sort: ActionClass = support, agency: uuid.UUID | None = None
    ) -> StandingApproval:
        return approvals.give(
            session, actor, at.katrina.id, action_class=sort, agency_id=agency, now=NOW
        )

    with pytest.raises(Forbidden):
        give(at.police)
    with pytest.raises(Invalid, match="wrong") as disrupt:
        give(at.om, ActionClass.DISRUPT)
    assert "one action at a time" in disrupt.value.fields["action_class"]
    with pytest.raises(Invalid):
        give(at.om, support, elsewhere.id)
    assert give(at.om) is give(at.om)
