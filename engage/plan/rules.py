"""What the plan allows, from facts alone: who agreed to an action, whether its words may be texted,
what is overdue. No database, no clock.

An action is nobody's until the offender manager has agreed to it; what disrupts is agreed to one by
one, and is never texted.
"""

import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from engage import texts
from engage.plan.kinds import ActionClass, ActionState, Pathway
from messaging.text import Encoding, measure

HEALTH = frozenset({Pathway.HEALTH, Pathway.DRUGS_AND_ALCOHOL})
"""Pathways whose content is a matter of health: shown only to whoever may see that."""

SCORES = (0, 1, 2, 3)
"""How great a need is: none, some, great, urgent [ours]."""


@dataclass(frozen=True)
class AgreedClass:
    """A standing approval that has not ended: to which class, by which agency (None: any), and by
    whom it was given.
    """

    action_class: ActionClass
    agency_id: uuid.UUID | None
    given_by: str


def agreed_beforehand(
    action_class: ActionClass,
    agency_id: uuid.UUID,
    standing: Iterable[AgreedClass],
    offender_manager: str,
) -> bool:
    """Whether the offender manager has agreed to such an action already [practice].

    Only the approval of who is the offender manager now counts: who takes a person over has agreed
    to nothing yet. Disruption is never agreed to beforehand.
    """
    if action_class is ActionClass.DISRUPT:
        return False
    return any(
        one.given_by == offender_manager
        and one.action_class is action_class
        and one.agency_id in (None, agency_id)
        for one in standing
    )


def text_problem(body: str, action_class: ActionClass, private: Sequence[str]) -> str | None:
    """Why the words of an action may not be texted, said to whoever wrote them; None where they
    may.

    `private` are names that no text carries: the person's surname, the agency's. One segment, and
    nothing that a stranger could learn from.
    """
    if action_class is ActionClass.DISRUPT:
        return "An action that disrupts is never texted. Leave the text empty"
    weight = measure(body)
    if weight.encoding is not Encoding.GSM7:
        return "Use plain letters and signs only, so that it fits one text"
    if weight.segments > 1:
        return "Shorten it to one text: 160 characters"
    problems = texts.lint(body, private=private)
    if problems:
        found = "; ".join(f"“{problem.word}” {problem.why}" for problem in problems)
        return f"Somebody else may read this: {found}. Use other words"
    return None


def overdue(state: ActionState, due_on: date, today: date) -> bool:
    """Whether a live action is past its date; on the day itself it is not [ours]."""
    return state is ActionState.LIVE and due_on < today


def exit_done(states: Collection[ActionState]) -> bool:
    """Rule 10 [practice]: the exit plan is implemented when there is one and every action of it
    that stands is done.
    """
    standing = [state for state in states if state is not ActionState.WITHDRAWN]
    return bool(standing) and all(state is ActionState.DONE for state in standing)
