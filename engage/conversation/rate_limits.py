"""Too many texts from one number: a machine that answers us, or somebody who holds a key down.

Every text is kept and stands in the thread. So many of a number are read in a minute and in an
hour; in the rest only danger, STOP and the like are looked for, and one of them waits for a human,
not each. The same words again and again are answered no more. It never drops a text.
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
SAME_WORDS = 3
"""The same words are answered so often in an hour [ours]."""
PASSED_OVER = "Not read, because so many came from the number; danger was looked for"

LATELY = timedelta(hours=2)
"""Longer than texts are counted here, or read with one another: to a text with none before it in
this time neither question is put.
"""

_READ = select(
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
    .limit(SAME_WORDS + 1)
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
    """What came from a number before a text: how many were read in the minute and in the hour, and
    whether there were `others` at all lately.
    """

    minute: int
    hour: int
    others: bool


def before(session: Session, inbound: Inbound) -> RecentTexts:
    """What came from the number before this text."""
    at = inbound.received_at
    given = {
        "number": inbound.from_number[:16],
        "minute": at - MINUTE,
        "hour_ago": at - HOUR,
        "from": inbound.from_number,
        "lately": at - LATELY,
        "id": inbound.id,
    }
    read = session.execute(_READ, given).one()
    return RecentTexts(read.minute, read.hour, read.others)


def over(read: RecentTexts, owners: Sequence[PhoneOwner]) -> bool:
    """Whether as many texts of the number as may be have been read in the minute, or the hour,
    before this one came.
    """
    rules = [owner.contactability.hub for owner in owners] or [HubRules()]
    in_minute, in_hour = (
        max(one.texts_read_a_minute for one in rules),
        max(one.texts_read_an_hour for one in rules),
    )
    return bool(read.minute >= in_minute or read.hour >= in_hour)


def pass_over(context: ReplyContext, owners: Sequence[PhoneOwner]) -> Handled:
    """Leave a text unread; it waits for a human unless one like it does already."""
    waiting = context.session.scalar(_WAITING, {"number": context.number[:16]}) is not None
    return Handled(
        PASSED_OVER,
        needs_human=not waiting,
        person_id=owners[0].person.id if len(owners) == 1 else None,
        acted=False,
        passed_over=True,
    )


def silence_repeats(context: ReplyContext, owners: Sequence[PhoneOwner]) -> ReplyContext:
    """Answer the same words no more after a few times in an hour. The first text that gets no
    answer waits for a human.
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
    if times < SAME_WORDS:
        return context
    limited = context.effects.answer_limited or times == SAME_WORDS
    return replace(context, quiet=True, effects=Effects(limited)).with_note(
        "The same words again, not answered"
    )
