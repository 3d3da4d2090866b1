"""The rules of the plan as tables: who has approved, which text may be sent, what is overdue, when
the exit plan is done.
"""

import uuid
from datetime import date

import pytest

from engage.plan import rules
from engage.plan.kinds import ActionClass, ActionState
from engage.plan.rules import AgreedClass

OM, BEFORE = "staff:om", "staff:the one before"
HOUSING, DRUGS = uuid.UUID(int=1), uuid.UUID(int=2)
SUPPORT, INTERVENE, DISRUPT = ActionClass.SUPPORT, ActionClass.INTERVENE, ActionClass.DISRUPT
PROPOSED, LIVE, DONE, WITHDRAWN = ActionState


@pytest.mark.parametrize(
    ("action_class", "standing", "agreed"),
    [
        (SUPPORT, [], False),
        (SUPPORT, [AgreedClass(SUPPORT, None, OM)], True),
        (SUPPORT, [AgreedClass(SUPPORT, HOUSING, OM)], True),
        (SUPPORT, [AgreedClass(SUPPORT, DRUGS, OM)], False),
        (SUPPORT, [AgreedClass(INTERVENE, None, OM)], False),
        (INTERVENE, [AgreedClass(SUPPORT, None, OM), AgreedClass(INTERVENE, HOUSING, OM)], True),
        (SUPPORT, [AgreedClass(SUPPORT, None, BEFORE)], False),
        (DISRUPT, [AgreedClass(DISRUPT, None, OM)], False),
    ],
)
def test_standing_approval(
    action_class: ActionClass, standing: list[AgreedClass], agreed: bool
) -> None:
    """Practice: a standing approval covers its class and agency while its author is the offender
    manager; never disruption.
    """
    assert rules.agreed_beforehand(action_class, HOUSING, standing, OM) is agreed


@pytest.mark.parametrize(
    ("body", "action_class", "found"),
    [
        ("Bring your papers on Thursday.", SUPPORT, None),
        ("a" * 160, INTERVENE, None),
        ("a" * 161, SUPPORT, "Shorten it"),
        ("See you at Gŵyr", SUPPORT, "plain letters"),
        ("Your probation worker will ring", SUPPORT, "“probation”"),
        ("Ms Dodds, ring us", SUPPORT, "“Dodds”"),
        ("Harbour Homes will ring", SUPPORT, "“Harbour Homes”"),
        ("Anything", DISRUPT, "never texted"),
    ],
)
def test_text_problem(body: str, action_class: ActionClass, found: str | None) -> None:
    """Practice: one plain text that tells a stranger nothing, and never about disruption."""
    said = rules.text_problem(body, action_class, ["Dodds", "Harbour Homes"])
    assert said is None if found is None else found in (said or "")


@pytest.mark.parametrize(
    ("state", "due_on", "late"),
    [
        (LIVE, date(2027, 3, 19), True),
        (LIVE, date(2027, 3, 20), False),
        (LIVE, date(2028, 2, 29), False),
        (PROPOSED, date(2027, 3, 19), False),
        (DONE, date(2027, 3, 19), False),
        (WITHDRAWN, date(2027, 3, 19), False),
    ],
)
def test_what_is_overdue(state: ActionState, due_on: date, late: bool) -> None:
    """A live action, from the day after its date."""
    assert rules.overdue(state, due_on, date(2027, 3, 20)) is late


@pytest.mark.parametrize(
    ("states", "done"),
    [
        ([], False),
        ([WITHDRAWN], False),
        ([DONE], True),
        ([DONE, WITHDRAWN], True),
        ([DONE, LIVE], False),
        ([DONE, PROPOSED], False),
        ([DONE, DONE], True),
    ],
)
def test_when_the_exit_plan_is_done(states: list[ActionState], done: bool) -> None:
    """Rule 10 (practice): there is one, and all its actions that are not withdrawn are done."""
    assert rules.exit_done(states) is done
