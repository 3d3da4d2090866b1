"""Answers in numbers: whether an appointment was missed, and how much is left.

Nothing is said that the person has not been told: an absence is named only after a text asked about
it, and what no outcome was recorded for is left to a worker.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy import func, select

from engage import texts
from engage.appointments.absence_rules import ABSENT, CHASERS
from engage.appointments.kinds import OutcomeCode
from engage.appointments.model import (
    Appointment,
    AppointmentState,
    Outcome,
    Reminder,
    ReminderState,
)
from engage.cohort.milestones.award import count_reached
from engage.conversation import answers
from engage.conversation.context import ReplyContext
from engage.conversation.phone_owner import PhoneOwner
from engage.conversation.questions.appointments import about_appointment
from engage.conversation.questions.found import NoAnswer, TopicAnswer
from engage.texts import TextKind
from engage.understanding.vocabulary import QuestionTopic
from messaging.states import NEVER_LEFT
from messaging.tables import Message

LOOK_BACK = timedelta(weeks=4)
"""How far back it is looked for a missed appointment; the text names the time."""
MAX_COUNT = 999
_CAME = frozenset(
    {
        OutcomeCode.ATTENDED_COMPLIED,
        OutcomeCode.ATTENDED_FAILED_TO_COMPLY,
        OutcomeCode.SENT_HOME_SERVICE,
    }
)


@dataclass(frozen=True)
class _Past:
    """A past appointment with its recorded outcome."""

    appointment: Appointment
    code: OutcomeCode | None


def answer_missed(
    context: ReplyContext, owner: PhoneOwner, topic: QuestionTopic
) -> TopicAnswer | NoAnswer:
    """That no appointment of the last weeks was missed, or which one was."""
    past = _past(context, owner)
    if any(one.code is None for one in past):
        return NoAnswer("an appointment has no outcome yet")
    absent = [one.appointment for one in past if one.code not in _CAME]
    words = f"Answered from the record: {topic.label}"
    if not absent:
        body = texts.render(
            TextKind.MISSED_NONE, owner.person.language, first=answers.first_name(owner)
        )
        return TopicAnswer(TextKind.MISSED_NONE, body, words)
    if len(absent) > 1:
        return NoAnswer("they did not come to several appointments")
    is_plain = {one.code for one in past} <= _CAME | ABSENT
    if not is_plain or absent[0].absence_reasons or not _was_asked_about(context, absent[0]):
        return NoAnswer("a worker must say how an absence stands")
    answer = about_appointment(owner, absent[0], TextKind.MISSED_ONE, words)
    return replace(answer, about=None)


def answer_left(
    context: ReplyContext, owner: PhoneOwner, topic: QuestionTopic
) -> TopicAnswer | NoAnswer:
    """How many appointments are booked from now, and how many milestones were reached. A worker
    says the rest.
    """
    booked = _count_booked(context, owner)
    if not booked:
        return NoAnswer("nothing is booked")
    counts = {"n": min(booked, MAX_COUNT)}
    reached = count_reached(context.session, owner.person.id)
    if reached:
        counts["k"] = min(reached, MAX_COUNT)
    kind = TextKind.LEFT_REACHED if reached else TextKind.LEFT
    body = texts.render(
        kind,
        owner.person.language,
        first=answers.first_name(owner),
        worker=answers.manager_name(owner),
        **counts,
    )
    return TopicAnswer(kind, body, "Sent what is booked and reached", left=topic.label)


def _past(context: ReplyContext, owner: PhoneOwner) -> Sequence[_Past]:
    rows = context.session.execute(
        select(Appointment, Outcome.code)
        .outerjoin(
            Outcome, (Outcome.appointment_id == Appointment.id) & Outcome.superseded_at.is_(None)
        )
        .where(
            Appointment.person_id == owner.person.id,
            Appointment.state == AppointmentState.BOOKED,
            Appointment.starts_at <= context.now,
            Appointment.starts_at > context.now - LOOK_BACK,
        )
    )
    return [_Past(appointment, code) for appointment, code in rows]


def _was_asked_about(context: ReplyContext, appointment: Appointment) -> bool:
    """Whether a text that asked about the absence has left."""
    asked = (
        select(Reminder.id)
        .join(Message, Message.id == Reminder.message_id)
        .where(
            Reminder.appointment_id == appointment.id,
            Reminder.kind.in_(CHASERS),
            Reminder.state == ReminderState.SENT,
            Message.status.not_in(NEVER_LEFT),
        )
    )
    return context.session.scalar(asked.limit(1)) is not None


def _count_booked(context: ReplyContext, owner: PhoneOwner) -> int:
    booked = (
        select(func.count())
        .select_from(Appointment)
        .where(
            Appointment.person_id == owner.person.id,
            Appointment.state == AppointmentState.BOOKED,
            Appointment.starts_at > context.now,
        )
    )
    return context.session.scalar(booked) or 0
