"""The Today page: people who need attention and why, and the appointments of today and tomorrow."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from engage.access import scope
from engage.access.policy import Ability, Actor, abilities
from engage.agencies.hub_settings import zone
from engage.agencies.model import Hub
from engage.appointments.model import Appointment, AppointmentState
from engage.core.local_time import local_day, start_of_day
from engage.core.paging import MomentCursor, cut, rows_after
from engage.people import contactability
from engage.people.model import Person
from engage.queries.appointments import appointments, free_times, still_booked
from engage.queries.appointments.appointment_view import AppointmentView
from engage.queries.conversation import unread as readings
from engage.queries.people.person import obstacles
from engage.queries.progress import check_ins
from engage.queries.signals import signals

PAGE = 20


@dataclass(frozen=True)
class Day:
    """A page of one day's appointments in order of time; `following` is where the next page starts,
    if there is one.

    `why_not` says, for the people on the page, what stops their texts.
    """

    date: date
    zone: ZoneInfo
    appointments: tuple[AppointmentView, ...]
    following: MomentCursor | None
    why_not: Mapping[uuid.UUID, tuple[str, ...]]

    @property
    def late_or_here(self) -> tuple[AppointmentView, ...]:
        """Appointments on this page whose person says they are late or here, and which have no
        outcome yet.
        """
        return tuple(one for one in self.appointments if one.waits_to_be_seen)


@dataclass(frozen=True)
class Today:
    """The Today page."""

    zone: ZoneInfo
    signals: signals.SignalPage
    unread: tuple[readings.Unread, ...]
    unknown_numbers: int
    moved: tuple[free_times.MovedByText, ...]
    not_answered: tuple[check_ins.Unanswered, ...]
    still_booked: tuple[still_booked.StillBooked, ...]
    today: Day
    tomorrow: Day


def home_zone(session: Session, actor: Actor) -> ZoneInfo:
    """The time zone of the actor's day: that of their hub, or of the first hub by name if they have
    several.
    """
    home = session.scalars(
        select(Hub).where(Hub.id.in_(actor.hubs())).order_by(Hub.name).limit(1)
    ).one_or_none()
    return zone(home) if home is not None else ZoneInfo("Europe/London")


def load(
    session: Session, actor: Actor, *, now: datetime, after: signals.SignalCursor | None = None
) -> Today:
    """Today for this actor: a constant number of statements, each with a limit."""
    where = home_zone(session, actor)
    first = local_day(now, where)
    today, tomorrow = _days(session, actor, [first, first + timedelta(days=1)], where, now, None)
    return Today(
        zone=where,
        signals=signals.open_signals(session, actor, now=now, after=after),
        unread=readings.unread(session, actor),
        unknown_numbers=readings.count_unknown(session, actor),
        moved=free_times.moved_by_text(session, actor, now=now),
        not_answered=check_ins.unanswered(session, actor, now=now),
        still_booked=still_booked.people_still_booked(session, actor, now=now),
        today=today,
        tomorrow=tomorrow,
    )


def load_day(
    session: Session, actor: Actor, day: date, *, now: datetime, after: MomentCursor | None = None
) -> Day:
    """A page of one day's appointments."""
    (found,) = _days(session, actor, [day], home_zone(session, actor), now, after)
    return found


def _days(
    session: Session,
    actor: Actor,
    days: list[date],
    where: ZoneInfo,
    now: datetime,
    after: MomentCursor | None,
) -> list[Day]:
    found = {
        day: cut(
            _rows(session, actor, day, where, after),
            PAGE,
            lambda row: MomentCursor(row.starts_at, row.id),
        )
        for day in days
    }
    shown = [row.id for rows, _ in found.values() for row in rows]
    views = appointments.load(session, actor, shown)
    converses = scope.may_anywhere(actor, Ability.CONVERSE)
    people = {view.person_id for view in views.values()} if converses else set()
    why_not = {
        person_id: obstacles(contact)
        for person_id, contact in contactability.contactability_of(session, people, now).items()
        if Ability.CONVERSE in abilities(actor, contact.person)
    }
    return [
        Day(
            date=day,
            zone=where,
            appointments=tuple(views[row.id] for row in rows),
            following=following,
            why_not=why_not,
        )
        for day, (rows, following) in found.items()
    ]


def _rows(
    session: Session, actor: Actor, day: date, where: ZoneInfo, after: MomentCursor | None
) -> Sequence[Row[uuid.UUID, datetime]]:
    begins = start_of_day(day, where)
    ends = start_of_day(day + timedelta(days=1), where)
    query = (
        select(Appointment.id, Appointment.starts_at)
        .join(Person, Person.id == Appointment.person_id)
        .where(
            Appointment.starts_at >= begins,
            Appointment.starts_at < ends,
            Appointment.state == AppointmentState.BOOKED,
            scope.appointments(actor),
        )
        .order_by(Appointment.starts_at, Appointment.id)
        .limit(PAGE + 1)
    )
    here = rows_after(query, (Appointment.starts_at, Appointment.id), after)
    return session.execute(here).all()
