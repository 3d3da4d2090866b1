"""Meetings: called, attended, minuted, closed.

What a meeting decides is recorded only in decisions.py. A closed meeting never changes.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from engage.access import hub_roles
from engage.access.policy import Actor
from engage.agencies.hub_settings import hub_rules, hub_today, zone
from engage.agencies.model import Agency, Hub
from engage.cohort import agenda
from engage.cohort.meeting_model import Meeting, MeetingAttendance
from engage.core import events
from engage.core.db import new_id
from engage.core.errors import Conflict, Invalid, NotFound
from engage.core.local_time import local_day
from engage.core.text_fields import clean_text

CALLED_LATE_WITHIN = timedelta(days=14)
FURTHEST_AHEAD = timedelta(days=365)
LONGEST_MINUTES = 10_000


@dataclass(frozen=True)
class NextMeeting:
    """When a hub meets next: the day of a meeting that has been called, or the day by which one is
    due.
    """

    on: date
    called: bool
    meeting_id: uuid.UUID | None = None


@dataclass(frozen=True)
class Presence:
    """Whether an agency attended, and who represented it."""

    came: bool
    names: str = ""


def call(
    session: Session,
    actor: Actor,
    hub_id: uuid.UUID,
    *,
    held_on: date,
    chair: str = "",
    now: datetime,
) -> Meeting:
    """Call a meeting for a day, at the latest 14 days after it was held. Its agenda is built at
    once.

    Raises NotFound or Forbidden for a hub in which the actor does not decide, Invalid for the day,
    Conflict if that day already has a meeting or the hub has closed by then.
    """
    hub_roles.require(actor, hub_roles.hubs_to_decide_in(actor), hub_id)
    hub = session.get(Hub, hub_id)
    if hub is None:
        raise NotFound("There is no such hub, or it is not yours.")
    today = hub_today(hub, now)
    if not today - CALLED_LATE_WITHIN <= held_on <= today + FURTHEST_AHEAD:
        raise Invalid(fields={"held_on": "Enter a date in the next year or the last 14 days."})
    if hub.closed_at is not None and held_on >= local_day(hub.closed_at, zone(hub)):
        raise Conflict("The hub is closed on that day.", code="hub_closed")
    meeting: Meeting | None = session.scalar(
        insert(Meeting)
        .values(
            id=new_id(),
            hub_id=hub.id,
            held_on=held_on,
            chair=chair,
            minutes="",
            called_by=actor.label,
            called_at=now,
        )
        .on_conflict_do_nothing(index_elements=[Meeting.hub_id, Meeting.held_on])
        .returning(Meeting)
    )
    if meeting is None:
        raise Conflict("There is already a meeting on that day.", code="meeting_called")
    _record(session, "meeting.called", meeting, actor, now)
    agenda.build(session, meeting, actor=actor.label, now=now)
    return meeting


def rebuild_agenda(
    session: Session, actor: Actor, meeting_id: uuid.UUID, *, now: datetime
) -> Meeting:
    """Update the agenda. Raises NotFound, Forbidden, or Conflict for a closed meeting."""
    meeting = open_to_change(session, actor, meeting_id)
    agenda.build(session, meeting, actor=actor.label, now=now)
    return meeting


def note_attendance(
    session: Session,
    actor: Actor,
    meeting_id: uuid.UUID,
    given: Mapping[uuid.UUID, Presence],
    *,
    chair: str | None = None,
    now: datetime,
) -> Meeting:
    """Record which agencies attended, and who represented them. Agencies that are not named stay as
    recorded.

    Raises Invalid for an agency of another area, Conflict for a closed meeting or one not yet held.
    """
    meeting = open_to_change(session, actor, meeting_id)
    hub = session.get_one(Hub, meeting.hub_id)
    _check_started(meeting, hub, now)
    known = set(session.scalars(select(Agency.id).where(Agency.area_id == hub.area_id)))
    if set(given) - known:
        raise Invalid(fields={"agencies": "Choose agencies of this hub’s area only."})
    noted = {one.agency_id: one for one in meeting.attendance}
    for agency_id, presence in given.items():
        one = noted.get(agency_id)
        if one is None:
            session.add(
                MeetingAttendance(
                    meeting_id=meeting.id,
                    agency_id=agency_id,
                    came=presence.came,
                    names=presence.names,
                )
            )
        else:
            one.came, one.names = presence.came, presence.names
    if chair is not None:
        meeting.chair = chair
    session.flush()
    session.expire(meeting, ["attendance"])
    _record(session, "meeting.attendance_noted", meeting, actor, now)
    return meeting


def write_minutes(
    session: Session, actor: Actor, meeting_id: uuid.UUID, *, minutes: str, now: datetime
) -> Meeting:
    """Save a draft of the minutes. Raises Conflict for a closed meeting, Invalid if they are too
    long.
    """
    meeting = open_to_change(session, actor, meeting_id)
    meeting.minutes = clean_text("minutes", minutes, LONGEST_MINUTES)
    session.flush()
    _record(session, "meeting.minuted", meeting, actor, now)
    return meeting


def close(
    session: Session, actor: Actor, meeting_id: uuid.UUID, *, minutes: str, now: datetime
) -> Meeting:
    """Close a meeting with its minutes. Items without a decision go on the next agenda as long as
    their reason holds.

    Raises Invalid without minutes or before any agency is recorded as present, Conflict for a
    meeting that is closed or not yet held.
    """
    meeting = open_to_change(session, actor, meeting_id)
    _check_started(meeting, session.get_one(Hub, meeting.hub_id), now)
    tidy = clean_text("minutes", minutes, LONGEST_MINUTES)
    if not tidy:
        raise Invalid(fields={"minutes": "Write the minutes first."})
    if not any(one.came for one in meeting.attendance):
        raise Invalid(fields={"attendance": "Record which agencies attended first."})
    meeting.minutes, meeting.closed_at, meeting.closed_by = tidy, now, actor.label
    session.flush()
    _record(session, "meeting.closed", meeting, actor, now)
    return meeting


def next_meeting(session: Session, hub: Hub, *, now: datetime) -> NextMeeting:
    """When the hub meets next.

    If no meeting is called: the day on which one is due by the hub's setting (rule 12), today at
    the earliest.
    """
    today = hub_today(hub, now)
    called = session.scalars(
        select(Meeting)
        .where(Meeting.hub_id == hub.id, Meeting.closed_at.is_(None), Meeting.held_on >= today)
        .order_by(Meeting.held_on)
        .limit(1)
    ).one_or_none()
    if called is not None:
        return NextMeeting(called.held_on, called=True, meeting_id=called.id)
    last = session.scalar(
        select(Meeting.held_on)
        .where(Meeting.hub_id == hub.id, Meeting.held_on < today)
        .order_by(Meeting.held_on.desc())
        .limit(1)
    )
    due = today if last is None else last + timedelta(days=hub_rules(hub).meeting_days)
    return NextMeeting(max(due, today), called=False)


def open_meeting(session: Session, actor: Actor, meeting_id: uuid.UUID) -> Meeting:
    """A meeting that the actor may attend. Raises NotFound."""
    found = session.get(Meeting, meeting_id)
    if found is None or not hub_roles.may(actor, hub_roles.hubs_to_attend(actor), found.hub_id):
        raise NotFound("There is no such meeting, or you may not attend it.")
    return found


def open_to_change(session: Session, actor: Actor, meeting_id: uuid.UUID) -> Meeting:
    """An open meeting that the actor may record. Locks its row. Raises NotFound, Forbidden, or
    Conflict if it is closed.
    """
    open_meeting(session, actor, meeting_id)
    found = session.get_one(Meeting, meeting_id, with_for_update=True, populate_existing=True)
    hub_roles.require(actor, hub_roles.hubs_to_decide_in(actor), found.hub_id)
    if found.closed_at is not None:
        raise Conflict("This meeting is closed.", code="meeting_closed")
    return found


def has_started(meeting: Meeting, hub: Hub, now: datetime) -> bool:
    """Whether the day of the meeting has come."""
    return meeting.held_on <= hub_today(hub, now)


def _check_started(meeting: Meeting, hub: Hub, now: datetime) -> None:
    if not has_started(meeting, hub, now):
        raise Conflict("This meeting has not been held yet.", code="not_held")


def _record(session: Session, what: str, meeting: Meeting, actor: Actor, now: datetime) -> None:
    events.record(
        session, what, now=now, actor=actor.label, hub_id=meeting.hub_id, meeting=meeting.id
    )
