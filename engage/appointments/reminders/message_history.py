"""What a person has been told about an appointment: which texts were sent, or may have been, and
the time that each one named.

Every use case that changes an appointment asks here before it decides what to text. A text counts
as sent unless it is certain that it never reached the phone network.
"""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.appointments.model import Reminder, ReminderState
from messaging.states import DID_NOT_ARRIVE, NEVER_LEFT, MessageStatus
from messaging.tables import Message


@dataclass(frozen=True)
class SentReminder:
    """A reminder with the status of its text and the time that the text named, if it has a text."""

    reminder: Reminder
    status: MessageStatus | None
    named_time: datetime | None

    @property
    def queued(self) -> bool:
        """Its text is in the queue and can be called back."""
        return self.reminder.state is ReminderState.SENT and self.status is MessageStatus.QUEUED

    @property
    def sent(self) -> bool:
        """Its text was sent, or may have been."""
        return (
            self.reminder.state is ReminderState.SENT
            and self.status is not None
            and self.status not in NEVER_LEFT
            and self.status is not MessageStatus.QUEUED
        )

    @property
    def unsent(self) -> bool:
        """It was decided, and no text was sent."""
        if self.reminder.state is ReminderState.SKIPPED:
            return True
        return self.reminder.state is ReminderState.SENT and self.status in NEVER_LEFT


def reminders_of(session: Session, appointment_ids: Collection[uuid.UUID]) -> list[SentReminder]:
    """Every reminder of the appointments, read afresh from the database, oldest due first."""
    rows = session.execute(
        select(Reminder, Message.status, Message.context)
        .outerjoin(Message, Message.id == Reminder.message_id)
        .where(Reminder.appointment_id.in_(list(appointment_ids)))
        .order_by(Reminder.due_at, Reminder.id)
        .execution_options(populate_existing=True)
    )
    return [
        SentReminder(reminder, status, _named_time(context, reminder))
        for reminder, status, context in rows
    ]


def named_times(reminders: Sequence[SentReminder]) -> set[datetime | None]:
    """Every time that a sent text named. Empty if nothing was sent; None stands for a sent text
    that named no time.
    """
    return {one.named_time for one in reminders if one.sent}


def last_named_time(reminders: Sequence[SentReminder]) -> datetime | None:
    """The time that the person expects: the one in the last text sent. A text that is known not to
    have arrived counts only if there is no other.
    """
    sent = [one for one in reminders if one.sent and one.named_time is not None]
    if not sent:
        return None
    last = max(
        sent,
        key=lambda one: (
            one.status not in DID_NOT_ARRIVE,
            one.reminder.decided_at or one.reminder.due_at,
        ),
    )
    return last.named_time


def _named_time(context: Any, reminder: Reminder) -> datetime | None:
    starts_at = (context or {}).get("starts", {}).get(str(reminder.appointment_id))
    return datetime.fromisoformat(starts_at) if starts_at else None
