"""What a person has been told of an appointment: which of its texts have gone, or may have, and
what time they named.

Everything that changes an appointment asks here before it decides what to text. A text counts as
gone unless it is certain that no phone company ever had it.
"""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.appointments.model import Reminder, ReminderState
from messaging.states import MessageStatus
from messaging.tables import Message

NEVER_LEFT = frozenset(
    {MessageStatus.WITHDRAWN, MessageStatus.WITHHELD, MessageStatus.EXPIRED, MessageStatus.REFUSED}
)
_DID_NOT_ARRIVE = frozenset({MessageStatus.UNDELIVERED, MessageStatus.FAILED})


@dataclass(frozen=True)
class SentReminder:
    """A reminder with what became of its text, if it got one."""

    reminder: Reminder
    status: MessageStatus | None
    named: datetime | None

    @property
    def waiting(self) -> bool:
        """Its text is in the queue and can be called back."""
        return self.reminder.state is ReminderState.SENT and self.status is MessageStatus.QUEUED

    @property
    def gone(self) -> bool:
        """Its text has gone, or may have."""
        return (
            self.reminder.state is ReminderState.SENT
            and self.status is not None
            and self.status not in NEVER_LEFT
            and self.status is not MessageStatus.QUEUED
        )

    @property
    def lost(self) -> bool:
        """It was decided, and no text came of it."""
        if self.reminder.state is ReminderState.SKIPPED:
            return True
        return self.reminder.state is ReminderState.SENT and self.status in NEVER_LEFT


def reminders_of(session: Session, appointment_ids: Collection[uuid.UUID]) -> list[SentReminder]:
    """Every reminder of the appointments as it stands in the database now, oldest due first."""
    rows = session.execute(
        select(Reminder, Message.status, Message.context)
        .outerjoin(Message, Message.id == Reminder.message_id)
        .where(Reminder.appointment_id.in_(list(appointment_ids)))
        .order_by(Reminder.due_at, Reminder.id)
        .execution_options(populate_existing=True)
    )
    return [
        SentReminder(reminder, status, _named(context, reminder))
        for reminder, status, context in rows
    ]


def times_told(reminders: Sequence[SentReminder]) -> set[datetime | None]:
    """Every time that a text has named, or may have; empty when the person has been told nothing."""
    return {one.named for one in reminders if one.gone}


def last_told(reminders: Sequence[SentReminder]) -> datetime | None:
    """The time that the person believes in: that of the last text that left, before any that is
    known not to have arrived.
    """
    gone = [one for one in reminders if one.gone and one.named is not None]
    if not gone:
        return None
    best = max(
        gone,
        key=lambda one: (
            one.status not in _DID_NOT_ARRIVE,
            one.reminder.decided_at or one.reminder.due_at,
        ),
    )
    return best.named


def _named(context: Any, reminder: Reminder) -> datetime | None:
    starts = (context or {}).get("starts", {}).get(str(reminder.appointment_id))
    return datetime.fromisoformat(starts) if starts else None
