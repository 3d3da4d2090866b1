"""Notices: a text to a member of staff that something in Engage needs them, and nothing else.

No name, no place and no word of what it is about ever leaves in one: whoever holds the phone learns
that Engage exists. A notice is never counted against anybody, is no part of a person's thread, and
goes only to a mobile that the member of staff has given and wants used.
"""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage import texts
from engage.agencies.hub_settings import hub_rules, zone
from engage.agencies.model import Hub, Staff
from engage.core import events
from engage.core.errors import Invalid
from engage.texts import TextKind
from messaging import outbox, suppression
from messaging.numbers import NumberProblem, parse_mobile
from messaging.outbox import Lane, Route
from messaging.sending.dispatch import Claimed, Withhold

PURPOSE = "notice"
LIFE = timedelta(hours=12)
URGENT_LIFE = timedelta(hours=1)
"""An urgent notice is followed by another one, to this or the next person, before it is stale."""
WAKES, SLEEPS = time(7), time(21)
"""What is not urgent reaches a phone between these hours of the hub's wall clock [ours]."""


def recipient(staff_id: uuid.UUID) -> str:
    """How the queue names a member of staff: never as a bare id, which would be a person's."""
    return f"staff:{staff_id}"


def can_be_notified(session: Session, staff: Staff) -> bool:
    """Whether a notice can reach them: at work here, with a mobile that they want used and that has
    not said STOP.
    """
    return (
        staff.active
        and staff.mobile is not None
        and staff.wants_notices
        and not suppression.is_suppressed(session, staff.mobile)
    )


def notify_worker(
    session: Session, staff: Staff, *, about: str, now: datetime, urgent: bool = False
) -> bool:
    """Queue the text that an item needs them, once for each `about`; False where no notice can
    reach them.

    What is not `urgent` waits for the morning. Nothing about any person is taken, so nothing can
    leave.
    """
    return queue_notice(session, staff, about=about, now=now, urgent=urgent) is not None


def queue_notice(
    session: Session,
    staff: Staff,
    *,
    about: str,
    now: datetime,
    urgent: bool = False,
    item: str | None = None,
) -> uuid.UUID | None:
    """As `tell_worker`, but the id of the text in the queue, for whoever shows what became of it.

    `item` is what waits for somebody, as signals.py and the readings name it: once it is taken up,
    a notice that has not left is called back.
    """
    if staff.mobile is None or not can_be_notified(session, staff):
        return None
    hub = _home(session, staff)
    at = now if urgent or hub is None else _awake(now, hub)
    message = outbox.enqueue(
        session,
        outbox.Text(
            to=staff.mobile,
            body=texts.render(TextKind.NOTICE, "en"),
            lane=Lane.SAFETY if urgent else Lane.REPLY,
            dedupe_key=f"notice:{staff.id}:{about}",
            recipient=recipient(staff.id),
            group_key=item,
            send_after=at,
            expires_at=at + (URGENT_LIFE if urgent else LIFE),
            context={
                "purpose": PURPOSE,
                "texts": TextKind.NOTICE.value,
                "staff": str(staff.id),
                **({} if item is None else {"item": item}),
            },
            route=Route() if hub is None else hub_rules(hub).route,
        ),
        now=now,
    )
    return message.id


def last_look(session: Session, claimed: Sequence[Claimed]) -> Mapping[uuid.UUID, Withhold]:
    """The guard's part for notices: whoever left, changed their number or wants none in the last
    moment gets none. Reads only.
    """
    ours = {
        one.id: uuid.UUID(one.context["staff"])
        for one in claimed
        if one.context.get("purpose") == PURPOSE
    }
    if not ours:
        return {}
    found = session.execute(
        select(Staff.id, Staff.mobile, Staff.wants_notices, Staff.active).where(
            Staff.id.in_(ours.values())
        )
    )
    numbers = {row.id: row.mobile for row in found if row.active and row.wants_notices}
    return {
        one.id: Withhold("They want no notices at this number any more")
        for one in claimed
        if one.id in ours and numbers.get(ours[one.id]) != one.to_number
    }


def set_mobile(
    session: Session, staff: Staff, given: str | None, *, wants: bool, actor: str, now: datetime
) -> None:
    """Record the mobile on which a member of staff wants notices (or none). Raises Invalid where it
    is no UK mobile number.
    """
    number = None
    if given is not None and given.strip():
        try:
            number = parse_mobile(given)
        except NumberProblem as problem:
            raise Invalid(
                fields={"mobile": f"{problem.words}. Enter a UK mobile number."}
            ) from None
    if (staff.mobile, staff.wants_notices) == (number, wants):
        return
    if staff.mobile != number or not wants:
        outbox.withdraw(
            session, now=now, reason="They want no notices here", recipient=recipient(staff.id)
        )
    staff.mobile, staff.wants_notices = number, wants
    session.flush()
    events.record(
        session, "staff.notices_changed", now=now, actor=actor, staff=staff.id, wants=wants
    )


def _home(session: Session, staff: Staff) -> Hub | None:
    hubs = [membership.hub_id for membership in staff.memberships]
    return session.scalars(
        select(Hub).where(Hub.id.in_(hubs)).order_by(Hub.name, Hub.id).limit(1)
    ).first()


def _awake(now: datetime, hub: Hub) -> datetime:
    local = now.astimezone(zone(hub))
    if WAKES <= local.time() < SLEEPS:
        return now
    day = local.date() if local.time() < WAKES else local.date() + timedelta(days=1)
    return datetime.combine(day, WAKES, tzinfo=zone(hub))
