"""Lists for the API: people, appointments, signals, each in a stable order for cursors; and single
rows.

Every query is limited to what the actor may see, and the people on a page are logged as accessed.
Nothing here changes anything else.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload, selectinload

from engage.access import scope
from engage.access.policy import Ability, Actor, open_person
from engage.appointments.model import Appointment
from engage.core import events
from engage.core.errors import Invalid, NotFound
from engage.core.events import Cursor
from engage.core.model import Event
from engage.core.paging import MomentCursor, rows_after
from engage.people.model import Person
from engage.signals import Signal, SignalKind, SignalState
from engage.texts import Purpose
from messaging.tables import Message

BY_NAME = (Person.last_name, Person.first_name, Person.id)
HEALTH_EVENT_PREFIXES = ("test.", "tests.", "court_review.")
"""The prefixes of event kinds that reveal a health matter by existing."""


@dataclass(frozen=True)
class AppointmentFilter:
    """Which appointments: of one person, starting in [from, until), changed at or after a
    moment.
    """

    person_id: uuid.UUID | None = None
    starts_from: datetime | None = None
    starts_until: datetime | None = None
    changed_since: datetime | None = None

    def place(self, row: Appointment) -> MomentCursor:
        """The position of a row in this filter's list."""
        return MomentCursor(row.starts_at if self.changed_since is None else row.updated_at, row.id)


def people(
    session: Session,
    actor: Actor,
    *,
    crn: str | None,
    after: uuid.UUID | None,
    limit: int,
    now: datetime,
) -> Sequence[Person]:
    """People whom the actor may see, by last name, first name and id; at most `limit`, after the
    person `after`.

    A cursor holds that person's id alone, because it is part of web addresses, where no name
    belongs. Raises Invalid if that person no longer exists.
    """
    query = (
        select(Person)
        .where(scope.people(actor))
        .options(joinedload(Person.offender_manager))
        .order_by(*BY_NAME)
        .limit(limit)
    )
    if crn is not None:
        query = query.where(Person.crn == crn)
    if after is not None:
        last = session.get(Person, after)
        if last is None:
            raise Invalid(
                fields={
                    "?after": (
                        "The last person of the previous page no longer exists. Start again."
                    )
                }
            )
        query = rows_after(query, BY_NAME, (last.last_name, last.first_name, last.id))
    found = session.scalars(query).all()
    _log_reading(session, actor, {person.id for person in found}, "list people", now)
    return found


def person(session: Session, actor: Actor, person_id: uuid.UUID, *, now: datetime) -> Person:
    """Return one person with their offender manager. The access is logged. Raises NotFound as
    open_person does.
    """
    found = open_person(session, actor, person_id, now=now, what="read person")
    session.refresh(found, ["offender_manager"])
    return found


def message(session: Session, actor: Actor, message_id: uuid.UUID, *, now: datetime) -> Message:
    """Return one text to a person, if the actor may read that person's thread. The access is
    logged. Raises NotFound or Forbidden.
    """
    found = session.get(Message, message_id)
    if found is None or found.recipient is None or found.context.get("purpose") == Purpose.NOTICE:
        raise NotFound("There is no such message, or you may not see it.")
    open_person(
        session,
        actor,
        uuid.UUID(found.recipient),
        now=now,
        what="read message",
        ability=Ability.CONVERSE,
    )
    return found


def appointments(
    session: Session,
    actor: Actor,
    wanted: AppointmentFilter,
    *,
    after: MomentCursor | None,
    limit: int,
    now: datetime,
) -> Sequence[Appointment]:
    """Appointments that the actor may see, by start (by last change if `changed_since` is given)
    and id.
    """
    moment = Appointment.starts_at if wanted.changed_since is None else Appointment.updated_at
    query = _whole_appointments(actor).order_by(moment, Appointment.id).limit(limit)
    if wanted.person_id is not None:
        query = query.where(Appointment.person_id == wanted.person_id)
    if wanted.starts_from is not None:
        query = query.where(Appointment.starts_at >= wanted.starts_from)
    if wanted.starts_until is not None:
        query = query.where(Appointment.starts_at < wanted.starts_until)
    if wanted.changed_since is not None:
        query = query.where(Appointment.updated_at >= wanted.changed_since)
    found = session.scalars(rows_after(query, (moment, Appointment.id), after)).all()
    _log_reading(session, actor, {one.person_id for one in found}, "list appointments", now)
    return found


