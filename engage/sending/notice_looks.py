"""Looks at a notice to a member of staff: does the item still need anybody, and do they still want
notices at this number? Reads only.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage import signals
from engage.agencies.model import Staff
from engage.conversation.model import ReplyRecord
from engage.conversation.safety.alerts import record_item
from engage.signals import Signal, SignalState
from messaging.sending.dispatch import Claimed


@dataclass(frozen=True)
class NoticeText:
    """A notice in its last moment: the mobile on which the member of staff wants notices now, and
    whether the item that it is about still waits.
    """

    text: Claimed
    mobile: str | None
    item_waits: bool


def notice_texts(
    session: Session, texts: Sequence[Claimed], now: datetime
) -> Mapping[uuid.UUID, NoticeText]:
    """The facts about notices, in three statements at most."""
    mobiles = _mobiles(session, {uuid.UUID(one.context["staff"]) for one in texts})
    items = {one.id: one.context["item"] for one in texts if "item" in one.context}
    waiting = _waiting(session, set(items.values())) if items else set()
    return {
        one.id: NoticeText(
            one,
            mobiles.get(uuid.UUID(one.context["staff"])),
            one.id not in items or items[one.id] in waiting,
        )
        for one in texts
    }


def taken_up(one: NoticeText) -> bool:
    """Somebody has taken up the item."""
    return not one.item_waits


def not_wanted(one: NoticeText) -> bool:
    """The member of staff has left, has another number, or wants no notices."""
    return one.mobile != one.text.to_number


def _mobiles(session: Session, staff_ids: set[uuid.UUID]) -> Mapping[uuid.UUID, str | None]:
    rows = session.execute(
        select(Staff.id, Staff.mobile).where(
            Staff.id.in_(staff_ids), Staff.active, Staff.wants_notices
        )
    )
    return {row.id: row.mobile for row in rows}


def _waiting(session: Session, items: set[str]) -> set[str]:
    """Those of the items that still wait: signals that are open, and texts of unknown numbers that
    no worker has read.
    """
    ids = [uuid.UUID(item.partition(":")[2]) for item in items]
    open_signals = session.scalars(
        select(Signal.id).where(Signal.id.in_(ids), Signal.state == SignalState.OPEN)
    )
    unread = session.scalars(
        select(ReplyRecord.id).where(
            ReplyRecord.id.in_(ids), ReplyRecord.read_at.is_(None), ReplyRecord.person_id.is_(None)
        )
    )
    return {*map(signals.notice_item, open_signals), *map(record_item, unread)}
