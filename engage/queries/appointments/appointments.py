"""Load appointments as staff see them, with their reminders, intents and outcomes."""

import uuid
from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.access import health_redaction
from engage.access.policy import (
    Ability,
    Actor,
    abilities,
    may_change,
)
from engage.agencies.hub_settings import zone
from engage.agencies.model import Agency, Hub, Staff
from engage.appointments.model import (
    AbsenceReason,
    Appointment,
    Outcome,
    Reminder,
    StatedIntent,
)
from engage.people.model import Person
from engage.queries import actor_names
from engage.queries.appointments.appointment_view import (
    AbsenceReasonView,
    AppointmentView,
    IntentView,
    OutcomeView,
    ReminderView,
)
from messaging.tables import Inbound, Message


def load(
    session: Session, actor: Actor, ids: Collection[uuid.UUID]
) -> Mapping[uuid.UUID, AppointmentView]:
    """The views of appointments, in six statements for any number of them.

    The caller has checked that the actor may see the appointments. A person's own words are
    included only if the actor may read that person's texts, which differs from hub to hub.
    """
    if not ids:
        return {}
    wanted = list(ids)
    rows = session.execute(
        select(Appointment, Person, Agency.name, Hub, Staff.name)
        .join(Person, Person.id == Appointment.person_id)
        .join(Agency, Agency.id == Appointment.agency_id)
        .join(Hub, Hub.id == Appointment.hub_id)
        .join(Staff, Staff.id == Person.offender_manager_id)
        .where(Appointment.id.in_(wanted))
    ).all()
    readable = {one.id for one, person, *_ in rows if Ability.CONVERSE in abilities(actor, person)}
    reminders = _reminders(session, wanted)
    health_readable = {
        one.id
        for one, person, *_ in rows
        if one.id in readable and health_redaction.sees_health(actor, person)
    }
    intents = _intents(session, wanted, readable, health_readable)
    outcomes = _outcomes(session, wanted)
    labels = {row.recorded_by for found in outcomes.values() for row in found}
    labels |= {appointment.created_by for appointment, *_ in rows}
    reasons = _absence_reasons(session, wanted, readable, health_readable)
    labels |= {row.decided_by for found in reasons.values() for row, _ in found if row.decided_by}
    names = actor_names.names_by_label(session, labels)
    return {
        appointment.id: _view(
            actor,
            appointment,
            person,
            actor_names.other_manager(actor, person, manager),
            agency,
            hub,
            names[appointment.created_by],
            reminders.get(appointment.id, []),
            intents.get(appointment.id, []),
            [
                _outcome_view(row, names[row.recorded_by])
                for row in outcomes.get(appointment.id, [])
            ],
            tuple(_reason_view(row, body, names) for row, body in reasons.get(appointment.id, [])),
        )
        for appointment, person, agency, hub, manager in rows
    }


def _view(
    actor: Actor,
    appointment: Appointment,
    person: Person,
    manager: str | None,
    agency: str,
    hub: Hub,
    booked_by: str,
    reminders: list[ReminderView],
    intents: list[tuple[StatedIntent, str | None]],
    outcomes: list[OutcomeView],
    reasons: tuple[AbsenceReasonView, ...],
) -> AppointmentView:
    views = [
        IntentView(
            kind=intent.kind,
            at=intent.said_at,
            minutes_late=intent.minutes_late,
            cause=intent.cause,
            travel=intent.travel,
            earlier_time=intent.revision != appointment.revision,
            inbound_id=intent.inbound_id,
            words=body,
            withdrawn=intent.withdrawn_at is not None,
            misread=intent.withdrawn_at is not None and intent.withdrawn_by != "person",
            corrected=intent.corrected_by is not None,
        )
        for intent, body in intents
    ]
    last = next((one for one in reversed(views) if not one.withdrawn), None)
    return AppointmentView(
        id=appointment.id,
        person_id=person.id,
        person_name=person.name,
        crn=person.crn,
        manager=manager,
        may_record=may_change(actor, person) and Ability.RECORD in abilities(actor, person),
        starts_at=appointment.starts_at,
        minutes=appointment.minutes,
        type=appointment.type,
        worker_name=appointment.worker_name,
        agency_name=agency,
        place=appointment.place,
        place_alias=appointment.place_alias,
        enforceable=appointment.enforceable,
        state=appointment.state,
        cancelled_reason=appointment.cancelled_reason,
        revision=appointment.revision,
        zone=zone(hub),
        booked_by=booked_by,
        booked_at=appointment.created_at,
        said=last,
        said_before=tuple(one for one in reversed(views) if one is not last),
        reminders=tuple(reminders),
        recorded=next((row for row in outcomes if row.superseded_at is None), None),
        recorded_before=tuple(row for row in outcomes if row.superseded_at is not None),
        explained=reasons,
    )


