"""Workers' free times: add them (one, or weekly for up to eight weeks), withdraw them, and see
which are still free.

A worker manages their own; a coordinator, a supervisor and a system with a key of the hub manage
those of every worker in it. Nothing here books an appointment, or reveals for whom a time is held.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, false, func, or_, select, true
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, joinedload

from engage.access.policy import Actor, ActorKind
from engage.agencies.hub_settings import HubRules, zone
from engage.agencies.model import Hub, Membership, Role, Staff
from engage.appointments.booking_checks import detail_problems, moment_problems, raise_invalid
from engage.appointments.free_times.model import FreeTime
from engage.appointments.free_times.rules import FREE_KINDS, SlotRules
from engage.appointments.kinds import AppointmentState, AppointmentType
from engage.appointments.model import Appointment
from engage.appointments.reminders.rules import overlaps
from engage.appointments.reminders.wording import default_alias
from engage.core import events
from engage.core.db import new_id
from engage.core.errors import (
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
)
from engage.core.local_time import NoSuchTime, local_day, local_moment
from engage.core.paging import MomentCursor, rows_after
from engage.core.working_days import closed_days

MOST_WEEKS = 8
MANAGING_ROLES = (Role.COORDINATOR, Role.SUPERVISOR)
WORKER_ROLES = (Role.OFFENDER_MANAGER, Role.SUPPORT_WORKER, *MANAGING_ROLES)
A_DAY = timedelta(days=1)
CLOSED = "The hub is closed that day"
BUSY = "The worker has an appointment then"
OVERLAPS = "The worker has a free time already that overlaps this one"
PAST = "The time is in the past"


@dataclass(frozen=True)
class NewTimes:
    """A free time to add, repeated at the same wall-clock time for `weeks` weeks (1 to 8).

    `starts_at` is aware; `despite_closed` adds it on days on which the hub is closed too.
    """

    worker_id: uuid.UUID
    type: AppointmentType
    starts_at: datetime
    minutes: int
    place: str = ""
    place_alias: str = ""
    weeks: int = 1
    despite_closed: bool = False


@dataclass(frozen=True)
class AddedTimes:
    """The times that were added, and those that were refused, each with the reason."""

    times: tuple[FreeTime, ...]
    refused: tuple[tuple[datetime, str], ...]


def slot_rules(hub: HubRules) -> SlotRules:
    """The hub's numbers for offers."""
    return SlotRules(
        notice=timedelta(hours=hub.offer_notice_hours),
        ahead=timedelta(days=hub.offer_days_ahead),
        hold=timedelta(minutes=hub.hold_minutes),
    )


def add(
    session: Session, actor: Actor, hub_id: uuid.UUID, new: NewTimes, *, now: datetime
) -> AddedTimes:
    """Add free times. A week in which the time cannot be added is left out and reported.

    Raises Invalid for values that are not allowed, for a worker outside the hub, or if no week can
    be added; Forbidden if the actor may not manage this worker's times; NotFound for an unknown
    hub.
    """
    hub = session.get(Hub, hub_id)
    if hub is None:
        raise NotFound("There is no such hub.")
    worker = _lock_worker(session, actor, hub, new.worker_id)
    _check(new, now)
    place = new.place.strip()
    place_alias = new.place_alias.strip() or default_alias(place)
    booked = busy_times(session, worker, new.starts_at, new.starts_at + timedelta(weeks=MOST_WEEKS))
    existing = _existing_times(session, worker.id, new.starts_at)
    added: list[FreeTime] = []
    refused: list[tuple[datetime, str]] = []
    for starts_at in weekly_times(new.starts_at, new.weeks, zone(hub)):
        reason = _why_refused(starts_at, new, hub, booked, existing, now)
        if reason is not None:
            refused.append((starts_at, reason))
            continue
        free_time = FreeTime(
            id=new_id(),
            hub_id=hub.id,
            worker_id=worker.id,
            type=new.type,
            starts_at=starts_at,
            minutes=new.minutes,
            place=place,
            place_alias=place_alias,
            despite_closed=new.despite_closed,
            created_by=actor.label,
            created_at=now,
        )
        added.append(free_time)
    if not added:
        raise Invalid(fields={"starts_at": f"{refused[0][1]}."})
    session.add_all(added)
    try:
        session.flush()
    except IntegrityError:
        raise Conflict(f"{OVERLAPS}.", code="free_already") from None
    events.record(
        session,
        "free_times.added",
        now=now,
        actor=actor.label,
        hub_id=hub.id,
        worker=worker.id,
        times=[one.id for one in added],
    )
    return AddedTimes(tuple(added), tuple(refused))


