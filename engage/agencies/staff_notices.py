"""Notices: a text to a member of staff that an item in Engage needs them.

A notice must never contain a name, a place or what the item is about: a stranger who reads the
phone learns only that Engage exists. It is not part of a person's thread, and goes only to a mobile
that the member of staff has given for notices.
"""

import uuid
from datetime import datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage import texts
from engage.agencies.hub_settings import hub_rules, zone
from engage.agencies.model import Hub, Staff
from engage.core import events
from engage.core.errors import Invalid
from engage.texts import Purpose, TextKind
from messaging import outbox, suppression
from messaging.numbers import NumberProblem, parse_mobile
from messaging.outbox import Lane, Route

NOT_WANTED = "The member of staff no longer wants notices at this number"
LIFETIME = timedelta(hours=12)
URGENT_LIFETIME = timedelta(hours=1)
"""An urgent notice is followed by another, to the same or the next member of staff, before it
expires.
"""
DAY_STARTS, DAY_ENDS = time(7), time(21)
"""Notices that are not urgent go between these hours of the hub's local time [ours]."""


def recipient(staff_id: uuid.UUID) -> str:
    """A member of staff as the recipient of a queued text. A plain id would mean a person."""
    return f"staff:{staff_id}"


def can_be_notified(session: Session, staff: Staff) -> bool:
    """Whether a notice can reach a member of staff: they are active, want notices, and their mobile
    is not suppressed.
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
    """Queue a notice, once for each `about`. Returns False if no notice can reach them.

    Unless it is `urgent`, a notice at night waits for the morning. The function takes nothing about
    a person, so that nothing can be disclosed.
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
    """Like `notify_worker`, but returns the id of the queued text, or None, so that its delivery
    can be shown.

    `item` is the key of the signal or reply that waits for a worker. When a worker takes it on, a
    notice that has not been sent is withdrawn.
    """
    if staff.mobile is None or not can_be_notified(session, staff):
        return None
    hub = _home_hub(session, staff)
    at = now if urgent or hub is None else _next_daytime(now, hub)
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
            expires_at=at + (URGENT_LIFETIME if urgent else LIFETIME),
            context={
                "purpose": Purpose.NOTICE,
                "texts": TextKind.NOTICE.value,
                "staff": str(staff.id),
                **({} if item is None else {"item": item}),
            },
            route=Route() if hub is None else hub_rules(hub).route,
        ),
        now=now,
    )
    return message.id


def set_mobile(
    session: Session, staff: Staff, given: str | None, *, wants: bool, actor: str, now: datetime
) -> None:
    """Record the mobile on which a member of staff wants notices, or none. Raises Invalid if it is
    not a UK mobile number.
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
        outbox.withdraw(session, now=now, reason=NOT_WANTED, recipient=recipient(staff.id))
    staff.mobile, staff.wants_notices = number, wants
    session.flush()
    events.record(
        session, "staff.notices_changed", now=now, actor=actor, staff=staff.id, wants=wants
    )


def _home_hub(session: Session, staff: Staff) -> Hub | None:
    """The hub whose local time and provider are used for notices to a member of staff."""
    hubs = [membership.hub_id for membership in staff.memberships]
    return session.scalars(
        select(Hub).where(Hub.id.in_(hubs)).order_by(Hub.name, Hub.id).limit(1)
    ).first()


def _next_daytime(now: datetime, hub: Hub) -> datetime:
    local = now.astimezone(zone(hub))
    if DAY_STARTS <= local.time() < DAY_ENDS:
        return now
    day = local.date() if local.time() < DAY_STARTS else local.date() + timedelta(days=1)
    return datetime.combine(day, DAY_STARTS, tzinfo=zone(hub))
