"""The check of a new number: "Hi, is this Jay's phone? Reply 1 for yes, 2 for no".

Only a plain yes verifies a number; anything less leaves it unverified and a human reads it. A no
never says whose phone was meant.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from engage.appointments.kinds import ReminderState
from engage.appointments.model import Appointment, Reminder
from engage.appointments.reminders.replanning import replan_skipped
from engage.conversation import answers
from engage.conversation.appointment_match import LEFT
from engage.conversation.context import Handled, ReplyContext
from engage.conversation.handlers.stop import wrong_number
from engage.conversation.phone_owner import PhoneOwner, owner_of
from engage.people import phones
from engage.people.model import NumberState
from engage.texts import TextKind
from engage.understanding.choices import read_check
from engage.understanding.vocabulary import Intent
from messaging.tables import Message

HOW = "answered by text"


def pending(session: Session, owners: Sequence[PhoneOwner]) -> list[PhoneOwner]:
    """Those of `held` whose number was asked whose it is and has not been answered for."""
    return [
        owner
        for owner in owners
        if owner.point.state is NumberState.CHECKING
        and session.scalar(
            select(
                exists().where(
                    Message.group_key == f"contact_point:{owner.point.id}",
                    Message.to_number == owner.point.number,
                    Message.context["purpose"].astext == "number_check",
                    Message.status.in_(LEFT),
                )
            )
        )
    ]


def answered(context: ReplyContext, owner: PhoneOwner) -> Handled | None:
    """Act on a plain answer to the check; None when the text is none."""
    match read_check(context.body):
        case True:
            return _theirs(context, owner)
        case False:
            return wrong_number(context, [owner])
        case None:
            return None


def _theirs(context: ReplyContext, owner: PhoneOwner) -> Handled:
    phones.mark_verified(
        context.session, owner.person, owner.point, how=HOW, actor="person", now=context.now
    )
    replan_skipped(context.session, owner.person.id, now=context.now)
    known = owner_of(context.session, owner.person.id, context.now)
    if known is not None and not _a_text_follows(context.session, owner.person.id, context.now):
        answers.personal(context, TextKind.NUMBER_CHECK_THANKS, known)
    return Handled(
        "The number is confirmed as theirs", person_id=owner.person.id, intent=Intent.CONFIRM
    )


def _a_text_follows(session: Session, person_id: uuid.UUID, now: datetime) -> bool:
    """Whether a text about an appointment is due at once; it says what the thanks would."""
    due = exists().where(
        Reminder.appointment_id == Appointment.id,
        Appointment.person_id == person_id,
        Reminder.state == ReminderState.PLANNED,
        Reminder.due_at <= now,
    )
    return bool(session.scalar(select(due)))
