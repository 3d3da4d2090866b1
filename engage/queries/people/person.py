"""One person's page: who they are, how to contact them, their appointments, and what was said,
delivered and recorded.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from engage.access import health_redaction, scope
from engage.access.policy import (
    Ability,
    Actor,
    abilities,
    may_change,
    open_person,
)
from engage.agencies.hub_settings import zone
from engage.agencies.model import Hub, Staff
from engage.appointments.model import Appointment
from engage.core.errors import NotFound
from engage.core.paging import MomentCursor, rows_before
from engage.people.contactability import Contactability, contactability_of
from engage.people.model import ContactPoint, NumberState, Person
from engage.queries.appointments import appointments, still_booked
from engage.queries.appointments.appointment_view import AppointmentView
from engage.queries.conversation import takeover, thread
from engage.queries.people import shared_numbers
from engage.queries.people.shared_numbers import Sharer
from engage.queries.progress import check_ins as checkins
from engage.queries.progress import self_reports
from engage.queries.signals import signals
from messaging.tables import Suppression

PAGE = 20


@dataclass(frozen=True)
class Permissions:
    """What the actor may do on this page. An auditor may only read."""

    book: bool
    record: bool
    manage: bool
    converse: bool
    read_thread: bool
    see_signals: bool
    signals: bool
    overrule: bool


@dataclass(frozen=True)
class PersonPage:
    """Everything on the page."""

    person: Person
    hub: Hub
    zone: ZoneInfo
    offender_manager: Staff
    approved_by: str | None
    contactability: Contactability
    why_not: tuple[str, ...]
    not_expected: bool
    sharers: tuple[Sharer, ...]
    stopped_since: datetime | None
    earlier_numbers: tuple[ContactPoint, ...]
    may: Permissions
    signals: tuple[signals.SignalView, ...]
    upcoming: tuple[AppointmentView, ...]
    past: tuple[AppointmentView, ...]
    older: MomentCursor | None
    reports: tuple[self_reports.ReportView, ...]
    check_ins: checkins.CheckIns | None
    held: takeover.TakeoverView | None
    thread: thread.Thread


def load(
    session: Session,
    actor: Actor,
    person_id: uuid.UUID,
    *,
    now: datetime,
    before: thread.ThreadCursor | None = None,
    past_before: MomentCursor | None = None,
) -> PersonPage:
    """Return the page of one person, in a constant number of statements, each with a limit. The
    access is logged.

    Raises NotFound if the actor may not see the person.
    """
    person = open_person(session, actor, person_id, now=now, what="person.page")
    may, health = permissions(actor, person), health_redaction.sees_health(actor, person)
    hub, manager = (
        session.get_one(Hub, person.hub_id),
        session.get_one(Staff, person.offender_manager_id),
    )
    contact = contactability_of(session, [person.id], now)[person.id]
    upcoming_ids = list(session.scalars(_upcoming(actor, person.id, now)))
    past_ids = list(session.scalars(_past(actor, person.id, now, past_before)))
    views = appointments.load(session, actor, upcoming_ids + past_ids[:PAGE])
    past = tuple(views[id] for id in past_ids[:PAGE])
    return PersonPage(
        person=person,
        hub=hub,
        zone=zone(hub),
        offender_manager=manager,
        approved_by=_name(session, person.texts_approved_by_id),
        contactability=contact,
        why_not=obstacles(contact),
        not_expected=still_booked.not_expected(person),
        sharers=_sharers(session, actor, contact),
        stopped_since=_stopped_since(session, contact.number),
        earlier_numbers=_earlier(session, person.id) if may.read_thread else (),
        may=may,
        signals=signals.of_person(session, actor, person.id, now=now) if may.see_signals else (),
        upcoming=tuple(views[id] for id in upcoming_ids),
        past=past,
        older=MomentCursor(past[-1].starts_at, past[-1].id) if len(past_ids) > PAGE else None,
        reports=self_reports.of_person(session, actor, person),
        check_ins=checkins.of_person(session, person.id, health=health)
        if may.read_thread
        else None,
        held=takeover.of_person(session, actor, person.id, now=now) if may.read_thread else None,
        thread=thread.load(session, person.id, before=before, health=health)
        if may.read_thread
        else thread.Thread((), None),
    )


def permissions(actor: Actor, person: Person) -> Permissions:
    """What the actor may do on a person's pages."""
    granted, changes = abilities(actor, person), may_change(actor, person)
    return Permissions(
        book=changes and Ability.BOOK in granted,
        record=changes and Ability.RECORD in granted,
        manage=changes and Ability.MANAGE in granted,
        converse=changes and Ability.CONVERSE in granted,
        read_thread=Ability.CONVERSE in granted,
        see_signals=Ability.SIGNALS in granted,
        signals=changes and Ability.SIGNALS in granted,
        overrule=changes and Ability.OVERRULE in granted,
    )


