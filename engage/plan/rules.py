"""The rules of the plan: who approved an action, whether its text may be sent, what is overdue. No
database, no clock.

No action is live without the offender manager's approval. Disruption needs a single approval every
time and is never texted.
"""

import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from engage import texts
from engage.plan.kinds import ActionClass, ActionState, Pathway
from messaging.text import Encoding, measure

HEALTH = frozenset({Pathway.HEALTH, Pathway.DRUGS_AND_ALCOHOL})
"""Pathways that are health matters: shown only with health access."""

SCORES = (0, 1, 2, 3)
"""How great a need is: none, some, great, urgent [ours]."""


@dataclass(frozen=True)
class AgreedClass:
    """A standing approval in force: for which class, by which agency (None: any), and who gave
    it.
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
    """Whether the offender manager has given a standing approval for such an action [practice].

    Only an approval of the current offender manager counts: a new one has approved nothing yet.
    Disruption never has a standing approval.
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
    """Why the text of an action may not be sent, in words for its author; None if it may.

    `private` are names that no text may carry: the person's surname, the agency's name. One
    segment, and nothing that a stranger could learn from.
    """
    if action_class is ActionClass.DISRUPT:
        return "A disruption is never texted. Leave the text empty"
    weight = measure(body)
    if weight.encoding is not Encoding.GSM7:
        return "Use plain letters and signs only, so that it fits in one text"
    if weight.segments > 1:
        return "Shorten it to one text: 160 characters"
    problems = texts.lint(body, private=private)
    if problems:
        found = "; ".join(f"“{problem.word}” {problem.why}" for problem in problems)
        return f"Another person may read this: {found}. Use other words"
    return None


def overdue(state: ActionState, due_on: date, today: date) -> bool:
    """Whether a live action is past its date. On the day itself it is not [ours]."""
    return state is ActionState.LIVE and due_on < today


def exit_done(states: Collection[ActionState]) -> bool:
    """Rule 10 [practice]: whether the exit plan is implemented. It has at least one action, and all
    that are not withdrawn are done.
    """
    standing = [state for state in states if state is not ActionState.WITHDRAWN]
    return bool(standing) and all(state is ActionState.DONE for state in standing)