def withdraw(session: Session, actor: Actor, free_time_id: uuid.UUID, *, now: datetime) -> FreeTime:
    """Withdraw a free time. A person who was offered it and picks it is offered others.

    Raises NotFound if there is none or the actor may not see it, Conflict if it is withdrawn
    already.
    """
    found = session.scalars(
        select(FreeTime)
        .where(FreeTime.id == free_time_id, _may_see(actor))
        .with_for_update(of=FreeTime)
    ).one_or_none()
    if found is None:
        raise NotFound("There is no such free time, or you may not see it.")
    _lock_worker(session, actor, session.get_one(Hub, found.hub_id), found.worker_id, active=False)
    if found.withdrawn_at is not None:
        raise Conflict("This free time has already been withdrawn.", code="withdrawn")
    found.withdrawn_at, found.withdrawn_by = now, actor.label
    found.held_for_id, found.held_until = None, None
    events.record(
        session,
        "free_time.withdrawn",
        now=now,
        actor=actor.label,
        hub_id=found.hub_id,
        worker=found.worker_id,
        time=found.id,
    )
    session.flush()
    return found


def upcoming(
    session: Session,
    actor: Actor,
    *,
    now: datetime,
    limit: int = 200,
    after: MomentCursor | None = None,
) -> list[FreeTime]:
    """Free times to come that are not withdrawn, soonest first: the actor's own, and all of the
    hubs in which they manage them.
    """
    query = (
        select(FreeTime)
        .where(FreeTime.withdrawn_at.is_(None), FreeTime.starts_at > now, _may_see(actor))
        .order_by(FreeTime.starts_at, FreeTime.id)
        .limit(limit)
        .options(joinedload(FreeTime.worker), joinedload(FreeTime.hub))
    )
    return list(session.scalars(rows_after(query, (FreeTime.starts_at, FreeTime.id), after)))


def taken(session: Session, times: Sequence[FreeTime]) -> set[uuid.UUID]:
    """The ids of the free times at which the worker has an appointment."""
    found: set[uuid.UUID] = set()
    by_worker: dict[uuid.UUID, list[FreeTime]] = {}
    for one in times:
        by_worker.setdefault(one.worker_id, []).append(one)
    for worker_id, own in by_worker.items():
        worker = session.get_one(Staff, worker_id)
        first, last = min(one.starts_at for one in own), max(one.ends_at for one in own)
        booked = busy_times(session, worker, first, last)
        found |= {one.id for one in own if clashes(one.starts_at, one.minutes, booked)}
    return found


def busy_times(
    session: Session, worker: Staff, first: datetime, last: datetime
) -> list[tuple[datetime, int]]:
    """The start and length of the worker's appointments between two moments. Appointments without
    a worker's id are found by the worker's name.
    """
    has_name = func.lower(Appointment.worker_name).in_(
        {worker.first_name.casefold(), worker.name.casefold()}
    )
    rows = session.execute(
        select(Appointment.starts_at, Appointment.minutes).where(
            Appointment.state == AppointmentState.BOOKED,
            Appointment.starts_at.between(first - A_DAY, last),
            or_(
                Appointment.worker_id == worker.id,
                Appointment.worker_id.is_(None)
                & (Appointment.agency_id == worker.agency_id)
                & has_name,
            ),
        )
    )
    return [(starts_at, minutes) for starts_at, minutes in rows]


def clashes(starts_at: datetime, minutes: int, others: Sequence[tuple[datetime, int]]) -> bool:
    """Whether a time overlaps one of the others, each a start and a length."""
    return any(overlaps(starts_at, minutes, other, length) for other, length in others)


def worker_of(session: Session, appointment: Appointment) -> Staff | None:
    """The appointment's worker: the one recorded, or else the only worker of the hub and agency
    with that name.
    """
    if appointment.worker_id is not None:
        found = session.get(Staff, appointment.worker_id)
        return found if found is not None and found.active else None
    name = appointment.worker_name.strip().casefold()
    in_hub = select(Membership.staff_id).where(Membership.hub_id == appointment.hub_id)
    rows = session.scalars(
        select(Staff).where(
            Staff.active, Staff.agency_id == appointment.agency_id, Staff.id.in_(in_hub)
        )
    ).all()
    fitting = [one for one in rows if name in (one.first_name.casefold(), one.name.casefold())]
    return fitting[0] if len(fitting) == 1 else None