@dataclass(frozen=True)
class NumberPage:
    """What is needed to change or verify a person's number."""

    person: Person
    contactability: Contactability
    sharers: tuple[Sharer, ...]
    safe_days: int


def load_number(
    session: Session, actor: Actor, person_id: uuid.UUID, *, now: datetime
) -> NumberPage:
    """Return a person's number, for those who manage them. Raises NotFound or Forbidden."""
    person = open_person(
        session, actor, person_id, now=now, what="number.page", ability=Ability.MANAGE, change=True
    )
    contact = contactability_of(session, [person.id], now)[person.id]
    return NumberPage(person, contact, _sharers(session, actor, contact), contact.hub.safe_days)


def obstacles_now(session: Session, person_id: uuid.UUID, *, now: datetime) -> tuple[str, ...]:
    """Every reason that stops a text to a person now. The caller has opened the person."""
    reasons = contactability_of(session, [person_id], now)[person_id].verdict.reasons
    return tuple(reason.words for reason in reasons)


@dataclass(frozen=True)
class AppointmentPage:
    """One appointment with its person. `why_not` says what stops texts to them now, apart from the
    hour.
    """

    appointment: AppointmentView
    person: Person
    may: Permissions
    why_not: tuple[str, ...]


def appointment(
    session: Session, actor: Actor, appointment_id: uuid.UUID, *, now: datetime
) -> AppointmentPage:
    """Return one appointment, if the actor may see it. The access is logged. Raises NotFound."""
    row = session.execute(
        select(Appointment.id, Appointment.person_id)
        .join(Person, Person.id == Appointment.person_id)
        .where(Appointment.id == appointment_id, scope.appointments(actor))
    ).one_or_none()
    if row is None:
        raise NotFound("There is no such appointment, or you may not see it.")
    person = open_person(session, actor, row.person_id, now=now, what="appointment.page")
    may = permissions(actor, person)
    return AppointmentPage(
        appointment=appointments.load(session, actor, [row.id])[row.id],
        person=person,
        may=may,
        why_not=obstacles(contactability_of(session, [person.id], now)[person.id]),
    )


def obstacles(contact: Contactability) -> tuple[str, ...]:
    """What stops texts to a person until someone acts: the reasons of rule 1 without the hour and
    the daily cap.
    """
    return tuple(reason.words for reason in contact.verdict.lasting)


def _upcoming(actor: Actor, person_id: uuid.UUID, now: datetime) -> Select[Any]:
    return (
        _of(actor, person_id)
        .where(Appointment.starts_at >= now)
        .order_by(Appointment.starts_at, Appointment.id)
        .limit(PAGE)
    )


def _past(
    actor: Actor, person_id: uuid.UUID, now: datetime, before: MomentCursor | None
) -> Select[Any]:
    query = _of(actor, person_id).where(Appointment.starts_at < now)
    query = rows_before(query, (Appointment.starts_at, Appointment.id), before)
    return query.order_by(Appointment.starts_at.desc(), Appointment.id.desc()).limit(PAGE + 1)


def _of(actor: Actor, person_id: uuid.UUID) -> Select[Any]:
    return (
        select(Appointment.id)
        .join(Person, Person.id == Appointment.person_id)
        .where(Appointment.person_id == person_id, scope.appointments(actor))
    )


def _sharers(session: Session, actor: Actor, contact: Contactability) -> tuple[Sharer, ...]:
    found = shared_numbers.of_numbers(session, actor, [contact.number] if contact.number else [])
    return tuple(
        one.shown
        for one in found.get(contact.number or "", ())
        if one.person_id != contact.person.id
    )


def _stopped_since(session: Session, number: str | None) -> datetime | None:
    return session.scalar(
        select(Suppression.since).where(
            Suppression.number == number, Suppression.restored_at.is_(None)
        )
    )


def _earlier(session: Session, person_id: uuid.UUID) -> tuple[ContactPoint, ...]:
    points = session.scalars(
        select(ContactPoint)
        .where(ContactPoint.person_id == person_id, ContactPoint.state == NumberState.RETIRED)
        .order_by(ContactPoint.retired_at.desc())
        .limit(PAGE)
    )
    return tuple(points)


def _name(session: Session, staff_id: uuid.UUID | None) -> str | None:
    return session.scalar(select(Staff.name).where(Staff.id == staff_id))
