"""Limits for a number that sends too many texts: a machine that answers us, or a key held down.

Every text is kept and shown in the thread. Only so many from a number are interpreted in a minute
and in an hour. The others are searched for danger, STOP and the like, and one of them goes to a
worker, not each. Repeated words get no more answers. A text must never be dropped.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from engage.agencies.hub_settings import HubRules
from engage.conversation.context import Effects, Handled, ReplyContext
from engage.conversation.model import ReplyRecord
from engage.conversation.phone_owner import PhoneOwner
from messaging.tables import Inbound

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
MAX_REPEATS = 3
"""How often the same words are answered in an hour [ours]."""
PASSED_OVER = "Not interpreted: too many texts from this number. Checked for danger"

RECENTLY = timedelta(hours=2)
"""Longer than texts are counted for or joined in a burst. If a number sent nothing in this time,
neither needs to be looked up.
"""

_RECENT = select(
    func.count().filter(ReplyRecord.at > bindparam("minute")).label("minute"),
    func.count().label("hour"),
    select(Inbound.id)
    .where(
        Inbound.from_number == bindparam("from"),
        Inbound.received_at > bindparam("lately"),
        Inbound.id < bindparam("id"),
    )
    .exists()
    .label("others"),
).where(
    ReplyRecord.number == bindparam("number"),
    ~ReplyRecord.passed_over,
    ReplyRecord.at > bindparam("hour_ago"),
)
_SAME = (
    select(Inbound.id)
    .where(
        Inbound.from_number == bindparam("number"),
        Inbound.received_at > bindparam("since"),
        Inbound.id < bindparam("id"),
        Inbound.body == bindparam("body"),
    )
    .limit(MAX_REPEATS + 1)
)
_WAITING = (
    select(ReplyRecord.id)
    .where(
        ReplyRecord.number == bindparam("number"),
        ReplyRecord.passed_over,
        ReplyRecord.needs_human,
        ReplyRecord.read_at.is_(None),
    )
    .limit(1)
)


@dataclass(frozen=True)
class RecentTexts:
    """Texts from a number before a text: how many were interpreted in the last minute and hour, and
    whether there were any `others` recently.
    """

    minute: int
    hour: int
    others: bool


def recent_texts(session: Session, inbound: Inbound) -> RecentTexts:
    """The texts from the number before this one."""
    at = inbound.received_at
    given = {
        "number": inbound.from_number[:16],
        "minute": at - MINUTE,
        "hour_ago": at - HOUR,
        "from": inbound.from_number,
        "lately": at - RECENTLY,
        "id": inbound.id,
    }
    row = session.execute(_RECENT, given).one()
    return RecentTexts(row.minute, row.hour, row.others)


def is_over_limit(recent: RecentTexts, owners: Sequence[PhoneOwner]) -> bool:
    """Whether the number has used up its texts for the minute or the hour."""
    rules = [owner.contactability.hub for owner in owners] or [HubRules()]
    per_minute = max(one.texts_read_a_minute for one in rules)
    per_hour = max(one.texts_read_an_hour for one in rules)
    return recent.minute >= per_minute or recent.hour >= per_hour


def pass_over(context: ReplyContext, owners: Sequence[PhoneOwner]) -> Handled:
    """Leave a text uninterpreted. It goes to a worker unless such a text of the number already
    does.
    """
    is_one_waiting = context.session.scalar(_WAITING, {"number": context.number[:16]}) is not None
    return Handled(
        PASSED_OVER,
        needs_human=not is_one_waiting,
        person_id=owners[0].person.id if len(owners) == 1 else None,
        acted=False,
        passed_over=True,
    )


def silence_repeats(context: ReplyContext, owners: Sequence[PhoneOwner]) -> ReplyContext:
    """Stop answering the same words after a few times in an hour. The first text without an answer
    goes to a worker.
    """
    if context.first or not context.inbound.body.strip():
        return context
    given = {
        "number": context.number,
        "since": context.received_at - HOUR,
        "id": context.inbound.id,
        "body": context.inbound.body,
    }
    times = len(context.session.scalars(_SAME, given).all())
    if times < MAX_REPEATS:
        return context
    limited = context.effects.answer_limited or times == MAX_REPEATS
    return replace(context, quiet=True, effects=Effects(limited)).with_note(
        "The same words again: not answered"
    )
