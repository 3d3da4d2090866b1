"""The two texts that ask about an absence (rule 5): planned when the absence is recorded, cancelled
when the person has answered or a worker has decided.

They are reminders like any other: decided when they fall due, by rule 1, with every reason stored.
The caller holds the lock of the person's row.
"""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import exists, insert, select
from sqlalchemy.orm import Session

from engage.agencies.hub_settings import hub_rules, zone
from engage.agencies.model import Hub
from engage.appointments import absence_rules
from engage.appointments.absence_rules import CHASERS
from engage.appointments.kinds import ReminderState
from engage.appointments.model import AbsenceReason, Appointment, Reminder
from engage.appointments.reminders import message_history
from engage.appointments.reminders.message_history import SentReminder
from engage.appointments.reminders.reminder_rows import (
    REMINDER_CHANNEL,
    call_back,
    cancel_row,
    new_row,
)
from engage.appointments.reminders.reminder_settings import texting_hours
from engage.core.db import wake
from engage.people.model import Person
from engage.people.rules import Reason


def plan(session: Session, appointment: Appointment, *, now: datetime) -> None:
    """Plan to ask for the reason, at once and once more before the window ends. A person who has
    given a reason is not asked, and no question is asked twice.
    """
    person, hub = (
        session.get_one(Person, appointment.person_id),
        session.get_one(Hub, appointment.hub_id),
    )
    planned = absence_rules.plan_chasers(
        appointment.starts_at,
        now=now,
        zone=zone(hub),
        hours=texting_hours(person, hub),
        days=hub_rules(hub).evidence_days,
    )
    earlier = _chasers(session, appointment)
    asked = {one.reminder.kind for one in earlier if _counts_as_asked(one)}
    explained = session.scalar(
        select(exists().where(AbsenceReason.appointment_id == appointment.id))
    )
    rows = [
        new_row(
            appointment.id,
            appointment.revision,
            replace(chaser, reason=absence_rules.REASON_GIVEN) if explained else chaser,
            1 + sum(one.reminder.kind is chaser.kind for one in earlier),
            now,
        )
        for chaser in planned
        if chaser.kind not in asked
    ]
    if rows:
        session.flush()
        session.execute(insert(Reminder), rows)
        wake(session, REMINDER_CHANNEL)


def cancel(session: Session, appointment: Appointment, reason: Reason, *, now: datetime) -> None:
    """Cancel the planned chasers, and call back those in the queue."""
    chasers = _chasers(session, appointment)
    withdrawn = call_back(session, chasers, reason, now)
    for one in chasers:
        if one.reminder.state is ReminderState.PLANNED or one.reminder.message_id in withdrawn:
            cancel_row(one.reminder, reason, now)
    session.flush()


def _chasers(session: Session, appointment: Appointment) -> list[SentReminder]:
    return [
        one
        for one in message_history.reminders_of(session, [appointment.id])
        if one.reminder.kind in CHASERS and one.reminder.revision == appointment.revision
    ]


def _counts_as_asked(one: SentReminder) -> bool:
    return one.sent or one.queued or one.reminder.state is ReminderState.PLANNED
