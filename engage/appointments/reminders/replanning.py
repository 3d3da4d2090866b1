"""Reminders planned again for people who have become contactable: a number was verified, custody
ended, texts were approved.

A use case that makes a person contactable only marks the person, in the same transaction
(people.contactability.note_contactability_changed), so no change is missed, whichever way it came.
Nothing is sent from here: what is planned is decided when it falls due.
"""

import uuid
from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from engage.agencies.hub_settings import hub_rules
from engage.agencies.model import Hub
from engage.appointments.kinds import AppointmentState, ReminderKind, ReminderState
from engage.appointments.model import Appointment, Reminder
from engage.appointments.reminders import message_history, rules
from engage.appointments.reminders.message_history import SentReminder
from engage.appointments.reminders.planning import reminders_for
from engage.appointments.reminders.reminder_rows import insert_planned
from engage.appointments.reminders.reminder_settings import (
    reminder_rules,
    within_texting_hours,
)
from engage.people.model import Person

_FINAL = frozenset(
    reason.code
    for reason in (
        rules.BOOKED_LATE,
        rules.JUST_TOLD,
        rules.NOT_MARKED,
        rules.TOO_LATE,
        rules.REWRITTEN,
    )
)
"""A reminder skipped for one of these reasons is never planned again."""


def replan_contactable(session: Session, *, now: datetime, limit: int = 20) -> int:
    """Replan reminders for up to `limit` people who have become contactable. Returns how many
    people.
    """
    people = session.scalars(
        select(Person)
        .where(Person.contactability_changed_at.is_not(None))
        .order_by(Person.contactability_changed_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    for person in people:
        person.contactability_changed_at = None
        replan_skipped(session, person.id, now=now)
        plan_two_hour_reminders(session, person.id, now=now)
    return len(people)


def replan_skipped(session: Session, person_id: uuid.UUID, *, now: datetime) -> int:
    """Plan again the person's skipped reminders that would still help. Returns how many.

    At most one text for each appointment, decided like any other when it falls due. Texts that were
    called back or withheld count as skipped.
    """
    person = _lock_person(session, person_id)
    if person is None:
        return 0
    hub = session.get_one(Hub, person.hub_id)
    count = 0
    for appointment, reminders in _appointments_ahead(session, person_id, now):
        helpful = _still_helpful(appointment, reminders, hub, now)
        planned = within_texting_hours(helpful, person, hub, now)
        insert_planned(session, appointment, planned, reminders, now)
        count += len(planned)
    return count


def plan_two_hour_reminders(session: Session, person_id: uuid.UUID, *, now: datetime) -> int:
    """Plan the 2-hour reminder for appointments booked before the offender manager asked for it.
    Returns how many.

    Nothing needs doing when it is turned off: the text is skipped when it falls due.
    """
    person = _lock_person(session, person_id)
    if person is None or not person.two_hour_reminder:
        return 0
    hub = session.get_one(Hub, person.hub_id)
    count = 0
    for appointment, reminders in _appointments_ahead(
        session,
        person_id,
        now,
        Appointment.state == AppointmentState.BOOKED,
        ~Appointment.outcomes.any(),
    ):
        if any(
            one.reminder.kind is ReminderKind.TWO_HOURS
            for one in reminders
            if one.reminder.revision == appointment.revision
        ):
            continue
        planned = [
            one
            for one in reminders_for(person, hub, appointment.starts_at, first=None, now=now)
            if one.kind is ReminderKind.TWO_HOURS
        ]
        insert_planned(session, appointment, planned, reminders, now)
        count += sum(one.reason is None for one in planned)
    return count


def _lock_person(session: Session, person_id: uuid.UUID) -> Person | None:
    return session.scalars(
        select(Person).where(Person.id == person_id).with_for_update(key_share=True)
    ).one_or_none()


def _appointments_ahead(
    session: Session, person_id: uuid.UUID, now: datetime, *conditions: ColumnElement[bool]
) -> Iterator[tuple[Appointment, list[SentReminder]]]:
    """The person's appointments to come, each with its reminders."""
    appointments = session.scalars(
        select(Appointment).where(
            Appointment.person_id == person_id, Appointment.starts_at > now, *conditions
        )
    ).all()
    reminders = message_history.reminders_of(
        session, [appointment.id for appointment in appointments]
    )
    for appointment in appointments:
        yield (
            appointment,
            [one for one in reminders if one.reminder.appointment_id == appointment.id],
        )


def _still_helpful(
    appointment: Appointment, reminders: Sequence[SentReminder], hub: Hub, now: datetime
) -> list[rules.PlannedReminder]:
    """The most useful of the reminders that were not sent, unless another one is due soon."""
    cancelled = appointment.state is AppointmentState.CANCELLED
    current = [
        one
        for one in reminders
        if one.reminder.revision == appointment.revision
        and (one.reminder.kind is ReminderKind.CALLED_OFF) == cancelled
    ]
    newest = {
        one.reminder.kind: one for one in sorted(current, key=lambda one: one.reminder.attempt)
    }
    unsent = {
        kind: one
        for kind, one in newest.items()
        if one.unsent and one.reminder.expires_at > now and not _codes(one.reminder) & _FINAL
    }
    if not unsent:
        return []
    kind = rules.most_useful(list(unsent))
    min_gap = reminder_rules(hub_rules(hub)).min_gap
    due_soon = any(
        one.reminder.state is ReminderState.PLANNED and one.reminder.due_at - now < min_gap
        for one in current
    )
    if due_soon and kind not in (ReminderKind.CHANGED, ReminderKind.CALLED_OFF):
        return []
    return [rules.PlannedReminder(kind, now, unsent[kind].reminder.expires_at)]


def _codes(reminder: Reminder) -> set[str]:
    return {reason["code"] for reason in reminder.reasons}