def _reminders(session: Session, wanted: list[uuid.UUID]) -> dict[uuid.UUID, list[ReminderView]]:
    rows = session.execute(
        select(Reminder, Message)
        .outerjoin(Message, Message.id == Reminder.message_id)
        .where(Reminder.appointment_id.in_(wanted))
        .order_by(Reminder.revision, Reminder.due_at, Reminder.attempt, Reminder.id)
    )
    found: dict[uuid.UUID, list[ReminderView]] = {}
    for reminder, message in rows:
        found.setdefault(reminder.appointment_id, []).append(_reminder_view(reminder, message))
    return found


def _reminder_view(reminder: Reminder, message: Message | None) -> ReminderView:
    return ReminderView(
        id=reminder.id,
        kind=reminder.kind,
        due_at=reminder.due_at,
        state=reminder.state,
        reasons=tuple(reason["words"] for reason in reminder.reasons),
        revision=reminder.revision,
        message_id=reminder.message_id,
        status=None if message is None else message.status,
        status_reason=None if message is None else message.reason,
        status_at=None if message is None else last_moment(message),
    )


def last_moment(message: Message) -> datetime:
    """When the last known thing happened to the text."""
    return (
        message.delivered_at
        or message.ended_at
        or message.sent_at
        or message.accepted_at
        or message.claimed_at
        or message.created_at
    )


def _intents(
    session: Session,
    wanted: list[uuid.UUID],
    readable: Collection[uuid.UUID],
    health_readable: Collection[uuid.UUID],
) -> dict[uuid.UUID, list[tuple[StatedIntent, str | None]]]:
    rows = session.execute(
        select(StatedIntent, Inbound.body, health_redaction.is_about_health())
        .outerjoin(Inbound, Inbound.id == StatedIntent.inbound_id)
        .where(StatedIntent.appointment_id.in_(wanted))
        .order_by(StatedIntent.said_at, StatedIntent.id)
    )
    found: dict[uuid.UUID, list[tuple[StatedIntent, str | None]]] = {}
    for intent, body, is_health in rows:
        shown = intent.appointment_id in (health_readable if is_health else readable)
        found.setdefault(intent.appointment_id, []).append((intent, body if shown else None))
    return found


def _absence_reasons(
    session: Session,
    wanted: list[uuid.UUID],
    readable: Collection[uuid.UUID],
    health_readable: Collection[uuid.UUID],
) -> dict[uuid.UUID, list[tuple[AbsenceReason, str | None]]]:
    rows = session.execute(
        select(AbsenceReason, Inbound.body, health_redaction.is_about_health())
        .join(Inbound, Inbound.id == AbsenceReason.inbound_id)
        .where(AbsenceReason.appointment_id.in_(wanted))
        .order_by(AbsenceReason.said_at, AbsenceReason.id)
    )
    found: dict[uuid.UUID, list[tuple[AbsenceReason, str | None]]] = {}
    for row, body, is_health in rows:
        shown = row.appointment_id in (health_readable if is_health else readable)
        found.setdefault(row.appointment_id, []).append((row, body if shown else None))
    return found


def _reason_view(
    row: AbsenceReason, words: str | None, names: Mapping[str | None, str]
) -> AbsenceReasonView:
    return AbsenceReasonView(
        id=row.id,
        at=row.said_at,
        cause=row.cause,
        proposed=row.proposed,
        decision=row.decision,
        decided_by=None if row.decided_by is None else names[row.decided_by],
        decided_at=row.decided_at,
        words=words,
    )


def _outcomes(session: Session, wanted: list[uuid.UUID]) -> dict[uuid.UUID, list[Outcome]]:
    found: dict[uuid.UUID, list[Outcome]] = {}
    for row in session.scalars(
        select(Outcome)
        .where(Outcome.appointment_id.in_(wanted))
        .order_by(Outcome.recorded_at, Outcome.id)
    ):
        found.setdefault(row.appointment_id, []).append(row)
    return found


def _outcome_view(row: Outcome, by: str) -> OutcomeView:
    return OutcomeView(
        code=row.code, note=row.note, by=by, at=row.recorded_at, superseded_at=row.superseded_at
    )
