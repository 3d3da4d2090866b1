"""The two texts that ask about an absence (RULES.md 5): planned when it is recorded, ended when
they have answered or a worker has decided.

They are reminders like any other: decided when they fall due, by rule 1, with every reason kept.
The person's row is held by the caller.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from sqlalchemy import exists, insert, select
from sqlalchemy.orm import Session

from engage.agencies.hub_settings import hub_rules, zone
from engage.agencies.model import Hub
from engage.appointments import absence_rules
from engage.appointments.absence_rules import CHASES
from engage.appointments.kinds import ReminderKind, ReminderState
from engage.appointments.model import AbsenceReason, Appointment, Reminder
from engage.appointments.reminders import message_history, planning
from engage.appointments.reminders.due import as_rows
from engage.appointments.reminders.message_history import SentReminder
from engage.core.db import wake
from engage.people import rules as people_rules
from engage.people.contactability import contact_rules
from engage.people.model import Person
from engage.people.rules import Reason
from messaging import states
from messaging.states import MessageStatus


def plan(session: Session, appointment: Appointment, *, now: datetime) -> None:
    """Ask why, at once and once more before the window ends; nobody is asked who has said, or what
    they were asked already.
    """
    person, hub = (
        session.get_one(Person, appointment.person_id),
        session.get_one(Hub, appointment.hub_id),
    )
    numbers = hub_rules(hub)
    slots = absence_rules.chases(
        appointment.starts_at,
        now=now,
        zone=zone(hub),
        hours=people_rules.narrowed(
            contact_rules(numbers), person.text_from_hour, person.text_until_hour
        ),
        days=numbers.evidence_days,
    )
    before = _chases(session, appointment)
    asked = {one.reminder.kind for one in before if _stands(one)}
    said = session.scalar(select(exists().where(AbsenceReason.appointment_id == appointment.id)))
    rows = [
        planning.row_for(
            appointment.id,
            appointment.revision,
            replace(slot, reason=absence_rules.SAID_WHY) if said else slot,
            1 + sum(one.reminder.kind is slot.kind for one in before),
            now,
        )
        for slot in slots
        if slot.kind not in asked
    ]
    if rows:
        session.flush()
        session.execute(insert(Reminder), rows)
        wake(session, planning.CHANNEL)


def withdraw(
    session: Session,
    appointment: Appointment,
    reason: Reason,
    *,
    now: datetime,
    kinds: Collection[ReminderKind] = CHASES,
) -> None:
    """Ask no more: what is planned is void, and a text that waits in the queue is called back."""
    mine = [one for one in _chases(session, appointment) if one.reminder.kind in kinds]
    waiting = sorted(
        one.reminder.message_id for one in mine if one.waiting and one.reminder.message_id
    )
    withdrawn = {
        one.id
        for one in states.move(
            session, waiting, MessageStatus.WITHDRAWN, now=now, reason=reason.words
        )
    }
    for one in mine:
        if one.reminder.state is ReminderState.PLANNED or one.reminder.message_id in withdrawn:
            one.reminder.state, one.reminder.decided_at = ReminderState.VOID, now
            one.reminder.reasons = as_rows([reason])
    session.flush()


def _chases(session: Session, appointment: Appointment) -> list[SentReminder]:
    return [
        one
        for one in message_history.reminders_of(session, [appointment.id])
        if one.reminder.kind in CHASES and one.reminder.revision == appointment.revision
    ]


def _stands(one: SentReminder) -> bool:
    return one.gone or one.waiting or one.reminder.state is ReminderState.PLANNED
