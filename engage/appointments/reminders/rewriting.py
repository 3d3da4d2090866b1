"""Texts that were stopped after they were written: their reminders are planned again, so that a new
text with true words can replace them.

The new reminder is decided like any other when it falls due.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.agencies.model import Hub
from engage.appointments.kinds import AppointmentState, ReminderKind, ReminderState
from engage.appointments.model import Appointment, Reminder
from engage.appointments.reminders import message_history, rules
from engage.appointments.reminders.reminder_rows import cancel_row, insert_planned
from engage.appointments.reminders.reminder_settings import within_texting_hours
from engage.people.model import Person


def rewrite_reminders(session: Session, message_id: uuid.UUID, *, now: datetime) -> int:
    """Plan again the reminders of a text that was withheld at the last moment, where they still
    apply. Returns how many.

    A reminder that may not be sent is then skipped with its reasons.
    """
    people = session.scalars(
        select(Appointment.person_id)
        .join(Reminder, Reminder.appointment_id == Appointment.id)
        .where(Reminder.message_id == message_id)
        .distinct()
    ).all()
    for person_id in people:
        session.execute(
            select(Person.id).where(Person.id == person_id).with_for_update(key_share=True)
        )
    return _replan(session, [message_id], None, now)


def rewrite_for_others(
    session: Session, message_ids: Sequence[uuid.UUID], appointment: Appointment, now: datetime
) -> int:
    """Plan again what called-back texts said about appointments other than this one. Returns how
    many.
    """
    return _replan(session, message_ids, appointment.id, now) if message_ids else 0


def _replan(
    session: Session,
    message_ids: Sequence[uuid.UUID],
    except_for: uuid.UUID | None,
    now: datetime,
) -> int:
    rows = session.execute(
        select(Reminder, Appointment, Person, Hub)
        .join(Appointment, Appointment.id == Reminder.appointment_id)
        .join(Person, Person.id == Appointment.person_id)
        .join(Hub, Hub.id == Appointment.hub_id)
        .where(Reminder.message_id.in_(message_ids), Reminder.state == ReminderState.SENT)
        .order_by(Reminder.id)
        .execution_options(populate_existing=True)
    ).all()
    count = 0
    for reminder, appointment, person, hub in rows:
        applies = (
            appointment.state is AppointmentState.BOOKED or reminder.kind is ReminderKind.CALLED_OFF
        ) and reminder.revision == appointment.revision
        if appointment.id == except_for or not applies:
            continue
        planned = within_texting_hours(
            [rules.PlannedReminder(reminder.kind, now, reminder.expires_at)], person, hub, now
        )
        if planned:
            cancel_row(reminder, rules.REWRITTEN, now)
            session.flush()
            earlier = message_history.reminders_of(session, [appointment.id])
            insert_planned(session, appointment, planned, earlier, now)
            count += 1
    return count
