"""Check-ins that can still be answered, and what they last asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, aliased

from engage.conversation.context import PendingQuestion
from engage.conversation.phone_owner import PhoneOwner
from engage.conversation.sent_texts import MAX_CLOCK_DIFFERENCE, SENT, left_at, left_for_number
from engage.progress.check_ins import rules
from engage.progress.check_ins.model import CheckIn
from engage.understanding.vocabulary import Prompt
from messaging.tables import Message

_nudge = aliased(Message)
_OPEN = (
    select(CheckIn, left_at(), left_at(_nudge))
    .join(Message, Message.id == CheckIn.message_id)
    .outerjoin(_nudge, (_nudge.id == CheckIn.nudge_id) & _nudge.status.in_(SENT))
    .where(
        CheckIn.person_id == bindparam("person"),
        CheckIn.closes_at > bindparam("received_at"),
        left_for_number("left_by"),
    )
    .order_by(CheckIn.due_on.desc())
    .limit(1)
)


@dataclass(frozen=True)
class OpenCheckIn:
    """A check-in that can still be answered, and when it, its nudge or the offer of a call last
    asked something.
    """

    check_in: CheckIn
    asked_at: datetime
    offers_call: bool


def open_for(
    session: Session, owner: PhoneOwner, number: str, received_at: datetime
) -> OpenCheckIn | None:
    """The person's check-in that was open at `received_at`, if its text went to this number.

    A text that came in time and is handled after the check-in has closed still answers it.
    """
    left_by = received_at + MAX_CLOCK_DIFFERENCE
    given = {
        "person": owner.person.id,
        "number": number,
        "received_at": received_at,
        "left_by": left_by,
    }
    row = session.execute(_OPEN, given).one_or_none()
    if row is None:
        return None
    check_in: CheckIn = row[0]
    offered_at = check_in.help_asked_at
    asked_at = [at for at in (row[1], row[2], offered_at) if at is not None and at <= left_by]
    offers_call = (
        offered_at is not None
        and check_in.help_said is None
        and received_at < offered_at + rules.HELP_OFFER_OPEN
    )
    return OpenCheckIn(check_in, max(asked_at), offers_call)


def pending(
    session: Session, owner: PhoneOwner, number: str, received_at: datetime
) -> PendingQuestion | None:
    """The check-in, or its offer of a call, that awaits an answer.

    An answer without an offer may still be corrected, but other questions come first.
    """
    found = open_for(session, owner, number, received_at)
    if found is None:
        return None
    settled = bool(found.check_in.answers) and not found.offers_call
    return PendingQuestion(Prompt.CHECKIN, found.asked_at, settled=settled)


def owners_asked(
    session: Session, owners: Sequence[PhoneOwner], number: str, body: str, received_at: datetime
) -> list[PhoneOwner]:
    """The people on a shared phone whose open check-in a text may answer: one that starts with a
    number of the scale.
    """
    if rules.leading_number(body) is None:
        return []
    return [owner for owner in owners if open_for(session, owner, number, received_at) is not None]
