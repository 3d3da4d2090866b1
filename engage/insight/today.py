"""What a worker sees first: who needs a call and why, and what is booked for today and tomorrow."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.agencies.hubs import zone
from engage.agencies.model import Hub
from engage.appointments.model import Appointment, AppointmentState
from engage.insight import appointments, readings, sight, signals
from engage.insight.person import obstacles
from engage.people import contact
from engage.people.access import Ability, Actor
from engage.people.model import Person
from engage.signals import Severity

PAGE = 100


@dataclass(frozen=True)
class Day:
    """One day's appointments in order of time; `more` when there are more than a page shows."""

    date: date
    appointments: tuple[appointments.AppointmentView, ...]
    more: bool


@dataclass(frozen=True)
class Today:
    """The landing page. `why_not` says, for people with an appointment on it, what keeps texts from them."""

    zone: ZoneInfo
    signals: signals.SignalPage
    counts: Mapping[Severity, int]
    unread: tuple[readings.Unread, ...]
    unknown_numbers: int
    today: Day
    tomorrow: Day
    why_not: Mapping[uuid.UUID, tuple[str, ...]]


def home_zone(session: Session, actor: Actor) -> ZoneInfo:
    """The zone in which the actor's day begins: that of their hub, the first by name when they have several."""
    home = session.scalars(
        select(Hub).where(Hub.id.in_(actor.hubs())).order_by(Hub.name).limit(1)
    ).one_or_none()
    return zone(home) if home is not None else ZoneInfo("Europe/London")


def load(session: Session, actor: Actor, *, now: datetime, after: signals.Place | None = None) -> Today:
    """Today for this actor: a constant number of statements, each with a limit."""
    where = home_zone(session, actor)
    day = now.astimezone(where).date()
    tomorrow = day + timedelta(days=1)
    found = {which: _ids(session, actor, which, where) for which in (day, tomorrow)}
    converses = sight.may_anywhere(actor, Ability.CONVERSE)
    views = appointments.load(session, [id for ids in found.values() for id in ids[:PAGE]], words=converses)
    reaches = contact.reach(session, {view.person_id for view in views.values()}, now) if converses else {}
    return Today(
        zone=where,
        signals=signals.open_signals(session, actor, now=now, after=after),
        counts=signals.count_open(session, actor),
        unread=readings.unread(session, actor),
        unknown_numbers=readings.count_unknown(session, actor),
        today=_day(day, found[day], views),
        tomorrow=_day(tomorrow, found[tomorrow], views),
        why_not={person_id: obstacles(reach) for person_id, reach in reaches.items()},
    )


def _ids(session: Session, actor: Actor, day: date, where: ZoneInfo) -> list[uuid.UUID]:
    begins = datetime.combine(day, time(0), tzinfo=where)
    ends = datetime.combine(day + timedelta(days=1), time(0), tzinfo=where)
    return list(
        session.scalars(
            select(Appointment.id)
            .join(Person, Person.id == Appointment.person_id)
            .where(
                Appointment.starts_at >= begins,
                Appointment.starts_at < ends,
                Appointment.state == AppointmentState.BOOKED,
                sight.appointments(actor),
            )
            .order_by(Appointment.starts_at, Appointment.id)
            .limit(PAGE + 1)
        )
    )


def _day(day: date, ids: list[uuid.UUID], views: Mapping[uuid.UUID, appointments.AppointmentView]) -> Day:
    return Day(day, tuple(views[id] for id in ids[:PAGE]), more=len(ids) > PAGE)
