"""The reminders of an appointment: planned when it is booked, cancelled or planned again when it
changes (rule 3).

A reminder says which text is due when. Whether the text is sent is decided when it falls due
(due.py) and once more at the last moment (engage/sending). Every change here belongs to the use
case that changes the appointment: it runs in that transaction, under the lock of the person's row.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.agencies.hub_settings import hub_rules, zone
from engage.agencies.model import Hub
from engage.appointments.kinds import ReminderKind, ReminderState
from engage.appointments.model import Appointment, Reminder
from engage.appointments.reminders import message_history, rules
from engage.appointments.reminders.message_history import SentReminder
from engage.appointments.reminders.reminder_rows import call_back, cancel_row, insert_planned
from engage.appointments.reminders.reminder_settings import (
    reminder_rules,
    texting_hours,
    within_texting_hours,
)
from engage.appointments.reminders.rewriting import rewrite_for_others
from engage.core.db import new_id
from engage.people.model import Person
from engage.people.rules import Reason
from messaging.tables import Message


def plan(
    session: Session,
    appointment: Appointment,
    person: Person,
    hub: Hub,
    *,
    first: ReminderKind | None,
    now: datetime,
) -> None:
    """Insert the reminders for the appointment's present time. Those that are not to be sent get
    their reason.
    """
    planned = reminders_for(person, hub, appointment.starts_at, first=first, now=now)
    insert_planned(session, appointment, planned, (), now)


def reminders_for(
    person: Person, hub: Hub, starts_at: datetime, *, first: ReminderKind | None, now: datetime
) -> tuple[rules.PlannedReminder, ...]:
    """The reminders of an appointment at that time, by the hub's rules and the person's hours."""
    return rules.plan(
        starts_at,
        now=now,
        zone=zone(hub),
        hours=texting_hours(person, hub),
        first=first,
        two_hours=person.two_hour_reminder,
        rules=reminder_rules(hub_rules(hub)),
    )


def first_text_for(reminders: Sequence[SentReminder], starts_at: datetime) -> ReminderKind | None:
    """The kind of text that gives the person this time: a change if a text named another time, or
    may have, and none if it is the time they know.
    """
    times = message_history.named_times(reminders)
    if not times:
        return ReminderKind.BOOKED
    return None if times == {starts_at} else ReminderKind.CHANGED


def cancel_unsent(
    session: Session, appointment: Appointment, reason: Reason, *, now: datetime
) -> None:
    """Cancel every reminder of the appointment whose text was not sent, and call back queued texts.

    If a called-back text also covered other appointments, it is planned again for those.
    """
    reminders = message_history.reminders_of(session, [appointment.id])
    withdrawn = call_back(session, reminders, reason, now)
    for one in reminders:
        if one.reminder.state is ReminderState.PLANNED or one.reminder.message_id in withdrawn:
            cancel_row(one.reminder, reason, now)
    session.flush()
    rewrite_for_others(session, list(withdrawn), appointment, now)


def plan_cancellation_text(
    session: Session,
    appointment: Appointment,
    reminders: Sequence[SentReminder],
    person: Person,
    hub: Hub,
    *,
    now: datetime,
) -> None:
    """Plan the text that says the appointment is off, if the person was told about it and the time
    that they expect is still ahead.
    """
    expected = message_history.last_named_time(reminders) or (
        appointment.starts_at if message_history.named_times(reminders) else None
    )
    if expected is None or expected <= now:
        return
    due = rules.within_hours(now, now=now, zone=zone(hub), hours=texting_hours(person, hub))
    reason = rules.NO_HOUR_LEFT if due >= expected else None
    planned = rules.PlannedReminder(ReminderKind.CALLED_OFF, due, expected, reason)
    insert_planned(session, appointment, [planned], reminders, now)


def resend_details(
    session: Session, appointment: Appointment, person: Person, hub: Hub, *, now: datetime
) -> None:
    """Plan texts with the new details when these have changed but the time has not: queued texts
    are rewritten, and details that were sent are sent again.
    """
    reminders = message_history.reminders_of(session, [appointment.id])
    withdrawn = call_back(session, reminders, rules.AMENDED, now)
    planned = []
    for one in reminders:
        if one.reminder.message_id in withdrawn:
            cancel_row(one.reminder, rules.AMENDED, now)
            planned.append(rules.PlannedReminder(one.reminder.kind, now, one.reminder.expires_at))
    session.flush()
    rewrite_for_others(session, list(withdrawn), appointment, now)
    if _must_announce_again(reminders, {one.kind for one in planned}):
        expires = appointment.starts_at - reminder_rules(hub_rules(hub)).booked_until
        planned.append(rules.PlannedReminder(ReminderKind.BOOKED, now, expires))
    planned = within_texting_hours(planned, person, hub, now)
    insert_planned(session, appointment, planned, reminders, now)


def _must_announce_again(
    reminders: Sequence[SentReminder], rewritten: Collection[ReminderKind]
) -> bool:
    """Whether the person knows the old details and no first text with the new ones is to come."""
    to_come = {*rewritten} | {
        one.reminder.kind for one in reminders if one.reminder.state is ReminderState.PLANNED
    }
    return not to_come & rules.FIRST_TEXTS and any(one.sent for one in reminders)


def count_answer_as_first_text(
    session: Session, appointment: Appointment, answer: Message, *, now: datetime
) -> None:
    """Record that an answer to the person named the present time: it takes the place of the first
    text, so that no second text says the same.

    As with any reminder, a later reply can be to it, and a later change calls it back.
    """
    first = session.scalars(
        select(Reminder)
        .where(
            Reminder.appointment_id == appointment.id,
            Reminder.revision == appointment.revision,
            Reminder.kind.in_(rules.FIRST_TEXTS),
        )
        .order_by(Reminder.attempt.desc())
        .limit(1)
    ).one_or_none()
    if first is None:
        first = Reminder(
            id=new_id(),
            appointment_id=appointment.id,
            kind=ReminderKind.CHANGED,
            revision=appointment.revision,
            due_at=now,
            expires_at=appointment.starts_at,
        )
        session.add(first)
    first.state, first.decided_at, first.reasons, first.message_id = (
        ReminderState.SENT,
        now,
        [],
        answer.id,
    )
    starts = {str(appointment.id): appointment.starts_at.isoformat()}
    answer.context = {**answer.context, "starts": starts}
    session.flush()