def appointment(
    session: Session, actor: Actor, appointment_id: uuid.UUID, *, now: datetime
) -> Appointment | None:
    """Return one appointment with everything that belongs to it, freshly read, if the actor may see
    it.
    """
    session.flush()
    found = session.scalars(
        _whole_appointments(actor)
        .where(Appointment.id == appointment_id)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is not None:
        _log_reading(session, actor, {found.person_id}, "read appointment", now)
    return found


def signals(
    session: Session,
    actor: Actor,
    *,
    state: SignalState | None,
    person_id: uuid.UUID | None,
    after: MomentCursor | None,
    limit: int,
    now: datetime,
) -> Sequence[Signal]:
    """Signals that the actor may see, oldest first."""
    query = _visible_signals(actor).order_by(Signal.raised_at, Signal.id).limit(limit)
    if state is not None:
        query = query.where(Signal.state == state)
    if person_id is not None:
        query = query.where(Signal.person_id == person_id)
    found = session.scalars(rows_after(query, (Signal.raised_at, Signal.id), after)).all()
    _log_reading(session, actor, {signal.person_id for signal in found}, "list signals", now)
    return found


def event_feed(
    session: Session, actor: Actor, *, after: Cursor, limit: int
) -> tuple[Sequence[Event], Cursor]:
    """What happened in the actor's hub after a cursor, oldest first, and the cursor to ask with
    next.

    Events about people whom the actor may not see are left out, so a page may be shorter than
    `limit`, even empty, although more follow: the end is reached when the cursor no longer moves.
    Events about drug tests and treatment reviews require health access.
    """
    if actor.hub_id is None:
        return [], after
    rows = events.feed(session, hub_id=actor.hub_id, after=after, limit=limit)
    about = {event.person_id for _, event in rows if event.person_id is not None}
    seen = set(session.scalars(select(Person.id).where(Person.id.in_(about), scope.people(actor))))
    well = set(
        session.scalars(
            select(Person.id).where(Person.id.in_(seen), scope.people(actor, Ability.HEALTH))
        )
    )
    shown = [
        event
        for _, event in rows
        if event.person_id is None or event.person_id in (well if _of_health(event) else seen)
    ]
    return shown, rows[-1][0] if rows else after


def _of_health(event: Event) -> bool:
    return (
        event.kind.startswith(HEALTH_EVENT_PREFIXES)
        or event.data.get("signal_kind") == SignalKind.COURT_REVIEW_SOON.value
    )


def _whole_appointments(actor: Actor) -> Select[Appointment]:
    return (
        select(Appointment)
        .join(Person, Person.id == Appointment.person_id)
        .where(scope.appointments(actor))
        .options(
            joinedload(Appointment.agency),
            selectinload(Appointment.reminders),
            selectinload(Appointment.intents),
            selectinload(Appointment.outcomes),
            selectinload(Appointment.absence_reasons),
        )
    )


def _visible_signals(actor: Actor) -> Select[Signal]:
    return (
        select(Signal)
        .join(Person, Person.id == Signal.person_id)
        .where(scope.people(actor, Ability.SIGNALS), scope.signals(actor))
    )


def _log_reading(
    session: Session, actor: Actor, people: set[uuid.UUID], what: str, now: datetime
) -> None:
    for person_id in sorted(people):
        events.record_access(session, now=now, actor=actor.label, person_id=person_id, what=what)
