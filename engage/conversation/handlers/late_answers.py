"""Answers that come after the appointment has started.

Such a yes or no must never count as an answer about the next appointment. If a worker has recorded
an absence, it is taken as the reason; else a worker reads it.
"""

from datetime import timedelta

from sqlalchemy import bindparam, select

from engage.appointments import absence_rules, attendance
from engage.appointments.kinds import AppointmentState, ReminderKind, ReminderState
from engage.appointments.model import Appointment, Reminder, StatedIntent
from engage.conversation import appointment_match
from engage.conversation.context import Handled, ReplyContext
from engage.conversation.handlers import absences
from engage.conversation.outcomes import leave_to_worker
from engage.conversation.phone_owner import PhoneOwner
from engage.conversation.sent_texts import left_at, left_for_number
from engage.understanding.vocabulary import Intent, Prompt
from messaging.tables import Message

MAX_AGE = timedelta(days=1)
_ATTENDANCE_INTENTS = frozenset({Intent.CONFIRM, Intent.DECLINE})
_ATTENDANCE_PROMPTS = frozenset(
    {Prompt.APPOINTMENT, Prompt.TODAY, Prompt.ANSWERED, Prompt.SPOKEN, Prompt.NONE}
)
_LAST_ASKED = (
    select(Appointment, left_at())
    .join(Reminder, Reminder.appointment_id == Appointment.id)
    .join(Message, Message.id == Reminder.message_id)
    .where(
        Appointment.person_id == bindparam("person"),
        Appointment.state == AppointmentState.BOOKED,
        Appointment.starts_at > bindparam("since"),
        Reminder.state == ReminderState.SENT,
        Reminder.revision == Appointment.revision,
        Reminder.kind != ReminderKind.CALLED_OFF,
        left_for_number("received_at"),
    )
    .order_by(left_at().desc(), Appointment.starts_at)
    .limit(1)
)


def handle(context: ReplyContext, owner: PhoneOwner) -> Handled | None:
    """Handle a yes or a no to an appointment that had started when it came."""
    if context.interpretation.intent not in _ATTENDANCE_INTENTS:
        return None
    if context.prompt not in _ATTENDANCE_PROMPTS:
        return None
    appointment = _last_asked_about(context, owner)
    if appointment is None or _names_other_day(context, owner, appointment):
        return None
    outcome = attendance.current_outcome(context.session, appointment.id)
    is_absent = outcome is not None and outcome.code in absence_rules.ABSENT
    if is_absent and absences.missed_appointment(context, owner) is not None:
        return absences.record_reason(context, owner)
    return leave_to_worker(context, owner, "Came after the appointment had started")


def _last_asked_about(context: ReplyContext, owner: PhoneOwner) -> Appointment | None:
    """The appointment that the last reminder asked about, if it started within a day and has no
    answer.
    """
    given = {
        "person": owner.person.id,
        "number": context.number,
        "received_at": context.received_at,
        "since": context.received_at - MAX_AGE,
    }
    row = context.session.execute(_LAST_ASKED, given).one_or_none()
    if row is None or row[0].starts_at > context.received_at:
        return None
    appointment: Appointment = row[0]
    answer = select(StatedIntent.id).where(
        StatedIntent.appointment_id == appointment.id,
        StatedIntent.said_at >= row[1],
        StatedIntent.withdrawn_at.is_(None),
    )
    return None if context.session.scalar(answer.limit(1)) is not None else appointment


def _names_other_day(context: ReplyContext, owner: PhoneOwner, appointment: Appointment) -> bool:
    """Whether the text names a day other than that of the appointment."""
    day = context.interpretation.day
    return day is not None and not appointment_match.on_day(
        [appointment], day, context.received_at, owner.contactability.zone
    )
