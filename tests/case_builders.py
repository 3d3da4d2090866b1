"""Builders of a person's case. Each adds a row and flushes; the caller's transaction keeps it or
not.
"""

from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from engage.cohort.kinds import MilestoneKind
from engage.cohort.model import Milestone
from engage.people.model import Person
from engage.plan.model import Action, ActionClass, ActionState, NeedScore, Pathway, StandingApproval
from tests.builders import NOW


def action(session: Session, whose: Person, **values: Any) -> Action:
    """A live action of the offender manager's agency, by default a week overdue."""
    om = whose.offender_manager
    live = {"approval": "single", "approved_by": f"staff:{om.id}", "approved_at": NOW}
    made = Action(
        person_id=whose.id,
        **{
            "pathway": Pathway.ACCOMMODATION,
            "action_class": ActionClass.SUPPORT,
            "what": "Find a room",
            "agency_id": om.agency_id,
            "responsible": om.name,
            "responsible_id": om.id,
            "due_on": NOW.date() - timedelta(days=7),
            "state": ActionState.LIVE,
            "proposed_by": f"staff:{om.id}",
            "proposed_at": NOW,
            **(live if values.get("state") is not ActionState.PROPOSED else {}),
            **values,
        },
    )
    session.add(made)
    session.flush()
    return made


def plan(session: Session, whose: Person, words: str = "Find a room") -> Action:
    """A plan with one of everything. Returns the live action."""
    om = f"staff:{whose.offender_manager_id}"
    action(
        session,
        whose,
        what=words,
        state=ActionState.PROPOSED,
        text="Hi. Jo will ring you.",
        exit_plan=True,
    )
    ended = {"ended_by": om, "ended_at": NOW, "ended_note": words}
    action(session, whose, what=words, state=ActionState.DONE, done_on=NOW.date(), **ended)
    action(session, whose, what=words, state=ActionState.WITHDRAWN, **ended)
    for pathway in Pathway:
        for days, score in ((9, 3), (2, 1)):
            session.add(
                NeedScore(
                    person_id=whose.id,
                    pathway=pathway,
                    score=score,
                    note=words,
                    scored_by=om,
                    scored_at=NOW - timedelta(days=days),
                )
            )
    session.add(
        StandingApproval(
            person_id=whose.id, action_class=ActionClass.SUPPORT, given_by=om, given_at=NOW
        )
    )
    for kind in MilestoneKind:
        milestone(session, whose, kind)
    return action(
        session, whose, what=words, text="Hi. Jo will ring.", not_texted="The person is in custody"
    )


def milestone(session: Session, whose: Person, kind: MilestoneKind, **values: Any) -> Milestone:
    """A milestone reached today, by default not praised."""
    given = {"step": 5, "counted_from": NOW.date(), "reached_on": NOW.date(), "found_at": NOW}
    made = Milestone(
        person_id=whose.id,
        kind=kind,
        **{**given, "not_praised": "The person is in custody", **values},
    )
    session.add(made)
    session.flush()
    return made
