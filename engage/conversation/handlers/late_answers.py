"""An answer that comes when what it answers is over is never a yes, and no answer about the next
appointment either.

Where a worker has recorded that the person was not there, it is what they say about that; else a
human reads it.
"""

from datetime import timedelta

from sqlalchemy import bindparam, func, select

from engage.appointments import absence_rules, attendance
from engage.appointments.kinds import AppointmentState, ReminderKind, ReminderState
from engage.appointments.model import Appointment, Reminder
from engage.appointments.model import StatedIntent as Said
from engage.conversation import appointment_match
from engage.conversation.context import Handled, ReplyContext
from engage.conversation.handlers import absences
from engage.conversation.handlers import attendance as replies
from engage.conversation.phone_owner import PhoneOwner
from engage.understanding.vocabulary import Intent, Prompt
from messaging.tables import Message

WITHIN = timedelta(days=1)
_ANSWERS = frozenset({Intent.CONFIRM, Intent.DECLINE})
_ASKING = frozenset({Prompt.APPOINTMENT, Prompt.TODAY, Prompt.ANSWERED, Prompt.SPOKEN, Prompt.NONE})
_left_at = func.coalesce(Message.claimed_at, Message.created_at)
_ASKED_LAST = (
    select(Appointment, _left_at)
    .join(Reminder, Reminder.appointment_id == Appointment.id)
    .join(Message, Message.id == Reminder.message_id)
    .where(
        Appointment.person_id == bindparam("person"),
        Appointment.state == AppointmentState.BOOKED,
        Appointment.starts_at > bindparam("since"),
        Reminder.state == ReminderState.SENT,
        Reminder.revision == Appointment.revision,
        Reminder.kind != ReminderKind.CALLED_OFF,
        Message.to_number == bindparam("number"),
        Message.status.in_(appointment_match.LEFT),
        _left_at <= bindparam("heard_at"),
    )
    .order_by(_left_at.desc(), Appointment.starts_at)
    .limit(1)
)


def answered(context: ReplyContext, owner: PhoneOwner) -> Handled | None:
    """What becomes of a yes or a no to an appointment that had begun when it came; None when it is
    no such answer.
    """
    if context.interpretation.intent not in _ANSWERS or context.prompt not in _ASKING:
        return None
    over = _asked_last(context, owner)
    if over is None or _names_another(context, owner, over):
        return None
    outcome = attendance.current_outcome(context.session, over.id)
    if (
        outcome is not None
        and outcome.code in absence_rules.ABSENT
        and absences.fitting(context, owner) is not None
    ):
        return absences.explained(context, owner)
    return replies.unsure(context, owner, "It came after the appointment that it answers had begun")


def _asked_last(context: ReplyContext, owner: PhoneOwner) -> Appointment | None:
    """The appointment that has begun within a day, if the last text that asked was about it and it
    has no answer.
    """
    given = {
        "person": owner.person.id,
        "number": context.number,
        "heard_at": context.received_at,
        "since": context.received_at - WITHIN,
    }
    row = context.session.execute(_ASKED_LAST, given).one_or_none()
    if row is None or row[0].starts_at > context.received_at:
        return None
    appointment: Appointment = row[0]
    said = select(Said.id).where(
        Said.appointment_id == appointment.id, Said.said_at >= row[1], Said.withdrawn_at.is_(None)
    )
    return None if context.session.scalar(said.limit(1)) is not None else appointment


def _names_another(context: ReplyContext, owner: PhoneOwner, over: Appointment) -> bool:
    """A day named on which that one was not: the answer is about another."""
    day = context.interpretation.day
    return day is not None and not appointment_match.on_day(
        [over], day, context.received_at, owner.contactability.zone
    )
