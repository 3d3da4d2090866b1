"""Looks at a text to a person: is the person still recorded, is the number still theirs, what does
rule 1 say now, is it an hour for texts? Reads only.
"""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from engage.conversation.answers import NEUTRAL_TEXTS, STOP_CONFIRMATIONS
from engage.people import rules
from engage.people.contactability import Contactability, contactability_of, next_window
from engage.people.model import NumberState
from engage.people.rules import AnswerScope
from engage.texts import SAFETY_TEXTS
from messaging.sending.dispatch import Claimed, Defer, Withhold


@dataclass(frozen=True)
class PersonText:
    """A text to a person in its last moment. `found` is None if the person is not recorded."""

    text: Claimed
    found: Contactability | None
    now: datetime

    @property
    def contactability(self) -> Contactability:
        """The person's contactability. Raises LookupError if the person is not recorded."""
        if self.found is None:
            raise LookupError("there is no person behind this text")
        return self.found


def person_texts(
    session: Session, texts: Sequence[Claimed], now: datetime
) -> Mapping[uuid.UUID, PersonText]:
    """The facts about texts to people, in two statements."""
    people = {one.id: uuid.UUID(one.recipient) for one in texts if one.recipient is not None}
    found = contactability_of(session, set(people.values()), now)
    return {
        one.id: PersonText(one, found.get(people[one.id]) if one.id in people else None, now)
        for one in texts
    }


def to_unknown_number(one: PersonText) -> bool:
    """The text answers a number that belongs to no person."""
    return one.text.recipient is None


def not_recorded(one: PersonText) -> bool:
    """The person is not recorded any more."""
    return one.found is None


def number_changed(one: PersonText) -> bool:
    """The person has another number now, or none."""
    return one.contactability.number != one.text.to_number


def read_by_another(one: PersonText) -> bool:
    """Another person may read the phone that the text goes to."""
    point = one.contactability.point
    return point is not None and point.unsafe_since is not None and not number_changed(one)


def must_be_said(one: PersonText) -> bool:
    """The text confirms that texts stop, or is safety advice: it goes to the phone that wrote."""
    kind = one.text.context.get("texts")
    return one.text.despite_stop or kind in STOP_CONFIRMATIONS or kind in SAFETY_TEXTS


def not_waiting_for_check(one: PersonText) -> bool:
    """The number does not wait for the answer to the question whose it is."""
    point = one.contactability.point
    return point is None or point.state is not NumberState.CHECKING


def lasting_reasons(one: PersonText) -> Withhold | None:
    """Rule 1, but for the hour and the daily cap, in which the text itself is counted."""
    return _rule_1(one)


def reasons_against_answer(one: PersonText) -> Withhold | None:
    """Rule 1 as it binds an answer: one that says nothing about anybody needs less."""
    scope = one.contactability.verdict.answers
    if scope is AnswerScope.OPEN:
        return None
    if scope is AnswerScope.NEUTRAL and one.text.context.get("texts") in NEUTRAL_TEXTS:
        return None
    return _rule_1(one)


def reasons_against_staff_text(one: PersonText) -> Withhold | None:
    """Rule 1 as it binds a worker's own words: a pause does not, and the offender manager's own
    text needs no approval.
    """
    spared = {rules.PAUSED}
    if one.text.context.get("by") == f"staff:{one.contactability.person.offender_manager_id}":
        spared.add(rules.NOT_APPROVED)
    return _rule_1(one, spared)


def reasons_against_check(one: PersonText) -> Withhold | None:
    """Rule 1 as it binds a number check, which is for numbers that are not yet verified."""
    return _rule_1(one, {rules.NUMBER_UNVERIFIED})


def wait_for_window(one: PersonText) -> Defer | None:
    """Outside the person's hours for texts the text waits until they open."""
    opens = next_window(one.contactability, one.now)
    return Defer(opens, rules.QUIET_HOURS.words) if opens > one.now else None


def _rule_1(one: PersonText, spared: Collection[rules.Reason] = ()) -> Withhold | None:
    """Withhold the text, with every lasting reason, if there is one that is not spared."""
    verdict = one.contactability.verdict
    if verdict.lasting_codes <= {reason.code for reason in spared}:
        return None
    return Withhold(verdict.lasting_words)
