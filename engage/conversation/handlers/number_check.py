"""The check of a new number: "Hi, is this Jay's phone? Reply 1 for yes, 2 for no".

Only a plain yes verifies a number; after anything less it stays unverified and a worker reads the
text. The answer to a no must not say whose phone was meant.
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
from engage.conversation.context import Handled, ReplyContext
from engage.conversation.handlers.stop import mark_wrong_number
from engage.conversation.phone_owner import PhoneOwner, owner_of
from engage.conversation.sent_texts import SENT
from engage.people import phones
from engage.people.model import NumberState
from engage.texts import TextKind
from engage.understanding.choices import read_check
from engage.understanding.vocabulary import Intent
from messaging.tables import Message

VERIFIED_HOW = "answered by text"


def pending(session: Session, owners: Sequence[PhoneOwner]) -> list[PhoneOwner]:
    """The owners whose number is being checked and whose check was sent."""
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
                    Message.status.in_(SENT),
                )
            )
        )
    ]


def handle_answer(context: ReplyContext, owner: PhoneOwner) -> Handled | None:
    """Act on a plain answer to the check."""
    match read_check(context.body):
        case True:
            return _verify(context, owner)
        case False:
            return mark_wrong_number(context, [owner])
        case None:
            return None


def _verify(context: ReplyContext, owner: PhoneOwner) -> Handled:
    phones.mark_verified(
        context.session,
        owner.person,
        owner.point,
        how=VERIFIED_HOW,
        actor="person",
        now=context.now,
    )
    replan_skipped(context.session, owner.person.id, now=context.now)
    verified = owner_of(context.session, owner.person.id, context.now)
    # A reminder that is due at once says what the thanks would say.
    if verified is not None and not _is_reminder_due(context.session, owner.person.id, context.now):
        answers.send_personal(context, TextKind.NUMBER_CHECK_THANKS, verified)
    return Handled(
        "The number is verified as theirs", person_id=owner.person.id, intent=Intent.CONFIRM
    )


def _is_reminder_due(session: Session, person_id: uuid.UUID, now: datetime) -> bool:
    due = exists().where(
        Reminder.appointment_id == Appointment.id,
        Appointment.person_id == person_id,
        Reminder.state == ReminderState.PLANNED,
        Reminder.due_at <= now,
    )
    return bool(session.scalar(select(due)))
