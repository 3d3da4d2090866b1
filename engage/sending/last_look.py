"""The last look at texts that are no reminders: what changed in the last moment still stops one.
Reads only.
"""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from engage.agencies import staff_notices
from engage.conversation.answers import LAST_WORDS, NOTHING_LEARNT
from engage.conversation.phone_owner import AnswerScope, PhoneOwner
from engage.conversation.safety import on_call
from engage.conversation.safety.compromised_phone import OTHER_READER
from engage.people import (
    contactability,
    rules,
)
from engage.people.contactability import Contactability
from engage.people.model import NumberState
from engage.texts import Purpose, TextKind
from messaging.sending.dispatch import (
    Claimed,
    Defer,
    Verdict,
    Withhold,
)

CHANGED = "The person's number was changed"


def last_look(
    session: Session, claimed: Sequence[Claimed], now: datetime
) -> Mapping[uuid.UUID, Verdict]:
    """The guard's part for answers, texts by staff and checks of a number: what changed in the last
    moment still stops one. Reads only.
    """
    ours = {
        one.id: uuid.UUID(one.recipient)
        for one in claimed
        if one.recipient is not None and one.context.get("purpose") in _LOOKS
    }
    reaches = contactability.contactability_of(session, set(ours.values()), now)
    verdicts: dict[uuid.UUID, Verdict] = {}
    for one in claimed:
        if one.id not in ours:
            continue
        reach = reaches.get(ours[one.id])
        verdict = (
            Withhold("The person is no longer recorded")
            if reach is None
            else _LOOKS[one.context["purpose"]](one, reach, now)
        )
        if verdict is not None:
            verdicts[one.id] = verdict
    return {
        **verdicts,
        **staff_notices.last_look(session, claimed),
        **on_call.last_look(session, claimed),
    }


def _look_at_answer(one: Claimed, reach: Contactability, now: datetime) -> Verdict | None:
    """An answer goes at any hour. The last words to a number and safety advice always go, to the
    phone that wrote.
    """
    kind = one.context.get("texts")
    if (
        reach.point is not None
        and reach.point.unsafe_since is not None
        and reach.number == one.to_number
    ):
        return Withhold(OTHER_READER)
    if one.despite_stop or kind in LAST_WORDS or kind == TextKind.CRISIS:
        return None
    if reach.number != one.to_number or reach.point is None:
        return Withhold(CHANGED)
    standing = PhoneOwner(reach.person, reach.point, reach).scope
    if standing is AnswerScope.OPEN or (standing is AnswerScope.NEUTRAL and kind in NOTHING_LEARNT):
        return None
    return _against(reach)


def _look_at_staff_text(one: Claimed, reach: Contactability, now: datetime) -> Verdict | None:
    if reach.number != one.to_number:
        return Withhold(CHANGED)
    spared = {rules.PAUSED.code}
    if one.context.get("by") == f"staff:{reach.person.offender_manager_id}":
        spared.add("not_approved")
    if [reason for reason in lasting(reach) if reason.code not in spared]:
        return _against(reach)
    return _wait_for_window(reach, now)


def _look_at_check(one: Claimed, reach: Contactability, now: datetime) -> Verdict | None:
    if reach.number != one.to_number:
        return Withhold(CHANGED)
    if reach.point is None or reach.point.state is not NumberState.CHECKING:
        return Withhold("The number no longer waits to be confirmed")
    if {reason.code for reason in lasting(reach)} != {"number_unverified"}:
        return _against(reach)
    return _wait_for_window(reach, now)


def _look_at_unasked(one: Claimed, reach: Contactability, now: datetime) -> Verdict | None:
    if reach.number != one.to_number:
        return Withhold(CHANGED)
    return _against(reach) if lasting(reach) else _wait_for_window(reach, now)


_LOOKS = {
    Purpose.CHECK_IN: _look_at_unasked,
    Purpose.REPLY: _look_at_answer,
    Purpose.STAFF: _look_at_staff_text,
    Purpose.NUMBER_CHECK: _look_at_check,
    Purpose.ACTION: _look_at_unasked,
    Purpose.PRAISE: _look_at_unasked,
    Purpose.WORKER_CHANGED: _look_at_unasked,
}


def lasting(reach: Contactability) -> list[rules.Reason]:
    """The reasons of rule 1 against a text that do not end by themselves."""
    return [reason for reason in reach.verdict.reasons if not reason.passing]


def _against(reach: Contactability) -> Withhold:
    return Withhold("; ".join(reason.words for reason in lasting(reach)))


def _wait_for_window(reach: Contactability, now: datetime) -> Defer | None:
    opens = contactability.next_window(reach, now)
    return Defer(opens, "Outside the hours for texts") if opens > now else None