def weekly_times(starts_at: datetime, weeks: int, where: ZoneInfo) -> list[datetime]:
    """The time, and the same wall-clock time in the weeks after it. A time that does not exist
    because of a clock change is left out.
    """
    local = starts_at.astimezone(where)
    found = [starts_at]
    for week in range(1, weeks):
        try:
            found.append(local_moment(local.date() + timedelta(weeks=week), local.time(), where).at)
        except NoSuchTime:
            continue
    return found


def workers_of(session: Session, actor: Actor, hub_id: uuid.UUID) -> list[Staff]:
    """The workers of a hub whose free times the actor may manage, by name."""
    in_hub = select(Membership.staff_id).where(
        Membership.hub_id == hub_id, Membership.role.in_(WORKER_ROLES)
    )
    query = select(Staff).where(Staff.active, Staff.id.in_(in_hub)).order_by(Staff.name, Staff.id)
    if not _may_manage_all(actor, hub_id):
        query = query.where(Staff.id == actor.id)
    return list(session.scalars(query))


def _lock_worker(
    session: Session, actor: Actor, hub: Hub, worker_id: uuid.UUID, *, active: bool = True
) -> Staff:
    """The worker, with their row locked so that their times are changed one after another. Raises
    Forbidden if the actor may not manage them, Invalid if the worker is not in the hub.
    """
    own = (
        actor.kind is ActorKind.STAFF
        and actor.id == worker_id
        and hub.id in actor.hubs(*WORKER_ROLES)
    )
    if not own and not _may_manage_all(actor, hub.id):
        raise Forbidden("You can only manage your own free times.")
    in_hub = select(Membership.staff_id).where(
        Membership.hub_id == hub.id, Membership.role.in_(WORKER_ROLES)
    )
    query = select(Staff).where(Staff.id == worker_id)
    if active:
        query = query.where(Staff.active, Staff.id.in_(in_hub))
    worker = session.scalars(query.with_for_update(of=Staff, key_share=True)).one_or_none()
    if worker is None:
        raise Invalid(fields={"worker": "Choose a worker in this hub."})
    return worker


def _may_manage_all(actor: Actor, hub_id: uuid.UUID) -> bool:
    if actor.kind is ActorKind.SYSTEM:
        return True
    if actor.kind is ActorKind.KEY:
        return actor.hub_id == hub_id
    return hub_id in actor.hubs(*MANAGING_ROLES)


def _may_see(actor: Actor) -> ColumnElement[bool]:
    """The condition on FreeTime for the free times that the actor may see. Denies by default."""
    if actor.kind is ActorKind.SYSTEM:
        return true()
    if actor.kind is ActorKind.KEY:
        return FreeTime.hub_id == actor.hub_id
    if actor.kind is not ActorKind.STAFF:
        return false()
    own = and_(FreeTime.worker_id == actor.id, FreeTime.hub_id.in_(actor.hubs(*WORKER_ROLES)))
    return or_(own, FreeTime.hub_id.in_(actor.hubs(*MANAGING_ROLES)))


def _check(new: NewTimes, now: datetime) -> None:
    details = {"minutes": new.minutes, "place": new.place, "place_alias": new.place_alias}
    problems = {**moment_problems(new.starts_at, now), **detail_problems(details)}
    if new.type not in FREE_KINDS:
        problems["type"] = "Free times cannot be for a group, a course or court."
    if not 1 <= new.weeks <= MOST_WEEKS:
        problems["weeks"] = f"Repeat it for 1 to {MOST_WEEKS} weeks."
    raise_invalid(problems)


def _why_refused(
    starts_at: datetime,
    new: NewTimes,
    hub: Hub,
    booked: Sequence[tuple[datetime, int]],
    existing: Sequence[tuple[datetime, int]],
    now: datetime,
) -> str | None:
    if starts_at <= now:
        return PAST
    if not new.despite_closed and local_day(starts_at, zone(hub)) in closed_days(hub.settings):
        return CLOSED
    if clashes(starts_at, new.minutes, booked):
        return BUSY
    return OVERLAPS if clashes(starts_at, new.minutes, existing) else None


def _existing_times(
    session: Session, worker_id: uuid.UUID, first: datetime
) -> list[tuple[datetime, int]]:
    rows = session.execute(
        select(FreeTime.starts_at, FreeTime.minutes).where(
            FreeTime.worker_id == worker_id,
            FreeTime.withdrawn_at.is_(None),
            FreeTime.starts_at.between(first - A_DAY, first + timedelta(weeks=MOST_WEEKS) + A_DAY),
        )
    )
    return [(starts_at, minutes) for starts_at, minutes in rows]
